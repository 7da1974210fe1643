"""A text field that offers colleagues behind “@”."""

import reflex as rx


class MentionField(rx.Component):
    """Part of a form, by `name`. `people` are what can stand behind the sign; `offers` is what their list is called."""

    library = "$/public/js/mention.js"
    tag = "MentionField"
    name: rx.Var[str]
    people: rx.Var[list[str]]
    label: rx.Var[str]
    offers: rx.Var[str]
    placeholder: rx.Var[str]
    rows: rx.Var[int]
    value: rx.Var[str]
    focus: rx.Var[bool]
