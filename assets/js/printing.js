// A button that opens the browser's print dialog.
import { jsx } from "react/jsx-runtime";

export function PrintButton({ className, children }) {
  return jsx("button", { type: "button", className, onClick: () => window.print(), children });
}
