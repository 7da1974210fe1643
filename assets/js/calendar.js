// The days of a month or a week. What stands on them is dragged to another day, or moved by keyboard: Alt with an arrow
// key, a day or a week at a time; Enter opens it, where its day can be typed. It stands on its new day at once; when the
// server has answered (`seen` changes), its days are the truth.
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { jsx, jsxs } from "react/jsx-runtime";

const SHOWN = 4; // in one day of a month; the others stand behind a link
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

const keyOf = (item) => item.kind + "-" + item.id;
const fill = (label, name) => label.replace("{name}", name);

function later(iso, days) {
  const [year, month, day] = iso.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
}

function placed(days, moved) {
  if (!Object.keys(moved).length) return days;
  const going = new Map();
  for (const day of days) {
    for (const item of day.items) {
      if (moved[keyOf(item)] && !item.mark.includes("goes-on")) going.set(keyOf(item), item);
    }
  }
  return days.map((day) => {
    const stay = day.items.filter((item) => !moved[keyOf(item)]);
    const come = [...going].filter(([key]) => moved[key] === day.iso).map(([, item]) => item);
    return { ...day, items: [...stay, ...come] };
  });
}

export function CalendarGrid({ days, weekdays, view, seen, mayMove, labels, dayUrl, onMove, onOpen, onAdd }) {
  const [moved, setMoved] = useState({});
  const [over, setOver] = useState("");
  const dragged = useRef(null);
  const focus = useRef("");
  useEffect(() => {
    setMoved({});
  }, [seen]);
  useEffect(() => {
    if (!focus.current) return;
    const found = document.querySelector(`[data-item="${focus.current}"]`);
    if (found) found.focus();
    if (found && !Object.keys(moved).length) focus.current = "";
  });

  const move = (item, from, to) => {
    if (!to || to === from) return;
    setMoved((before) => ({ ...before, [keyOf(item)]: to }));
    onMove(item.kind, item.id, to);
  };
  const itemOf = (item, day) => {
    const may = mayMove && !item.mark.includes("goes-on");
    return jsx("li", {
      children: jsxs("button", {
        type: "button",
        className: "cal-item " + item.mark,
        "data-item": item.mark.includes("goes-on") ? undefined : keyOf(item),
        title: item.hint,
        "aria-label": item.hint,
        "aria-keyshortcuts": may ? "Alt+ArrowLeft Alt+ArrowRight Alt+ArrowUp Alt+ArrowDown" : undefined,
        draggable: may,
        onDragStart: (event) => {
          dragged.current = { item, from: day.iso };
          event.dataTransfer.effectAllowed = "move";
          event.dataTransfer.setData("text/plain", item.title);
        },
        onDragEnd: () => {
          dragged.current = null;
          setOver("");
        },
        onKeyDown: (event) => {
          if (!may || !event.altKey || !(event.key in STEPS)) return;
          event.preventDefault();
          focus.current = keyOf(item);
          move(item, day.iso, later(day.iso, STEPS[event.key]));
        },
        onClick: () => onOpen(item.kind, item.id),
        children: [
          item.time ? jsx("span", { className: "cal-time number", children: item.time }) : null,
          jsx("span", { className: "cal-title", children: item.title }),
        ],
      }),
    }, keyOf(item) + day.iso);
  };
  const dayOf = (day) => {
    const most = view === "month" && day.items.length > SHOWN ? SHOWN - 1 : day.items.length;
    const names = ["cal-day"];
    if (day.is_today) names.push("today");
    if (day.is_outside) names.push("outside");
    if (over === day.iso) names.push("over");
    return jsxs("section", {
      className: names.join(" "),
      "data-day": day.iso,
      "aria-label": day.name,
      "aria-current": day.is_today ? "date" : undefined,
      onDragOver: (event) => {
        if (!dragged.current) return;
        event.preventDefault();
        if (over !== day.iso) setOver(day.iso);
      },
      onDrop: (event) => {
        event.preventDefault();
        const held = dragged.current;
        dragged.current = null;
        setOver("");
        if (held) move(held.item, held.from, day.iso);
      },
      children: [
        jsxs("header", {
          children: [
            jsxs(Link, {
              to: dayUrl + day.iso,
              className: "cal-number number",
              "aria-label": day.name,
              children: [
                view === "week" ? jsx("span", { className: "cal-weekday", children: day.weekday }) : null,
                jsx("span", { children: day.number }),
              ],
            }),
            mayMove
              ? jsx("button", { type: "button", className: "cal-add", "aria-label": fill(labels.add, day.name), title: fill(labels.add, day.name), onClick: () => onAdd(day.iso), children: "+" })
              : null,
          ],
        }),
        jsx("ul", { children: day.items.slice(0, most).map((item) => itemOf(item, day)) }),
        most < day.items.length
          ? jsx(Link, { to: dayUrl + day.iso, className: "cal-more link", children: labels.more.replace("{n}", String(day.items.length - most)) })
          : null,
      ],
    }, day.iso);
  };
  return jsxs("div", {
    className: "cal cal-" + view,
    role: "group",
    "aria-label": labels.calendar,
    children: [
      view === "month"
        ? jsx("div", { className: "cal-head", "aria-hidden": "true", children: weekdays.map((name) => jsx("span", { children: name }, name)) })
        : null,
      jsx("div", { className: "cal-days", children: placed(days, moved).map(dayOf) }),
    ],
  });
}
