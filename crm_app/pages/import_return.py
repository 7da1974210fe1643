"""The part of the read step for failed rows that come back: whose they are, and both ways on."""

import reflex as rx

from crm_app.components.notice import notice
from crm_app.components.text import T, tn
from crm_app.pages.import_frame import foot
from crm_app.state.import_return import ImportReturnState
from crm_app.state.import_wizard import ImportWizardState


def import_return() -> rx.Component:
    """Nothing for other files."""
    return rx.fragment(
        rx.cond(
            ImportReturnState.sentence,
            notice(
                rx.fragment(
                    rx.el.p(rx.el.b(ImportReturnState.sentence)),
                    rx.cond(ImportReturnState.refusal, rx.el.p(ImportReturnState.refusal)),
                    rx.cond(
                        ImportReturnState.rows > 0,
                        rx.el.p(T("They come in with that import, with its columns and options. Its other rows stay.")),
                    ),
                    rx.foreach(ImportReturnState.remarks, rx.el.p),
                ),
                "info",
            ),
        ),
        rx.cond(
            ImportWizardState.belongs & (ImportWizardState.state == "checked"),
            rx.el.p(
                rx.el.button(
                    T("Take them as a new file instead"),
                    type="button",
                    class_name="link-button",
                    on_click=ImportReturnState.as_new,
                ),
            ),
        ),
    )


def return_foot() -> rx.Component:
    """In place of the foot that leads to the columns, while the rows can go on with their import."""
    return foot(
        rx.link(
            T("Take as a new file"),
            href=ImportWizardState.step_urls["columns"].to(str),
            underline="none",
            class_name="button",
        ),
        rx.el.button(
            tn("Check this row", "Check these {n} rows", ImportReturnState.rows),
            rx.icon("arrow-right", size=16),
            type="button",
            class_name="button primary",
            on_click=ImportReturnState.go_on,
        ),
    )
