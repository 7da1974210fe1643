// A search box whose truth is the URL. It writes the query string itself, so no typed letter is ever lost to a slow
// answer, and takes the value back only when somebody else (the back button, a link) changed it. What the page has
// rendered may be an earlier URL than the window's, with a text of its own that was typed on since: the window's counts.
import { useEffect, useRef } from "react";
import { useLocation, useNavigate } from "react-router";
import { jsx } from "@emotion/react";

export function SearchBox({ param, delay, id, label, placeholder }) {
  const navigate = useNavigate();
  const location = useLocation();
  const input = useRef(null);
  const timer = useRef(0);
  const inUrl = new URLSearchParams(location.search).get(param) ?? "";
  const wrote = useRef(inUrl);

  useEffect(() => {
    const now = new URLSearchParams(window.location.search).get(param) ?? "";
    if (now !== wrote.current) {
      wrote.current = now;
      clearTimeout(timer.current);
      input.current.value = now;
    }
  }, [inUrl]);

  useEffect(() => {
    input.current.value = wrote.current;
    const onKey = (event) => {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        input.current.focus();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => {
      clearTimeout(timer.current);
      window.removeEventListener("keydown", onKey);
    };
  }, []);

  const write = () => {
    const query = new URLSearchParams(window.location.search);
    const value = input.current.value.trim();
    if (value) query.set(param, value);
    else query.delete(param);
    query.delete("after");
    query.delete("before");
    wrote.current = value;
    const text = query.toString();
    navigate(location.pathname + (text ? "?" + text : ""), { replace: true });
  };

  return jsx("input", {
    ref: input,
    id,
    type: "search",
    className: "search-box",
    placeholder,
    "aria-label": label,
    autoComplete: "off",
    spellCheck: false,
    defaultValue: "",
    onChange: () => {
      clearTimeout(timer.current);
      timer.current = setTimeout(write, delay);
    },
    onKeyDown: (event) => {
      if (event.key === "Escape" && input.current.value) {
        event.preventDefault();
        input.current.value = "";
        clearTimeout(timer.current);
        write();
      }
    },
  });
}
