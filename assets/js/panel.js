// A part of the page that a button opened: the focus goes to its first field, Escape closes it, and when it is gone the
// focus is on the button again, unless it has gone elsewhere by itself.
import { useEffect, useRef } from "react";
import { jsx } from "react/jsx-runtime";

const FIELDS = "input, select, textarea, button";

export function Panel({ opener, label, kind, className, onClose, children }) {
  const panel = useRef(null);
  useEffect(() => {
    const fields = panel.current;
    const first = fields.querySelector("[data-first]") ?? fields.querySelector(FIELDS);
    first?.focus();
    return () => {
      const lost = document.activeElement === null || document.activeElement === document.body;
      if (lost || fields.contains(document.activeElement)) document.getElementById(opener)?.focus();
    };
  }, []);
  return jsx("div", {
    ref: panel,
    role: kind,
    "aria-label": label,
    className,
    onKeyDown: (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || event.nativeEvent.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      onClose();
    },
    children,
  });
}
