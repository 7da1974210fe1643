// The card: who stands beside its contact in the list it was opened from, its keys, and its parts on a phone.
// j and k go to the next and the previous contact, u back to the list, e to the form, n to the comment.
import { useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";
import { jsx } from "react/jsx-runtime";
import { cardOpened, listAddress } from "./listplace.js";

const TYPED = "input, textarea, select, [contenteditable=true], [role=textbox]";
const BUSY = "dialog[open], [role=dialog], [role=alertdialog], [role=menu]";
const KEYS = { j: "card-next", k: "card-previous", u: "card-back", e: "card-edit" };

export function CardPlace({ ready, of, onLook }) {
  const here = Number(useLocation().pathname.split("/")[2]);
  const waiting = useRef(""); // a key that was pressed before its contact was there, or who stands beside it
  const left = useRef(0); // the contact a key is already leading away from
  const go = (key) => {
    if (key === "n") return comment();
    const link = document.getElementById(KEYS[key]);
    if (link && "jk".includes(key)) left.current = here;
    link?.click();
  };
  useEffect(() => {
    if (!ready || !here) return;
    cardOpened(here);
    onLook(here, listAddress());
  }, [here, ready]);
  const isKnown = (key) => ready && (!"jk".includes(key) || (of === here && left.current !== here));
  useEffect(() => {
    if (of === here) left.current = 0;
    const key = waiting.current;
    if (!key || !isKnown(key)) return;
    waiting.current = "";
    go(key);
  }, [of, here, ready]);
  useEffect(() => {
    const onKey = (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (document.activeElement?.matches?.(TYPED) || document.querySelector(BUSY)) return;
      if (event.key !== "n" && !KEYS[event.key]) return;
      event.preventDefault();
      if (event.key === "u" || isKnown(event.key)) go(event.key);
      else waiting.current = event.key;
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [of, here, ready]);
  return null;
}

// Shows the timeline and puts the cursor into a new comment.
function comment() {
  window.dispatchEvent(new CustomEvent("crm-card-part", { detail: "timeline" }));
  setTimeout(() => document.getElementById("new-comment")?.focus());
}

export function CommentButton({ className, children }) {
  return jsx("button", { type: "button", className, onClick: comment, children });
}

// On a phone one part is shown at a time: elements with `data-part`. On a desktop all of them are, by the stylesheet.
export function CardTabs({ label, parts }) {
  const [part, setPart] = useState(parts[0][0]);
  useEffect(() => {
    for (const element of document.querySelectorAll("[data-part]")) {
      element.toggleAttribute("data-off", element.dataset.part !== part);
    }
  });
  useEffect(() => {
    const onPart = ({ detail }) => setPart(detail);
    window.addEventListener("crm-card-part", onPart);
    return () => window.removeEventListener("crm-card-part", onPart);
  }, []);
  return jsx("nav", {
    className: "tabs card-tabs",
    "aria-label": label,
    children: parts.map(([key, word]) =>
      jsx("button", { type: "button", className: "tab", "aria-current": key === part ? "true" : "false", onClick: () => setPart(key), children: word }, key),
    ),
  });
}

// Leads to a place within a part of the card, which a phone may not show yet.
export function PartLink({ part, to, className, children }) {
  const go = () => {
    window.dispatchEvent(new CustomEvent("crm-card-part", { detail: part }));
    setTimeout(() => document.getElementById(to)?.scrollIntoView({ block: "start" }));
  };
  return jsx("button", { type: "button", className, onClick: go, children });
}
