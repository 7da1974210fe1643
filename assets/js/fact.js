// A fact of the card that is changed in its place. It looks like text until it is touched: click or Enter opens it,
// Enter saves, Tab saves and goes on to the next one, Escape leaves it. What stood there when it was opened goes along,
// so that the server can tell when somebody else changed it meanwhile.
import { useEffect, useRef, useState } from "react";
import { Pencil } from "lucide-react";
import { jsx, jsxs, Fragment } from "react/jsx-runtime";

const slots = () => [...document.querySelectorAll(".fact-slot")].filter((slot) => slot.offsetParent !== null);
const typing = () => /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");

export function FactEditor({ id, label, change, text, dot, url, raw, kind, mode, hint, options, turn, error, typed, onSave, onLeave }) {
  const slot = useRef(null);
  const [editing, setEditing] = useState(false);
  const [pending, setPending] = useState(null);
  const open = useRef(false); // leaving the input by a key also blurs it: it is saved once
  const seen = useRef("");
  const refocus = useRef(false);
  const byKey = useRef(false); // opened by a key: what stands there is selected
  const keyed = useRef(false); // a choice walked through by keys is saved when it is left, one that is clicked at once

  useEffect(() => {
    setPending(null);
    if (!error || open.current) return;
    if (typing()) return;
    open.current = true; // refused: what was typed is there to be mended
    setEditing(true);
  }, [turn]);
  useEffect(() => {
    if (editing || !refocus.current) return;
    refocus.current = false;
    slot.current?.querySelector("[data-fact]")?.focus();
  });

  const edit = (event) => {
    if (open.current) return;
    byKey.current = event?.detail === 0;
    open.current = true;
    keyed.current = false;
    seen.current = raw;
    setEditing(true);
  };
  const leave = (focus) => {
    open.current = false;
    refocus.current = focus;
    setEditing(false);
  };
  const save = (value, focus = false) => {
    if (!open.current) return;
    leave(focus);
    if (value === seen.current && !error) return;
    setPending(options.find(([option]) => option === value)?.[1] ?? value);
    onSave(value, seen.current);
  };
  const onKeyDown = (event) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      leave(true);
      if (error) onLeave();
    } else if (event.key === "Enter" && !(kind === "long" && event.shiftKey)) {
      event.preventDefault();
      save(event.target.value, true);
    } else if (event.key === "Tab") {
      const all = slots();
      const next = all[all.indexOf(slot.current) + (event.shiftKey ? -1 : 1)];
      save(event.target.value);
      if (next) {
        event.preventDefault();
        next.querySelector("[data-fact]")?.click();
      }
    } else keyed.current = true;
    event.stopPropagation();
  };

  const input = () => {
    const shared = {
      className: "input fact-input",
      "aria-label": label,
      "aria-invalid": error ? "true" : undefined,
      "aria-describedby": error ? `${id}-error` : undefined,
      defaultValue: error ? typed : raw,
      autoFocus: true,
      onKeyDown,
      onFocus: (event) => byKey.current && event.target.select?.(),
      onBlur: (event) => save(event.target.value),
    };
    if (kind === "choice")
      return jsx("select", {
        ...shared,
        onPointerDown: () => (keyed.current = false),
        onChange: (event) => keyed.current || save(event.target.value, true),
        children: options.map(([value, word]) => jsx("option", { value, children: word }, value)),
      });
    if (kind === "long") return jsx("textarea", { ...shared, rows: Math.min(12, 2 + raw.split("\n").length) });
    const type = kind === "date" ? "date" : "text";
    return jsx("input", { ...shared, type, inputMode: mode || undefined, placeholder: hint || undefined, autoComplete: "off" });
  };
  const shown = pending ?? text;
  const known = pending === null;
  const value = jsxs(Fragment, {
    children: [
      dot && known && shown ? jsx("span", { className: `status-dot ${dot}` }) : null,
      shown || jsx("span", { className: "dash", "aria-hidden": "true", children: "–" }),
    ],
  });
  const looks = `fact-value${known ? "" : " pending"}`;

  return jsx("div", {
    ref: slot,
    className: "fact-slot",
    onClick: (event) => editing || event.target.closest("a, [data-fact]") || edit(event),
    children: editing
      ? input()
      : url && known
        ? jsxs(Fragment, {
            children: [
              jsx("a", { href: url, className: "link", rel: "noopener noreferrer nofollow", target: url.startsWith("http") ? "_blank" : undefined, children: value }),
              jsx("button", { id, type: "button", "data-fact": "", className: "fact-pen", "aria-label": change, title: change, onClick: edit, children: jsx(Pencil, { size: 14 }) }),
            ],
          })
        : jsx("button", { id, type: "button", "data-fact": "", className: looks, "aria-label": shown ? `${change}: ${shown}` : change, title: hint || undefined, onClick: edit, children: value }),
  });
}

// Fields that are empty and seldom filled are shown on request; the browser remembers it.
const KEY = "crm-all-facts";
const root = () => document.documentElement;
export function FactsToggle({ show, hide }) {
  const [all, setAll] = useState(false);
  useEffect(() => setAll(localStorage.getItem(KEY) === "1"), []);
  useEffect(() => {
    root().toggleAttribute("data-all-facts", all);
    return () => root().removeAttribute("data-all-facts");
  }, [all]);
  const toggle = () => {
    localStorage.setItem(KEY, all ? "0" : "1");
    setAll(!all);
  };
  return jsx("button", { type: "button", className: "button plain facts-toggle", "aria-pressed": all, onClick: toggle, children: all ? hide : show });
}
