// Stands inside a form. Asks before changes that were not saved are left, and stops a form whose date field holds
// something that is no date: the browser would send it as "no date".
import { useEffect, useRef, useState } from "react";
import { useBlocker } from "react-router";
import { jsx, jsxs } from "react/jsx-runtime";

const texts = (form) => JSON.stringify([...new FormData(form)].filter(([, value]) => typeof value === "string"));

export function FormGuard({ title, keep, leave, refused }) {
  const dialog = useRef(null);
  const form = useRef(null);
  const before = useRef("");
  const [sent, setSent] = useState(false);
  const changed = () => !!form.current && !sent && texts(form.current) !== before.current;
  const blocker = useBlocker(({ currentLocation, nextLocation }) =>
    currentLocation.pathname !== nextLocation.pathname && changed());

  useEffect(() => {
    form.current = dialog.current.parentElement.closest("form");
    before.current = texts(form.current);
  }, []);

  useEffect(() => {
    const marked = form.current;
    const mark = (field) => field.toggleAttribute?.("data-bad", !!field.validity?.badInput);
    const onInput = () => setSent(false);
    const onBlur = (event) => mark(event.target);
    const onSubmit = (event) => {
      for (const field of marked.elements) mark(field);
      const bad = marked.querySelector("[data-bad]");
      if (!bad) return setSent(true);
      event.preventDefault();
      event.stopPropagation();
      bad.focus();
    };
    const onUnload = (event) => changed() && event.preventDefault();
    marked.addEventListener("input", onInput);
    marked.addEventListener("focusout", onBlur);
    marked.addEventListener("submit", onSubmit);
    window.addEventListener("beforeunload", onUnload);
    return () => {
      marked.removeEventListener("input", onInput);
      marked.removeEventListener("focusout", onBlur);
      marked.removeEventListener("submit", onSubmit);
      window.removeEventListener("beforeunload", onUnload);
    };
  }, [sent]);

  useEffect(() => {
    if (Object.keys(refused).length) setSent(false);
  }, [refused]);

  useEffect(() => {
    if (blocker.state === "blocked") dialog.current.showModal();
  }, [blocker.state]);

  const close = (decide) => () => {
    dialog.current.close();
    decide?.();
  };
  return jsxs("dialog", {
    ref: dialog,
    className: "ask",
    "aria-labelledby": "ask-title",
    onCancel: () => blocker.reset?.(),
    children: [
      jsx("p", { id: "ask-title", children: title }),
      jsxs("div", {
        className: "ask-answers",
        children: [
          jsx("button", { type: "button", className: "button", onClick: close(() => blocker.proceed?.()), children: leave }),
          jsx("button", { type: "button", className: "button primary", autoFocus: true, onClick: close(() => blocker.reset?.()), children: keep }),
        ],
      }),
    ],
  });
}
