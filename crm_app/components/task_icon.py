"""The symbol of a type of tasks."""

import reflex as rx

from crm_app.components.text import N

# Names as they stand in the database, and what they are called where one chooses.
TASK_ICONS = {
    "circle-check": N("Tick"),
    "phone": N("Telephone"),
    "mail": N("Letter"),
    "users": N("People"),
    "message-circle": N("Speech bubble"),
    "calendar": N("Calendar"),
    "file-text": N("Paper"),
    "map-pin": N("Place"),
    "graduation-cap": N("Graduation cap"),
    "banknote": N("Banknote"),
    "package": N("Parcel"),
    "star": N("Star"),
}


def task_icon(name: rx.Var[str], size: int = 16) -> rx.Component:
    return rx.match(name, *[(one, rx.icon(one, size=size)) for one in TASK_ICONS], rx.icon("circle-check", size=size))
