"""A message that stays on the page until its cause is gone."""

import reflex as rx

ICONS = {"danger": "circle-alert", "warn": "triangle-alert", "good": "circle-check", "info": "info"}


def notice(content: rx.Component | rx.Var | str, kind: str = "info") -> rx.Component:
    role = "alert" if kind == "danger" else "status"
    return rx.el.div(rx.icon(ICONS[kind], size=18), rx.el.div(content), class_name=f"notice {kind}", role=role)
