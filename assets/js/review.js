// Keys and swipes of the review press its own buttons: → or j next, ← or k back, digits give a status, c calls, m writes,
// t puts the call off to tomorrow,
// n goes to the note. Nothing fires while somebody types.
import { useEffect } from "react";

const FAR = 70; // pixels of a swipe
const KEYS = { ArrowRight: "review-next", j: "review-next", ArrowLeft: "review-back", k: "review-back", c: "review-call", m: "review-mail", t: "review-later" };
const typing = () => /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");

export function ReviewKeys() {
  useEffect(() => {
    let from = null;
    const press = (id) => document.getElementById(id)?.click();
    const onKey = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.key === "Escape" && typing()) return document.activeElement.blur();
      if (typing()) return;
      if (event.key === "n") {
        event.preventDefault();
        document.getElementById("review-note")?.focus();
      } else if (KEYS[event.key]) {
        event.preventDefault();
        press(KEYS[event.key]);
      } else if (/^[1-9]$/.test(event.key)) press(`review-outcome-${event.key}`);
    };
    const onStart = ({ touches, target }) => {
      const still = touches.length === 1 && !target.closest("textarea, select, input");
      from = still ? { x: touches[0].clientX, y: touches[0].clientY } : null;
    };
    const onEnd = ({ changedTouches }) => {
      if (!from) return;
      const x = changedTouches[0].clientX - from.x;
      const y = changedTouches[0].clientY - from.y;
      from = null;
      if (Math.abs(x) > FAR && Math.abs(x) > 2 * Math.abs(y)) press(x < 0 ? "review-next" : "review-back");
    };
    window.addEventListener("keydown", onKey);
    window.addEventListener("touchstart", onStart, { passive: true });
    window.addEventListener("touchend", onEnd, { passive: true });
    return () => {
      window.removeEventListener("keydown", onKey);
      window.removeEventListener("touchstart", onStart);
      window.removeEventListener("touchend", onEnd);
    };
  }, []);
  return null;
}
