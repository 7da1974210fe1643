"""The search box that writes the URL."""

import reflex as rx


class SearchBox(rx.Component):
    """Writes its text into the query parameter `param` after `delay` milliseconds without a key."""

    library = "$/public/js/searchbox.js"
    tag = "SearchBox"
    param: rx.Var[str]
    delay: rx.Var[int]
    label: rx.Var[str]
    placeholder: rx.Var[str]


def search_box(label: rx.Var | str, placeholder: rx.Var | str, id: str = "search") -> rx.Component:
    return rx.el.div(
        rx.icon("search", size=16, class_name="search-icon"),
        SearchBox.create(param="q", delay=200, id=id, label=label, placeholder=placeholder),
        rx.el.kbd("/", class_name="search-key", aria_hidden="true"),
        class_name="search",
    )
