// Shows a message that came through state. Toasts returned by a handler would run through eval, which the page's
// security policy forbids; this needs none. `n` grows with each message, so the same text can be shown twice.
import { useEffect } from "react";
import { toast } from "sonner";

export function MessageRelay({ n, kind, text }) {
  useEffect(() => {
    if (n > 0 && text) (toast[kind] ?? toast)(text, { duration: 10000 });
  }, [n]);
  return null;
}
