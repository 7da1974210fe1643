// The head of a column: a link that sorts, with Shift by a second key; and an edge that is dragged, or moved with the
// arrow keys, to make the column wider. The table is told when the edge is let go.
import { useEffect, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import { jsx, jsxs, Fragment } from "react/jsx-runtime";

const NARROWEST = 64;
const WIDEST = 640;
const STEP = 16;

const bounded = (width) => Math.min(Math.max(Math.round(width), NARROWEST), WIDEST);

export function ColumnHead({ name, label, sortUrl, thenUrl, place, falling, many, width, edge, onResize }) {
  const navigate = useNavigate();
  const drag = useRef(null);
  const waiting = useRef(0);
  const [shown, setShown] = useState(null);
  const head = useRef(null);
  useEffect(() => {
    // What was kept is the truth again: the page gives the column its width.
    const table = head.current.closest("table");
    table.querySelector(`col[data-name="${CSS.escape(name)}"]`).style.width = "";
    table.style.minWidth = "";
    setShown(null);
  }, [width]);

  const paint = (handle, wide) => {
    const table = handle.closest("table");
    const column = table.querySelector(`col[data-name="${CSS.escape(name)}"]`);
    const before = column.getBoundingClientRect().width || width;
    column.style.width = wide + "px";
    table.style.minWidth = table.getBoundingClientRect().width + wide - before + "px";
    setShown(wide);
  };
  const onPointerDown = (event) => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, width: event.currentTarget.closest("th").getBoundingClientRect().width };
  };
  const onPointerMove = (event) => {
    if (drag.current) paint(event.currentTarget, bounded(drag.current.width + event.clientX - drag.current.x));
  };
  const onPointerUp = (event) => {
    if (!drag.current) return;
    const wide = bounded(drag.current.width + event.clientX - drag.current.x);
    const moved = Math.abs(event.clientX - drag.current.x) > 2;
    drag.current = null;
    if (moved) onResize(wide);
  };
  const onKeyDown = (event) => {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (!by) return;
    event.preventDefault();
    const wide = bounded((shown ?? width) + by);
    paint(event.currentTarget, wide);
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => onResize(wide), 400);
  };
  const onClick = (event) => {
    if (!event.shiftKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    navigate(thenUrl);
  };
  const mark = place
    ? jsxs("span", { className: "order-mark", "aria-hidden": "true", children: [falling ? "↓" : "↑", many ? jsx("sup", { children: place }) : null] })
    : null;
  return jsxs(Fragment, {
    children: [
      sortUrl
        ? jsxs(Link, { to: sortUrl, onClick, className: "head-link", children: [jsx("span", { children: label }), mark] })
        : jsx("span", { className: "head-link", children: label }),
      jsx("span", {
        ref: head,
        className: "edge",
        role: "separator",
        tabIndex: 0,
        "aria-orientation": "vertical",
        "aria-label": edge,
        "aria-valuenow": shown ?? width,
        "aria-valuemin": NARROWEST,
        "aria-valuemax": WIDEST,
        onPointerDown,
        onPointerMove,
        onPointerUp,
        onKeyDown,
      }),
    ],
  });
}
