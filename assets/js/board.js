// A board: lanes of cards that are moved by dragging (a mouse takes the card, a finger its grip) or by the menu on each
// card. A card stands in its new lane at once; when the server has answered (`seen` changes), its lanes are the truth.
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { jsx, jsxs } from "react/jsx-runtime";

const START = 6; // pixels from which a press is a drag
const EDGE = 48; // this near to the edge of the board, dragging scrolls it

const named = (label, card) => label.replace("{name}", card.name);
const laneAt = (x, y) =>
  document.elementsFromPoint(x, y).map((one) => one.closest("[data-lane]")).find(Boolean)?.dataset.lane;

function placed(lanes, moved) {
  const cards = new Map(lanes.flatMap((lane) => lane.cards.map((card) => [card.number, { card, from: lane.id }])));
  return lanes.map((lane) => {
    const stay = lane.cards.filter((card) => (moved[card.number] ?? lane.id) === lane.id);
    const come = Object.entries(moved)
      .map(([number, to]) => ({ ...cards.get(Number(number)), to }))
      .filter((one) => one.card && one.to === lane.id && one.from !== lane.id)
      .map((one) => one.card);
    return { ...lane, cards: [...come, ...stay], total: lane.total + come.length - (lane.cards.length - stay.length) };
  });
}

export function Board({ lanes, seen, mayMove, labels, lookUrl, onMove, onMore }) {
  const [moved, setMoved] = useState({});
  const [drag, setDrag] = useState(null);
  const press = useRef(null);
  const focus = useRef(null);
  useEffect(() => {
    setMoved({});
  }, [seen]);
  useEffect(() => {
    if (focus.current === null) return;
    document.querySelector(`#contact-${focus.current} select`)?.focus();
    focus.current = null;
  });

  const move = (number, from, to) => {
    if (to === undefined || to === from) return;
    setMoved((before) => ({ ...before, [number]: to }));
    onMove(number, to);
  };
  const onPointerDown = (card, lane) => (event) => {
    const grip = event.target.closest(".grip");
    if (!mayMove || event.button !== 0 || (!grip && (event.pointerType !== "mouse" || event.target.closest("a, select")))) return;
    press.current = { number: card.number, from: lane.id, x: event.clientX, y: event.clientY, on: false };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event) => {
    const held = press.current;
    if (!held) return;
    const x = event.clientX - held.x, y = event.clientY - held.y;
    held.on ||= Math.hypot(x, y) > START;
    if (!held.on) return;
    const board = event.currentTarget.closest(".board");
    const box = board.getBoundingClientRect();
    if (event.clientX > box.right - EDGE) board.scrollLeft += 14;
    if (event.clientX < box.left + EDGE) board.scrollLeft -= 14;
    setDrag({ number: held.number, x, y, over: laneAt(event.clientX, event.clientY) });
  };
  const onPointerUp = (event) => {
    const held = press.current;
    press.current = null;
    setDrag(null);
    if (held?.on) move(held.number, held.from, laneAt(event.clientX, event.clientY));
  };
  const onPointerCancel = () => {
    press.current = null;
    setDrag(null);
  };

  const shown = placed(lanes, moved);
  const choices = lanes.map((lane) => jsx("option", { value: lane.id, children: lane.name }, lane.id));
  const cardOf = (card, lane) => {
    const on = drag?.number === card.number;
    return jsxs("li", {
      id: "contact-" + card.number,
      className: "board-card" + (card.active ? "" : " inactive") + (on ? " dragged" : ""),
      "data-row": "",
      tabIndex: -1,
      style: on ? { transform: `translate(${drag.x}px, ${drag.y}px)` } : undefined,
      onPointerDown: onPointerDown(card, lane),
      onPointerMove,
      onPointerUp,
      onPointerCancel,
      children: [
        jsxs("div", {
          className: "board-head",
          children: [
            jsx(Link, { to: card.url, className: "name-link", draggable: false, children: card.name }),
            mayMove ? jsx("span", { className: "grip", "aria-hidden": "true", children: "⠿" }) : null,
          ],
        }),
        card.under ? jsx("p", { className: "quiet", children: card.under }) : null,
        jsxs("div", {
          className: "board-foot",
          children: [
            card.phone_url ? jsx("a", { href: card.phone_url, className: "link", "aria-label": named(labels.call_of, card), children: labels.call }) : null,
            card.mail_url ? jsx("a", { href: card.mail_url, className: "link", "aria-label": named(labels.mail_of, card), children: labels.mail }) : null,
            jsx(Link, { to: lookUrl + card.number, className: "look link", "aria-label": named(labels.look_of, card), children: labels.look }),
            mayMove
              ? jsx("select", {
                  className: "board-move",
                  "aria-label": named(labels.move, card),
                  value: lane.id,
                  onChange: (event) => {
                    focus.current = card.number;
                    move(card.number, lane.id, event.target.value);
                  },
                  children: choices,
                })
              : null,
          ],
        }),
      ],
    }, card.number);
  };
  return jsx("div", {
    className: "board" + (drag ? " dragging" : ""),
    tabIndex: 0,
    role: "group",
    "aria-label": labels.board,
    children: shown.map((lane) =>
      jsxs("section", {
        className: "lane" + (drag && drag.over === lane.id ? " over" : ""),
        "data-lane": lane.id,
        "aria-label": lane.name,
        children: [
          jsxs("h2", {
            className: "lane-head",
            children: [
              lane.dot ? jsx("span", { className: "status-dot " + lane.dot }) : null,
              jsx("span", { children: lane.name }),
              jsx("span", { className: "number quiet", children: lane.total.toLocaleString(document.documentElement.lang) + (lane.capped ? "+" : "") }),
            ],
          }),
          jsx("ul", { children: lane.cards.map((card) => cardOf(card, lane)) }),
          lane.cards.length === 0 ? jsx("p", { className: "lane-empty quiet", children: labels.nobody }) : null,
          lane.more ? jsx("button", { type: "button", className: "button plain", onClick: () => onMore(lane.id), children: labels.more }) : null,
        ],
      }, lane.id),
    ),
  });
}
