"""A person is erased on request: what goes, what stays and why, a typed confirmation, the certificate."""

import reflex as rx

from crm_app import routes
from crm_app.components.download import download
from crm_app.components.empty import empty
from crm_app.components.notice import notice
from crm_app.components.text import T, figure, t
from crm_app.pages.privacy_frame import privacy_shell
from crm_app.state.privacy_erase import CountLine, PrivacyEraseState
from crm_app.state.session import SessionState

_state = PrivacyEraseState
_view, _progress = PrivacyEraseState.view, PrivacyEraseState.progress


def privacy_erase() -> rx.Component:
    return privacy_shell(
        "requests",
        rx.cond(
            _state.loaded,
            rx.cond(
                _progress.id > 0,
                _working(),
                rx.cond(_view.number > 0, _preview(), _missing()),
            ),
            rx.el.div(rx.el.span(class_name="skeleton"), class_name="panel"),
        ),
    )


def _preview() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("Erase {name} (#{number})", name=_view.name, number=_view.number.to(str))),
        rx.el.p(
            T("Everything about this person goes, also where it stood before. There is no way back."),
        ),
        rx.el.div(
            _counts(T("Goes"), _view.goes),
            _counts(T("Stays as rows, without the person"), _view.emptied),
            class_name="erase-counts",
        ),
        rx.cond(
            _view.imports.length() > 0,
            rx.fragment(
                rx.el.h3(T("Files of imports that are deleted")),
                rx.el.ul(rx.foreach(_view.imports, lambda name: rx.el.li(name)), class_name="erase-list"),
                rx.el.p(
                    T("Other files of imports are looked through too. Counts and other people’s contacts stay."),
                    class_name="field-hint",
                ),
            ),
        ),
        rx.el.h3(T("What stays, and why")),
        rx.el.ul(rx.foreach(_view.stays, lambda said: rx.el.li(said)), class_name="erase-list"),
        rx.el.form(
            rx.el.div(
                rx.el.label(
                    t("Type the number {number} to confirm.", number=_view.number.to(str)), html_for="erase-typed"
                ),
                rx.el.input(
                    id="erase-typed",
                    name="typed",
                    auto_complete="off",
                    input_mode="numeric",
                    max_length=20,
                    aria_invalid=rx.cond(_state.error, "true", "false"),
                    class_name="input",
                ),
                class_name="field",
            ),
            rx.cond(_state.error, notice(_state.error, "danger")),
            rx.el.div(
                rx.el.button(T("Erase this person"), type="submit", class_name="button danger"),
                rx.link(T("Cancel"), href=_state.card_url, underline="none", class_name="button plain"),
                class_name="filter-foot",
            ),
            on_submit=_state.start,
            no_validate=True,
            class_name="entry-form erase-form",
        ),
        class_name="panel erase",
    )


def _counts(title: rx.Component, lines: rx.Var[list[CountLine]]) -> rx.Component:
    return rx.cond(
        lines.length() > 0,
        rx.el.div(
            rx.el.h3(title),
            rx.el.dl(
                rx.foreach(
                    lines,
                    lambda line: rx.fragment(
                        rx.el.dt(line.label), rx.el.dd(figure(line.count), class_name="number right")
                    ),
                ),
                class_name="erase-dl",
            ),
        ),
    )


def _working() -> rx.Component:
    return rx.el.section(
        rx.cond(
            _progress.done,
            rx.fragment(
                rx.el.h2(T("The person is erased")),
                rx.el.p(T("Nothing here says any more who it was. Answer the person, and keep the certificate.")),
                rx.el.div(
                    download(
                        rx.icon("download", size=16),
                        T("Certificate"),
                        href=_progress.url,
                        class_name="button primary",
                    ),
                    rx.link(T("To the requests"), href=routes.PRIVACY, underline="none", class_name="button"),
                    class_name="card-actions gap",
                ),
            ),
            rx.cond(
                _progress.working,
                rx.fragment(
                    rx.el.h2(T("The person is being erased …")),
                    rx.el.p(
                        T(
                            "Files are looked through, then the database is written anew. "
                            "You can close this page; the work goes on."
                        ),
                        class_name="quiet",
                        aria_live="polite",
                    ),
                ),
                rx.fragment(
                    rx.el.h2(T("The erasure stopped")),
                    rx.cond(_progress.error, notice(_progress.error, "danger")),
                    rx.el.div(
                        rx.el.button(T("Go on"), type="button", class_name="button primary", on_click=_state.resume),
                        class_name="card-actions gap",
                    ),
                ),
            ),
        ),
        class_name="panel",
    )


def _missing() -> rx.Component:
    return empty(
        "user-x",
        T("No such contact"),
        T("Maybe it was erased already."),
        rx.link(T("To the requests"), href=routes.PRIVACY, underline="none", class_name="button primary"),
    )


PAGE = {"route": routes.PRIVACY_ERASE, "on_load": [SessionState.load, PrivacyEraseState.load]}
