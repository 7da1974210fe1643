// A file chosen with a button, or dropped on it, and sent as it is to a route of ours; the page is told when it is there.
import { useRef } from "react";
import { Paperclip } from "lucide-react";
import { jsx, jsxs, Fragment } from "react/jsx-runtime";
import { useSending } from "./sending.js";

export function AttachButton({ url, accept, limit, words, onDone }) {
  const input = useRef(null);
  const { sent, error, take } = useSending({
    url,
    accept,
    limit,
    words,
    onAnswer: (status, _answer, end) => {
      if (status !== 201) return false;
      end("");
      onDone();
      return true;
    },
  });

  return jsxs(Fragment, {
    children: [
      jsx("button", {
        type: "button",
        className: "button attach",
        disabled: sent >= 0,
        title: words.hint,
        onClick: () => input.current.click(),
        onDragOver: (event) => event.preventDefault(),
        onDrop: (event) => (event.preventDefault(), take(event.dataTransfer.files)),
        children: [jsx(Paperclip, { size: 16 }, "icon"), sent >= 0 ? `${sent} %` : words.add],
      }),
      jsx("input", {
        ref: input,
        type: "file",
        accept,
        hidden: true,
        "aria-label": words.add,
        onChange: (event) => {
          const files = [...event.target.files];
          event.target.value = ""; // the same file can be chosen again
          take(files);
        },
      }),
      error && jsx("p", { className: "field-error", role: "alert", children: error }),
    ],
  });
}
