"""The last step of an import: what it did, with every setting."""

import reflex as rx

from crm_app import routes
from crm_app.components.download import download
from crm_app.components.notice import notice
from crm_app.components.text import T, figure, t, tn
from crm_app.pages.import_check import OUTCOMES
from crm_app.pages.import_course_result import course_result
from crm_app.pages.import_fetch import fetch_again, fetch_error
from crm_app.pages.import_frame import frame
from crm_app.pages.import_kept import import_kept
from crm_app.pages.import_stop import cancel
from crm_app.state.import_done import ImportDoneState, Pair
from crm_app.state.import_entering import ENTER
from crm_app.state.import_fetch import ImportFetchState
from crm_app.state.import_wizard import ImportWizardState

_view = ImportDoneState.view


def import_done() -> rx.Component:
    return frame(
        rx.cond(
            ImportDoneState.ready,
            rx.cond(
                ImportWizardState.is_change,
                rx.fragment(_head(), _changed()),
                rx.fragment(
                    _head(),
                    fetch_error(),
                    _waiting(),
                    _failed(),
                    _counts(),
                    course_result(_view.course),
                    import_kept(),
                    _settings(),
                ),
            ),
        ),
        step="done",
    )


def _head() -> rx.Component:
    return rx.match(
        _view.state,
        (
            "done",
            notice(
                rx.cond(
                    ImportWizardState.is_change,
                    tn("Done: {n} contact was changed.", "Done: {n} contacts were changed.", _view.written),
                    rx.cond(
                        (_view.written == 0) & (_view.enrolled > 0),
                        tn("Done: {n} contact was enrolled.", "Done: {n} contacts were enrolled.", _view.enrolled),
                        tn("Done: {n} contact was imported.", "Done: {n} contacts were imported.", _view.written),
                    ),
                ),
                "good",
            ),
        ),
        ("paused", _halted(T("Paused. What is in stays; you can go on where it stopped."), _cancel())),
        ("cancelled", _halted(T("Stopped. What is in stays; you can go on where it stopped."))),
        (
            "undo_stopped",
            _linked(T("The undo was stopped. What was taken back stays so."), T("Go on with the undo"), "warn"),
        ),
        (
            "undone",
            _linked(
                rx.cond(
                    _view.undone_by,
                    t("Undone by {who}, {when}.", who=_view.undone_by, when=_view.undone_when),
                    t("Undone {when}.", when=_view.undone_when),
                ),
                T("See what became of each row"),
                "info",
            ),
        ),
        rx.fragment(),
    )


def _halted(sentence: rx.Component, *more: rx.Component) -> rx.Component:
    go_on = rx.el.button(T("Go on"), type="button", class_name="button small", on_click=ImportWizardState.commit)
    return notice(rx.fragment(sentence, rx.el.div(go_on, *more, class_name="notice-actions")), "warn")


def _cancel() -> rx.Component:
    return cancel(_view.written, t("Leave it paused"), "button small")


def _linked(sentence: rx.Component | rx.Var, label: rx.Component, kind: str) -> rx.Component:
    """What is to be said of the undo, with the way to it."""
    return notice(
        rx.fragment(
            sentence,
            " ",
            rx.cond(
                _view.has_undo_data,
                rx.link(label, href=_view.undo_url, underline="none", class_name="button small"),
            ),
        ),
        kind,
    )


def _waiting() -> rx.Component:
    """A file with mended rows of this import that did not come in yet."""
    return rx.cond(
        _view.waiting_url,
        notice(
            rx.fragment(
                T("Mended rows of this import are waiting."),
                " ",
                rx.link(T("Continue"), href=_view.waiting_url, underline="none", class_name="button small"),
            ),
            "info",
        ),
    )


def _failed() -> rx.Component:
    return rx.cond(
        _view.failed > 0,
        notice(
            rx.fragment(
                rx.el.p(rx.el.b(tn("{n} row stayed out.", "{n} rows stayed out.", _view.failed))),
                rx.el.p(
                    T("The file has your own columns and the reason beside each row."),
                    " ",
                    T("Mend them and bring the file back: only these rows are looked at again."),
                ),
                rx.el.div(
                    download(
                        rx.icon("download", size=16),
                        T("Download these rows"),
                        href=_view.failed_url,
                        class_name="button small",
                    ),
                    rx.link(
                        rx.icon("file-up", size=16),
                        T("Bring the mended file back"),
                        href=routes.NEW_IMPORT,
                        underline="none",
                        class_name="button small",
                    ),
                    class_name="notice-actions",
                ),
            ),
            "warn",
        ),
    )


def _counts() -> rx.Component:
    return rx.el.section(
        rx.el.dl(
            *[
                rx.el.div(
                    rx.el.dt(rx.icon(icon, size=14), T(label)),
                    rx.el.dd(figure(_view.counts[key].to(int)), class_name="number"),
                    class_name=f"tile {key}",
                )
                for key, label, icon in OUTCOMES
            ],
            class_name="tiles",
        ),
        rx.el.p(
            tn("{n} row in the file.", "{n} rows in the file.", _view.rows),
            rx.cond(
                _view.replanned > 0,
                rx.el.span(
                    " ",
                    tn(
                        "{n} of them was planned again, because its contact changed meanwhile.",
                        "{n} of them were planned again, because their contacts changed meanwhile.",
                        _view.replanned,
                    ),
                ),
            ),
            class_name="quiet",
        ),
        rx.el.div(
            rx.cond(
                _view.contacts_url,
                rx.link(T("Show the contacts"), href=_view.contacts_url, underline="none", class_name="button primary"),
            ),
            rx.cond(
                _view.has_file,
                rx.link(
                    T("Look at every row"),
                    href=ImportWizardState.step_urls["check"].to(str),
                    underline="none",
                    class_name="button",
                ),
            ),
            rx.link(T("Import another file"), href=routes.NEW_IMPORT, underline="none", class_name="button"),
            rx.cond(_view.fetchable, fetch_again(_view.id)),
            rx.cond(_view.undoable, _undo(T("Undo this import"))),
            class_name="card-actions gap",
        ),
        class_name="panel",
    )


def _changed() -> rx.Component:
    """What a change of many contacts did: it has neither file nor columns."""
    return rx.el.section(
        rx.el.dl(
            _pair(T("Change"), ImportWizardState.name),
            _pair(T("By"), _view.who),
            _pair(T("Started"), _view.started),
            _pair(T("Finished"), _view.finished),
            class_name="facts",
        ),
        rx.cond(_view.undo_kept, rx.el.p(_view.undo_kept, class_name="quiet gap")),
        rx.el.div(
            rx.cond(
                _view.contacts_url,
                rx.link(T("Show the contacts"), href=_view.contacts_url, underline="none", class_name="button primary"),
            ),
            rx.cond(
                _view.trash_url,
                rx.link(T("Look into the trash"), href=_view.trash_url, underline="none", class_name="button"),
            ),
            rx.cond(_view.undoable, _undo(T("Undo this change"))),
            class_name="card-actions gap",
        ),
        class_name="panel",
    )


def _undo(label: rx.Component) -> rx.Component:
    return rx.link(rx.icon("undo-2", size=16), label, href=_view.undo_url, underline="none", class_name="button")


def _settings() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("How it was imported")),
        rx.el.dl(
            _pair(T("File"), rx.fragment(_view.file_name, " · ", _view.size)),
            _pair(T("By"), _view.who),
            _pair(T("Started"), _view.started),
            _pair(T("Finished"), _view.finished),
            _pair(T("Matched by"), _view.match_key),
            rx.cond(_view.rounds.length() > 0, _pair(T("Later"), rx.foreach(_view.rounds, rx.el.p))),
            _pair(T("Tags for every contact"), _view.tags),
            class_name="facts",
        ),
        rx.el.details(
            rx.el.summary(T("Columns")),
            rx.el.dl(rx.foreach(_view.mapping, _mapped), class_name="facts gap"),
            class_name="gap",
        ),
        class_name="panel",
    )


def _pair(label: rx.Component, value: rx.Component | rx.Var) -> rx.Component:
    if isinstance(value, rx.Component):
        return rx.fragment(rx.el.dt(label), rx.el.dd(value))
    return rx.cond(value, rx.fragment(rx.el.dt(label), rx.el.dd(value)))


def _mapped(pair: rx.Var[Pair]) -> rx.Component:
    return rx.fragment(rx.el.dt(pair.label), rx.el.dd("→ ", pair.value))


PAGE = {
    "route": routes.IMPORT_DONE,
    "on_load": [*ENTER, ImportDoneState.load, ImportFetchState.load],
}
