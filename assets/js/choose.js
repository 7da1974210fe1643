// A button that asks before it acts: a dialogue with one button for each answer. Escape, and the answer that changes
// nothing, close it; the focus goes back to the button.
import { useRef } from "react";
import { jsx, jsxs } from "react/jsx-runtime";

export function CancelDialog({ label, title, keep, takeBack, stay, className, onKeep, onTakeBack }) {
  const dialog = useRef(null);
  const harmless = useRef(null);
  const close = (decide) => () => {
    dialog.current.close();
    decide?.();
  };
  const open = () => {
    dialog.current.showModal();
    harmless.current.focus();
  };
  const answer = (text, kind, decide, ref) =>
    jsx("button", { ref, type: "button", className: "button " + kind, onClick: close(decide), children: text });
  return jsxs("span", {
    className: "asks",
    children: [
      jsx("button", {
        type: "button", className, "aria-haspopup": "dialog",
        onClick: open, children: label,
      }),
      jsxs("dialog", {
        ref: dialog,
        className: "ask choose",
        "aria-label": title,
        children: [
          jsx("p", { children: title }),
          jsxs("div", {
            className: "ask-answers",
            children: [
              answer(keep, "", onKeep),
              takeBack ? answer(takeBack, "danger", onTakeBack) : null,
              answer(stay, "primary", undefined, harmless),
            ],
          }),
        ],
      }),
    ],
  });
}
