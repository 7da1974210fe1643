// A file is dropped or chosen, sent as it is, and followed to the page that the server names. Progress and refusals
// live here: no event of the page is needed, so nothing is lost while its connection comes up.
import { useEffect, useRef, useState } from "react";
import { CircleAlert } from "lucide-react";
import { useNavigate } from "react-router";
import { jsx } from "@emotion/react";

const ending = (name) => name.slice(name.lastIndexOf(".")).toLowerCase();

export function FileDrop({ url, accept, limit, words, children }) {
  const navigate = useNavigate();
  const input = useRef(null);
  const request = useRef(null);
  const [sent, setSent] = useState(-1); // percent; -1 = nothing is under way
  const [error, setError] = useState("");
  const [over, setOver] = useState(0); // elements below the pointer that drags a file

  const refuse = (sentence) => {
    request.current = null;
    setSent(-1);
    setError(sentence);
  };

  const send = (file) => {
    const post = new XMLHttpRequest();
    request.current = post;
    setError("");
    setSent(0);
    post.upload.onprogress = ({ loaded, total }) => setSent(total ? Math.round((100 * loaded) / total) : 0);
    post.onerror = () => refuse(words.lost);
    post.onload = () => {
      const answer = post.response ?? {};
      if (post.status === 401) window.location.reload(); // the gate asks to sign in and leads back
      else if (post.status === 413) refuse(words.tooLarge);
      else if (answer.url) navigate(answer.url);
      else refuse(answer.error ?? words.lost);
    };
    post.open("POST", url);
    post.responseType = "json";
    post.setRequestHeader("X-File-Name", encodeURIComponent(file.name.toWellFormed?.() ?? file.name));
    post.setRequestHeader("Content-Type", "application/octet-stream");
    post.send(file);
  };

  const take = (files) => {
    if (request.current || files.length === 0) return;
    if (files.length > 1) refuse(words.oneOnly);
    else if (!accept.split(",").includes(ending(files[0].name))) refuse(words.noContacts);
    else if (files[0].size > limit) refuse(words.tooLarge);
    else send(files[0]);
  };

  useEffect(() => {
    take(input.current?.files ?? []); // chosen before the scripts were there
    return () => request.current?.abort();
  }, []);

  const cancel = () => {
    request.current?.abort();
    refuse("");
  };
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
