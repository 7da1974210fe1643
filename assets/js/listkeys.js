// The list by keyboard: j and k go through the rows, x ticks, o or space looks at a contact beside the list, Enter opens
// it, e edits it, ? shows the keys, Escape closes. Nothing is sent to the server for a key, and none counts while
// somebody types. Everything a key does is a link or a box of the row, so that it also works by mouse.
import { useEffect, useRef } from "react";
import { useLocation, useNavigate } from "react-router";
import { jsx } from "react/jsx-runtime";
import { rememberList, rememberScroll, returnToPlace } from "./listplace.js";

const TYPED = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true], [role=textbox]";
const BUSY = "dialog[open], [role=dialog], [role=alertdialog], [role=menu]";
const PRESSED_BY_SPACE = "input, button, summary, a, [role=separator]";
const HELP = "list-keys-help";

const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
const rowOf = (element) => element?.closest?.("[data-row]");
const looked = () => document.querySelector("[data-looked]");

function show(row) {
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// The row that keys are about: the one with the focus, else the one that is looked at.
function current() {
  return rowOf(document.activeElement) ?? document.getElementById("contact-" + looked()?.dataset.looked);
}

export function ListKeys({ mayEdit }) {
  const navigate = useNavigate();
  const location = useLocation();
  useEffect(() => returnToPlace(location), []);
  useEffect(() => rememberList(location), [location.pathname, location.search]);
  useEffect(() => {
    // Before the link is followed: the next page begins at its top.
    const onClick = (event) => event.target.closest?.("a.name-link, .board-card a, .look-name a") && rememberScroll();
    document.addEventListener("click", onClick, true);
    return () => document.removeEventListener("click", onClick, true);
  }, []);
  useEffect(() => {
    const step = (by) => {
      const all = rows();
      const sheet = looked();
      const here = sheet ? document.getElementById("contact-" + sheet.dataset.looked) : current();
      const place = all.indexOf(here);
      const next = place < 0 ? all[0] : all[place + by];
      if (!next) return;
      show(next);
      if (sheet) navigate(next.querySelector("a.look").getAttribute("href"), { replace: true });
    };
    const acts = {
      j: () => step(1),
      k: () => step(-1),
      x: () => current()?.querySelector(".tick input")?.click(),
      o: () => current()?.querySelector("a.look")?.click(),
      e: () => {
        const link = current()?.querySelector("a.name-link");
        if (mayEdit && link) navigate(link.getAttribute("href") + "/edit");
      },
      "?": () => document.getElementById(HELP)?.showModal(),
    };
    const onKey = (event) => {
      const active = document.activeElement;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (active?.matches?.(TYPED) || document.querySelector(BUSY)) return;
      let act = acts[event.key];
      if (event.key === " " && !active?.matches?.(PRESSED_BY_SPACE) && current()) act = acts.o;
      if (event.key === "Enter" && active?.matches?.("[data-row]")) {
        act = () => active.querySelector("a.name-link")?.click();
      }
      if (event.key === "Escape" && looked()) {
        act = () => navigate(document.getElementById("look-close").getAttribute("href"), { replace: true });
      }
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [mayEdit, navigate]);
  return null;
}

// The contact beside the list. It takes the focus when it opens, and gives it to the contact's row when it is closed.
export function LookSheet({ number, label, children }) {
  const sheet = useRef(null);
  const last = useRef(number);
  last.current = number;
  useEffect(() => {
    const element = sheet.current;
    if (!rowOf(document.activeElement)) element.focus({ preventScroll: true });
    return () => {
      const lost = document.activeElement === document.body || element.contains(document.activeElement);
      if (lost) document.getElementById("contact-" + last.current)?.focus({ preventScroll: true });
    };
  }, []);
  return jsx("aside", {
    ref: sheet,
    className: "look-sheet",
    tabIndex: -1,
    "aria-label": label,
    "data-looked": number,
    children,
  });
}

// The sheet of keys. Escape and its button close it, as the browser does by itself.
export function KeysHelp({ label, children }) {
  return jsx("dialog", { id: HELP, className: "ask keys", "aria-label": label, children });
}

export function openHelp() {
  document.getElementById(HELP)?.showModal();
}
