"""The undo of an import: what comes back, what stays because somebody changed it since, and the start of it."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.notice import notice
from crm_app.components.pager import pager
from crm_app.components.text import N, T, figure, t, tn
from crm_app.pages.import_frame import foot, frame
from crm_app.pages.import_undo_rows import OUTCOMES, rows
from crm_app.state.import_entering import ENTER
from crm_app.state.import_undo import ImportUndoState
from crm_app.state.import_wizard import ImportWizardState

_counts = ImportUndoState.counts
_is_change = ImportWizardState.is_change
_is_undone = ImportWizardState.state == "undone"
AFTERWARDS = {
    "reversed": N("Taken back"),
    "kept": N("Stayed, because somebody changed them since"),
    "impossible": N("Could not be taken back"),
}


def import_undo() -> rx.Component:
    return frame(
        rx.cond(
            ImportUndoState.refusal,
            _refused(),
            rx.cond(
                ImportUndoState.ready,
                rx.fragment(
                    _head(),
                    _lowered(),
                    _of_course(),
                    _tiles(),
                    _filters(),
                    rows(),
                    rx.cond(
                        ImportUndoState.previous_url.bool() | ImportUndoState.next_url.bool(),
                        pager(ImportUndoState.previous_url, ImportUndoState.next_url),
                    ),
                ),
                _loading(),
            ),
        ),
        foot=rx.cond(ImportUndoState.ready & ~_is_undone, _foot()),
    )


def _refused() -> rx.Component:
    return empty("undo-2", T("There is nothing to undo"), ImportUndoState.refusal, _back())


def _back() -> rx.Component:
    result = routes.IMPORTS + "/" + ImportWizardState.import_id.to(str) + "/done"
    return rx.link(T("To the result of the import"), href=result, underline="none", class_name="button")


def _loading() -> rx.Component:
    return rx.el.section(rx.el.span(class_name="skeleton"), class_name="panel", aria_busy="true")


def _head() -> rx.Component:
    return rx.match(
        ImportWizardState.state,
        ("undone", _undone()),
        (
            "undo_stopped",
            notice(
                rx.fragment(
                    T("The undo was stopped. What was taken back stays so; you can go on where it stopped."),
                    " ",
                    tn("So far {n} row is done.", "So far {n} rows are done.", ImportUndoState.behind),
                ),
                "warn",
            ),
        ),
        notice(
            rx.fragment(
                rx.el.p(rx.el.b(rx.cond(_is_change, T("Undo this change?"), T("Undo this import?")))),
                rx.el.p(
                    rx.cond(
                        _is_change,
                        T(
                            "Every contact becomes as it was before. What somebody changed since stays as it is. "
                            "Nothing happens until you say so below."
                        ),
                        T(
                            "New contacts of this import are deleted, changed values become what they were before. "
                            "What somebody changed since stays as it is. Nothing happens until you say so below."
                        ),
                    )
                ),
            )
        ),
    )


def _undone() -> rx.Component:
    return notice(
        rx.el.div(
            rx.el.p(
                rx.cond(
                    ImportUndoState.who,
                    t("Undone by {who}, {when}.", who=ImportUndoState.who, when=ImportUndoState.when),
                    t("Undone {when}.", when=ImportUndoState.when),
                )
            ),
            rx.el.div(
                rx.cond(
                    _counts["kept"].to(int) > 0,
                    rx.link(
                        T("Show the contacts that stayed"),
                        href=ImportUndoState.contacts_url,
                        underline="none",
                        class_name="button small",
                    ),
                ),
                rx.link(
                    T("To the result of the import"),
                    href=ImportUndoState.done_url,
                    underline="none",
                    class_name="button small",
                ),
                class_name="notice-actions",
            ),
        ),
        "good",
    )


def _lowered() -> rx.Component:
    """What no undo gives back, before it and after it."""
    return rx.cond(
        ImportUndoState.lowered > 0,
        notice(
            rx.fragment(
                tn(
                    "{n} revocation of consent came with this import. It stays in force when the import is undone.",
                    "{n} revocations of consent came with this import. They stay in force when the import is undone.",
                    ImportUndoState.lowered,
                ),
                " ",
                T("Only the person can agree again."),
            )
        ),
    )


def _of_course() -> rx.Component:
    """Enrolments and notices, before the undo and after it."""
    state = ImportUndoState
    lines = (
        (
            state.enrolments,
            _before(
                tn("{n} enrolment is taken back.", "{n} enrolments are taken back.", state.enrolments),
                tn("{n} enrolment was taken back.", "{n} enrolments were taken back.", state.enrolments),
            ),
        ),
        (
            state.enrolments_kept,
            _before(
                tn(
                    "{n} enrolment stays, because somebody paid or worked on it since.",
                    "{n} enrolments stay, because somebody paid or worked on them since.",
                    state.enrolments_kept,
                ),
                tn(
                    "{n} enrolment stayed, because somebody paid or worked on it since.",
                    "{n} enrolments stayed, because somebody paid or worked on them since.",
                    state.enrolments_kept,
                ),
            ),
        ),
        (
            state.notices,
            _before(
                tn("{n} notice is not sent any more.", "{n} notices are not sent any more.", state.notices),
                tn("{n} notice was not sent any more.", "{n} notices were not sent any more.", state.notices),
            ),
        ),
        (
            state.notices_sent,
            tn(
                "{n} notice was sent and cannot be called back.",
                "{n} notices were sent and cannot be called back.",
                state.notices_sent,
            ),
        ),
    )
    return rx.cond(
        state.enrolments + state.enrolments_kept > 0,
        notice(rx.fragment(*[rx.cond(count > 0, rx.el.p(sentence)) for count, sentence in lines])),
    )


def _before(will: rx.Component, did: rx.Component) -> rx.Component:
    return rx.cond(_is_undone, did, will)


def _tiles() -> rx.Component:
    return rx.el.dl(
        *[
            rx.el.div(
                rx.el.dt(rx.icon(icon, size=14), rx.cond(_is_undone, T(AFTERWARDS[key]), T(label))),
                rx.el.dd(
                    rx.cond(
                        ImportUndoState.counted,
                        figure(_counts[key].to(int)),
                        rx.el.span(class_name="skeleton"),
                    ),
                    class_name="number",
                ),
                class_name=f"tile {key}",
            )
            for key, label, icon in OUTCOMES
        ],
        class_name="tiles undo-tiles",
        aria_busy=rx.cond(ImportUndoState.counted, "false", "true"),
    )


def _filters() -> rx.Component:
    kinds = (("", N("All rows")), ("reversed", N("Taken back")), ("kept", N("Stay")), ("impossible", N("No way back")))
    return rx.el.div(
        rx.el.nav(
            *[
                rx.link(
                    T(label),
                    href=ImportUndoState.outcome_urls[key].to(str),
                    underline="none",
                    class_name="tab",
                    aria_current=rx.cond(ImportUndoState.outcome == key, "true", "false"),
                )
                for key, label in kinds
            ],
            class_name="tabs outcomes",
            aria_label=t("Outcome"),
        ),
        class_name="toolbar",
    )


def _foot() -> rx.Component:
    return foot(
        rx.el.span(
            rx.cond(
                ImportUndoState.counted,
                rx.fragment(
                    rx.el.b(tn("{n} is taken back", "{n} are taken back", _counts["reversed"].to(int))),
                    " · ",
                    tn("{n} stays", "{n} stay", _counts["kept"].to(int) + _counts["impossible"].to(int)),
                ),
                T("Looking at every row …"),
            ),
            class_name="number",
            aria_live="polite",
        ),
        rx.el.div(
            rx.link(T("Leave it as it is"), href=ImportUndoState.done_url, underline="none", class_name="button"),
            rx.el.button(
                rx.icon("undo-2", size=16),
                rx.match(
                    ImportWizardState.state,
                    ("undo_stopped", T("Go on with the undo")),
                    rx.cond(
                        ImportUndoState.counted,
                        rx.cond(
                            _counts["reversed"].to(int) > 0,
                            tn("Undo {n} row", "Undo {n} rows", _counts["reversed"].to(int)),
                            T("Undo what can be undone"),
                        ),
                        T("Undo this import"),
                    ),
                ),
                type="button",
                class_name="button primary danger",
                disabled=~ImportUndoState.counted,
                on_click=ImportUndoState.undo,
            ),
            class_name="card-actions",
        ),
    )


PAGE = {
    "route": routes.IMPORT_UNDO,
    "on_load": [*ENTER, ImportUndoState.load],
}
