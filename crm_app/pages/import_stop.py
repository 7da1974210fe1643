"""The ways to stop an import that is being written: a pause, or its end with what is in kept or taken back."""

import reflex as rx

from crm_app.components.cancel_dialog import CancelDialog
from crm_app.components.text import T, t, tn
from crm_app.state.import_wizard import ImportWizardState


def stop_writing() -> rx.Component:
    """While it is at work."""
    return rx.el.div(
        rx.el.button(T("Pause"), type="button", class_name="button", on_click=ImportWizardState.pause),
        cancel(ImportWizardState.done, t("Go on importing")),
        class_name="card-actions",
    )


def cancel(number: rx.Var, stay: rx.Var, class_name: str = "button") -> rx.Component:
    """`number` of contacts are in."""
    return CancelDialog.create(
        label=t("Cancel …"),
        title=t("Cancel this import?"),
        keep=rx.cond(
            number > 0,
            tn("Keep the {n} contact that is in", "Keep the {n} contacts that are in", number),
            t("End it: nothing is in yet"),
        ),
        take_back=rx.cond(ImportWizardState.belongs | (number == 0), "", t("Take them back")),
        stay=stay,
        class_name=class_name,
        on_keep=ImportWizardState.cancel,
        on_take_back=ImportWizardState.take_back,
    )
