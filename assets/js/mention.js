// A comment's text field that offers colleagues behind "@": arrows choose, Enter or Tab or a tap takes one, Escape
// closes. Ctrl+Enter sends the form.
import { useId, useRef, useState } from "react";
import { jsx, jsxs } from "react/jsx-runtime";

const BEGUN = /(?:^|[\s(])@([\p{L}\p{N}._@-]*(?: [\p{L}\p{N}._-]*)?)$/u;
const MOST = 6;
const fold = (word) => word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function offered(people, typed) {
  const begun = fold(typed);
  const begins = (name) => fold(name).startsWith(begun) || fold(name).split(/[\s.@]/).some((word) => word.startsWith(begun));
  return people.filter(begins).slice(0, MOST);
}

export function MentionField({ id, name, people, label, offers, placeholder, rows, value, focus }) {
  const field = useRef(null);
  const menu = useId();
  const [begun, setBegun] = useState(null); // what stands behind the sign, null when nobody is being named
  const [place, setPlace] = useState(0);
  const found = begun === null ? [] : offered(people, begun);

  const look = () => {
    const { value, selectionStart, selectionEnd } = field.current;
    const match = selectionStart === selectionEnd && value.slice(0, selectionStart).match(BEGUN);
    setBegun(match ? match[1] : null);
    setPlace(0);
  };
  const take = (person) => {
    const { selectionStart } = field.current;
    const from = selectionStart - begun.length;
    field.current.setRangeText(person + " ", from, selectionStart, "end");
    field.current.focus();
    setBegun(null);
  };
  const onKeyDown = (event) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      field.current.form?.requestSubmit();
    } else if (found.length === 0) return;
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setPlace((place + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
    } else if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      take(found[place]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      setBegun(null);
    }
  };

  return jsxs("div", {
    className: "mention-field",
    children: [
      jsx("textarea", {
        ref: field,
        id,
        name,
        rows,
        placeholder,
        defaultValue: value,
        autoFocus: focus,
        className: "input",
        "aria-label": label,
        "aria-autocomplete": "list",
        "aria-controls": found.length ? menu : undefined,
        "aria-activedescendant": found.length ? `${menu}-${place}` : undefined,
        onInput: look,
        onClick: look,
        onBlur: () => setBegun(null),
        onKeyDown,
      }),
      found.length > 0 &&
        jsx("ul", {
          id: menu,
          role: "listbox",
          "aria-label": offers,
          className: "mention-list",
          children: found.map((person, at) =>
            jsx("li", {
              id: `${menu}-${at}`,
              role: "option",
              "aria-selected": at === place,
              onPointerDown: (event) => (event.preventDefault(), take(person)),
              children: person,
            }, person),
          ),
        }),
    ],
  });
}
