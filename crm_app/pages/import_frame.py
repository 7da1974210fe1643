"""What every step of an import shares: the steps, the progress of work, and the foot that says what comes next."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.here import here
from crm_app.components.notice import notice
from crm_app.components.progress_bar import progress_bar
from crm_app.components.shell import shell
from crm_app.components.text import N, T, figure, t, tn
from crm_app.pages.import_stop import stop_writing
from crm_app.state.import_wizard import ImportWizardState
from crm_app.state.session import SessionState

STEPS = (
    ("new", N("File")),
    ("read", N("Read")),
    ("columns", N("Columns")),
    ("check", N("Check")),
    ("done", N("Done")),
)


def frame(*content: rx.Component, step: str = "", foot: rx.Component | None = None) -> rx.Component:
    """A page of an import that exists, with the steps above it when it is one of them; `content` shows when no work
    is going on.
    """
    is_here = ImportWizardState.shown == here()
    return shell(
        for_importers(
            rx.cond(
                ~is_here,
                rx.el.div(rx.el.span(class_name="skeleton"), class_name="card-head"),
                rx.cond(ImportWizardState.missing, _missing(), _standing(content, step, foot)),
            )
        ),
        place="imports",
        title=rx.el.h1(
            rx.link(T("Imports and changes"), href=routes.IMPORTS, underline="none", class_name="quiet"),
            rx.cond(
                is_here & ~ImportWizardState.missing,
                rx.fragment(rx.el.span(" / ", class_name="quiet"), ImportWizardState.name),
            ),
        ),
    )


def _standing(content: tuple[rx.Component, ...], step: str, foot: rx.Component | None) -> rx.Component:
    return rx.el.div(
        rx.cond(~ImportWizardState.is_change, steps(step)) if step else rx.fragment(),
        rx.el.div(
            _messages(),
            _gone() if step in ("read", "columns", "check") else rx.fragment(),
            rx.cond(ImportWizardState.working, progress(), rx.fragment(*content)),
            rx.cond(~ImportWizardState.working, foot) if foot is not None else rx.fragment(),
            class_name="wizard-main",
        ),
        class_name=rx.cond(ImportWizardState.is_change, "", "wizard") if step else "",
    )


def for_importers(content: rx.Component) -> rx.Component:
    """`content` for those who may import; the others are told."""
    return rx.cond(
        SessionState.may_import,
        content,
        empty(
            "lock",
            T("Imports are not open to you"),
            T("You do not have the right for this. Ask an administrator of this CRM."),
            rx.link(T("All contacts"), href=routes.CONTACTS, underline="none", class_name="button"),
        ),
    )


def steps(current: str) -> rx.Component:
    return rx.el.nav(
        rx.el.ol(*[_step(place, key, label, current) for place, (key, label) in enumerate(STEPS, 1)]),
        aria_label=t("Steps of the import"),
        class_name="steps",
    )


def _step(place: int, key: str, label: str, current: str) -> rx.Component:
    inside = rx.fragment(rx.el.span(str(place), class_name="step-number"), rx.el.span(T(label)))
    if key == current:
        return rx.el.li(rx.el.span(inside, aria_current="step", class_name="step"))
    if key == "new" or current == "new":
        return rx.el.li(rx.el.span(inside, class_name="step off"))
    url = ImportWizardState.step_urls[key].to(str)
    return rx.el.li(
        rx.cond(
            url,
            rx.link(inside, href=url, underline="none", class_name="step"),
            rx.el.span(inside, class_name="step off"),
        )
    )


def _messages() -> rx.Component:
    return rx.fragment(
        rx.cond(
            ImportWizardState.error,
            rx.fragment(
                notice(ImportWizardState.error, "danger"),
                rx.cond(
                    ImportWizardState.state == "failed",
                    rx.link(T("Choose another file"), href=routes.NEW_IMPORT, underline="none", class_name="button"),
                ),
            ),
        ),
        rx.cond(
            ImportWizardState.belongs,
            notice(
                rx.fragment(
                    ImportWizardState.belongs,
                    " ",
                    rx.link(T("Look at it"), href=ImportWizardState.belongs_url, class_name="link"),
                ),
                "info",
            ),
        ),
        rx.cond(
            ImportWizardState.earlier,
            notice(
                rx.fragment(
                    ImportWizardState.earlier,
                    " ",
                    rx.link(T("Look at it"), href=ImportWizardState.earlier_url, class_name="link"),
                ),
                "warn",
            ),
        ),
    )


def _gone() -> rx.Component:
    """Instead of a step that needs the file."""
    return rx.cond(
        ImportWizardState.gone,
        notice(
            rx.fragment(
                ImportWizardState.gone,
                " ",
                rx.link(T("Choose a file"), href=routes.NEW_IMPORT, underline="none", class_name="button small"),
            ),
        ),
    )


def progress() -> rx.Component:
    """The work under way: what, how far, how fast, and the way to stop it."""
    return rx.el.section(
        rx.el.h2(
            rx.match(
                ImportWizardState.state,
                ("reading", T("Reading the file …")),
                ("checking", T("Checking every row …")),
                (
                    "undoing",
                    rx.cond(ImportWizardState.is_change, T("Taking the change back …"), T("Taking the import back …")),
                ),
                rx.cond(ImportWizardState.is_change, T("Changing …"), T("Importing …")),
            )
        ),
        progress_bar(ImportWizardState.percent),
        rx.el.p(
            rx.cond(
                ImportWizardState.queued,
                T("Waiting for another import to finish. This one goes on by itself."),
                rx.cond(
                    ImportWizardState.total > 0,
                    t(
                        "{done} of {total} rows",
                        done=figure(ImportWizardState.done),
                        total=figure(ImportWizardState.total),
                    ),
                    tn("{n} row", "{n} rows", ImportWizardState.done),
                ),
            ),
            rx.cond(ImportWizardState.pace, rx.el.span(" · ", ImportWizardState.pace)),
            class_name="number quiet",
            aria_live="polite",
        ),
        rx.el.p(T("You can close this page; the work goes on."), class_name="quiet"),
        rx.cond(
            ImportWizardState.state == "committing",
            stop_writing(),
            rx.el.button(T("Stop"), type="button", class_name="button", on_click=ImportWizardState.cancel),
        ),
        class_name="panel progress",
    )


def _missing() -> rx.Component:
    return empty(
        "file-x",
        T("No such import"),
        T("It may have been removed, or you may not see it."),
        rx.link(T("All imports"), href=routes.IMPORTS, underline="none", class_name="button"),
    )


def foot(*content: rx.Component) -> rx.Component:
    return rx.el.div(*content, class_name="wizard-foot")
