// A file chosen with a button, or dropped on it, and sent as it is to a route of ours; the page is told when it is there.
import { useEffect, useRef, useState } from "react";
import { Paperclip } from "lucide-react";
import { jsx, jsxs, Fragment } from "react/jsx-runtime";

const ending = (name) => name.slice(name.lastIndexOf(".")).toLowerCase();

export function AttachButton({ url, accept, limit, words, onDone }) {
  const input = useRef(null);
  const request = useRef(null);
  const [sent, setSent] = useState(-1); // percent; -1 = nothing is under way
  const [error, setError] = useState("");

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
      if (post.status === 401) window.location.reload(); // the gate asks to sign in and leads back
      else if (post.status === 413) refuse(words.tooLarge);
      else if (post.status === 201) {
        refuse("");
        onDone();
      } else refuse(post.response?.error ?? words.lost);
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
    else if (!accept.split(",").includes(ending(files[0].name))) refuse(words.unknown);
    else if (files[0].size > limit) refuse(words.tooLarge);
    else send(files[0]);
  };
  useEffect(() => () => request.current?.abort(), [url]);

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
