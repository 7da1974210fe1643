// One file, judged by its ending and size, sent as it is to a route of ours. No event of the page is needed, so nothing is
// lost while its connection comes up. `onAnswer` takes status and answer, and says whether they were what was hoped for.
import { useEffect, useRef, useState } from "react";

const ending = (name) => name.slice(name.lastIndexOf(".")).toLowerCase();

// `limit` is bytes, 0 while the page does not know it yet: then the server alone judges. `sent` is percent, -1 while
// nothing is under way; `words`: lost, tooLarge, oneOnly, unknown.
export function useSending({ url, accept, limit, words, onAnswer }) {
  const request = useRef(null);
  const [sent, setSent] = useState(-1);
  const [error, setError] = useState("");

  const end = (sentence) => {
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
    post.onerror = () => end(words.lost);
    post.onload = () => {
      const answer = post.response ?? {};
      if (post.status === 401) window.location.reload(); // the gate asks to sign in and leads back
      else if (post.status === 413) end(words.tooLarge);
      else if (onAnswer(post.status, answer, end)) return;
      else end(answer.error ?? words.lost);
    };
    post.open("POST", url);
    post.responseType = "json";
    post.setRequestHeader("X-File-Name", encodeURIComponent(file.name.toWellFormed?.() ?? file.name));
    post.setRequestHeader("Content-Type", "application/octet-stream");
    post.send(file);
  };
  const take = (files) => {
    if (request.current || files.length === 0) return;
    if (files.length > 1) end(words.oneOnly);
    else if (!accept.split(",").includes(ending(files[0].name))) end(words.unknown);
    else if (limit && files[0].size > limit) end(words.tooLarge);
    else send(files[0]);
  };
  const cancel = () => {
    request.current?.abort();
    end("");
  };
  useEffect(() => cancel, [url]);
  return { sent, error, take, cancel };
}
