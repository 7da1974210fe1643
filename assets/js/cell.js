// A cell of the preview that can be mended: click, tap or Enter to change, Enter saves, Tab saves and goes on, Esc
// leaves it. Arrow keys move between cells; from the table's frame they go to its first cell.
import { useEffect, useRef, useState } from "react";
import { jsx, jsxs, Fragment } from "react/jsx-runtime";

const LONG = 60; // letters from which a cell is changed in several lines

const cells = (row) => [...row.querySelectorAll("td.cell")];

function neighbour(cell, key) {
  const row = cell.parentElement;
  const place = cells(row).indexOf(cell);
  if (key === "ArrowLeft") return cells(row)[place - 1];
  if (key === "ArrowRight") return cells(row)[place + 1];
  const other = key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
  return other && cells(other)[place];
}

if (typeof window !== "undefined") {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || !document.activeElement?.matches(".plan-frame")) return;
    event.preventDefault();
    const frame = document.activeElement;
    (frame.querySelector("td.cell.error") ?? frame.querySelector("td.cell"))?.focus();
  });
}

export function EditableCell({ text, old, mark, raw, label, hint, editable, seen, onSave }) {
  const cell = useRef(null);
  const [editing, setEditing] = useState(false);
  const [pending, setPending] = useState(null);
  const open = useRef(false); // leaving the input by a key also blurs it: it is saved once
  useEffect(() => setPending(null), [raw, text, mark, seen]);

  const edit = () => {
    if (!editable) return;
    open.current = true;
    setEditing(true);
  };
  const save = (value) => {
    if (!open.current) return;
    open.current = false;
    setEditing(false);
    if (value === raw) return;
    setPending(value);
    onSave(value);
  };
  const onKeyDown = (event) => {
    if (editing) return;
    if (event.key === "Enter" || event.key === "F2") {
      event.preventDefault();
      edit();
    } else if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      neighbour(cell.current, event.key)?.focus();
    }
  };
  const onInputKey = (event) => {
    const many = event.target.tagName === "TEXTAREA" && event.shiftKey;
    if (event.key === "Escape") {
      open.current = false;
      setEditing(false);
      cell.current.focus();
    } else if (event.key === "Enter" && !many) {
      event.preventDefault();
      save(event.target.value);
      cell.current.focus();
    } else if (event.key === "Tab") {
      event.preventDefault();
      const next = neighbour(cell.current, event.shiftKey ? "ArrowLeft" : "ArrowRight");
      save(event.target.value);
      (next ?? cell.current).focus();
      next?.click();
    } else return;
    event.stopPropagation();
  };

  const shown = pending ?? text;
  return jsx("td", {
    ref: cell,
    className: `cell ${mark}${pending === null ? "" : " pending"}${shown || old || editing ? "" : " blank"}`,
    tabIndex: -1,
    title: editing ? undefined : hint || undefined,
    "data-label": label,
    onKeyDown,
    onClick: () => editing || edit(),
    children: editing
      ? jsx(raw.length > LONG || raw.includes("\n") ? "textarea" : "input", {
          className: "cell-input",
          defaultValue: raw,
          "aria-label": label,
          autoFocus: true,
          onKeyDown: onInputKey,
          onBlur: (event) => save(event.target.value),
        })
      : jsxs(Fragment, {
          children: [
            old && pending === null ? jsx("del", { className: "old-value", children: old }) : null,
            old && pending === null ? " " : null,
            old || mark === "changed" ? jsx("ins", { className: "new-value", children: shown }) : shown,
          ],
        }),
  });
}
