// A button that asks before it acts: a dialogue with one button for each answer. Escape, and the answer that changes
// nothing, close it; the focus goes back to the button.
import { useRef } from "react";
import { jsx, jsxs } from "react/jsx-runtime";

export function CancelDialog({ label, title, keep, takeBack, stay, className, onKeep, onTakeBack }) {
  const dialog = useRef(null);
  const close = (decide) => () => {
    dialog.current.close();
    decide?.();
  };
  const answer = (text, kind, decide, focus) =>
    jsx("button", { type: "button", className: "button " + kind, autoFocus: focus, onClick: close(decide), children: text });
  return jsxs("span", {
    className: "asks",
    children: [
      jsx("button", {
        type: "button", className, "aria-haspopup": "dialog",
        onClick: () => dialog.current.showModal(), children: label,
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
              answer(keep, "", onKeep, false),
              takeBack ? answer(takeBack, "danger", onTakeBack, false) : null,
              answer(stay, "primary", undefined, true),
            ],
          }),
        ],
      }),
    ],
  });
}
