// A file is dropped or chosen, sent as it is, and followed to the page that the server names. What the page's own query
// says (the course the file is meant for) goes with it: what the server tells the page may come after the file.
import { useEffect, useRef, useState } from "react";
import { CircleAlert } from "lucide-react";
import { useLocation, useNavigate } from "react-router";
import { jsx } from "@emotion/react";
import { useSending } from "./sending.js";

export function FileDrop({ url, accept, limit, words, children }) {
  const navigate = useNavigate();
  const { search } = useLocation();
  const input = useRef(null);
  const [over, setOver] = useState(0); // elements below the pointer that drags a file

  const { sent, error, take, cancel } = useSending({
    url: url + search,
    accept,
    limit,
    words,
    onAnswer: (_status, answer) => {
      if (!answer.url) return false;
      navigate(answer.url);
      return true;
    },
  });
  useEffect(() => take(input.current?.files ?? []), []); // chosen before the scripts were there

  const stop = (event) => event.preventDefault();
  const shown = error && jsx(
      "div",
      { className: "notice danger", role: "alert" },
      jsx(CircleAlert, { size: 18 }),
      jsx("div", null, error),
    );

  if (sent >= 0)
    return jsx(
      "section",
      { className: "panel progress" },
      jsx("h2", null, words.sending),
      jsx(
        "div",
        {
          className: "bar",
          role: "progressbar",
          "aria-label": words.progress,
          "aria-valuemin": 0,
          "aria-valuemax": 100,
          "aria-valuenow": sent,
        },
        jsx("div", { className: "bar-fill", style: { width: `${sent}%` } }),
      ),
      jsx("p", { className: "number quiet" }, `${sent} %`),
      jsx("button", { type: "button", className: "button", onClick: cancel }, words.cancel),
    );
  return jsx(
    "div",
    null,
    shown,
    jsx(
      "div",
      {
        className: over > 0 ? "drop over" : "drop",
        role: "group",
        "aria-labelledby": "drop-title",
        onClick: () => input.current.click(),
        onDragEnter: (event) => (stop(event), setOver((n) => n + 1)),
        onDragLeave: () => setOver((n) => n - 1),
        onDragOver: stop,
        onDrop: (event) => (stop(event), setOver(0), take(event.dataTransfer.files)),
      },
      children,
      jsx("input", {
        ref: input,
        type: "file",
        accept,
        hidden: true,
        "aria-labelledby": "drop-title",
        onClick: (event) => event.stopPropagation(),
        onChange: (event) => {
          const files = [...event.target.files];
          event.target.value = ""; // the same file can be chosen again
          take(files);
        },
      }),
    ),
  );
}
