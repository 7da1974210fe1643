// Shows a message that came through state. Toasts returned by a handler would run through eval, which the page's
// security policy forbids; this needs none. `n` grows with each message, so the same text can be shown twice.
import { useEffect } from "react";
import { toast } from "sonner";

// The last message shown in this tab: a page that opens, or opens again, must not repeat it.
const UNDO = "crm-undo";
const KEY = "crm-message-shown";

export function MessageRelay({ n, kind, text, undo }) {
  useEffect(() => {
    if (n === 0 || !text || String(n) === sessionStorage.getItem(KEY)) return; // 0: the state has not arrived yet
    sessionStorage.setItem(KEY, String(n));
    const action = undo ? { label: undo, onClick: () => window.dispatchEvent(new CustomEvent(UNDO, { detail: n })) } : undefined;
    (toast[kind] ?? toast)(text, { duration: 10000, action });
  }, [n]);
  return null;
}

// Where the button "Undo" of a message leads: the page says what it means there, by the message's number.
export function UndoListener({ onUndo }) {
  useEffect(() => {
    const listener = ({ detail }) => onUndo(detail);
    window.addEventListener(UNDO, listener);
    return () => window.removeEventListener(UNDO, listener);
  }, [onUndo]);
  return null;
}
