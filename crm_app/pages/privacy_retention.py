"""Retention: who might be kept longer than needed, proposed as lists; nothing is deleted by itself."""

import reflex as rx

from crm_app import routes
from crm_app.components.notice import notice
from crm_app.components.text import T, t, tn
from crm_app.pages.privacy_frame import privacy_shell
from crm_app.state.privacy_retention import PrivacyRetentionState, RuleLine
from crm_app.state.session import SessionState

_state = PrivacyRetentionState


def privacy_retention() -> rx.Component:
    return privacy_shell("retention", _rules(), _opt_in(), _imported())


def _rules() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Kept longer than needed?")),
        rx.el.p(
            T("Rules propose whom to look at. Nothing is deleted by itself, and every change can be undone."),
            class_name="field-hint",
        ),
        rx.cond(
            _state.loaded,
            rx.el.ul(rx.foreach(_state.rules, _rule), class_name="entries"),
            rx.el.ul(*[rx.el.li(class_name="entry skeleton") for _ in range(3)], class_name="entries"),
        ),
        class_name="panel stack",
    )


def _rule(line: rx.Var[RuleLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.span(line.label),
                rx.cond(
                    line.months > 0,
                    rx.cond(
                        line.count > 0,
                        rx.link(tn("{n} contact", "{n} contacts", line.count), href=line.url, class_name="link"),
                        rx.el.span(T("nobody now"), class_name="quiet"),
                    ),
                    rx.el.span(T("This rule is off."), class_name="quiet"),
                ),
                class_name="entry-name request-main",
            ),
            rx.el.form(
                rx.el.input(type="hidden", name="rule", value=line.rule),
                rx.el.label(T("after"), html_for=rx.Var.create("rule-") + line.rule),
                rx.el.input(
                    id=rx.Var.create("rule-") + line.rule,
                    name="months",
                    default_value=line.months.to(str),
                    input_mode="numeric",
                    max_length=3,
                    disabled=~_state.may_change,
                    aria_invalid=rx.cond(_state.error_rule == line.rule, "true", "false"),
                    class_name="input small rule-months",
                ),
                rx.el.span(T("months"), class_name="quiet"),
                rx.cond(_state.may_change, rx.el.button(T("Save"), type="submit", class_name="button small")),
                on_submit=_state.save,
                no_validate=True,
                key=line.rule + line.months.to(str),
                class_name="rule-form",
            ),
            rx.cond(
                (line.count > 0) & _state.may_bulk,
                rx.link(
                    rx.cond(line.is_trash, t("Move to the trash …"), t("Deactivate …")),
                    href=line.change_url,
                    underline="none",
                    class_name="button small",
                ),
            ),
            class_name="entry rule",
        ),
        rx.cond(_state.error_rule == line.rule, notice(_state.error, "danger")),
        key=line.rule,
    )


def _opt_in() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Without opt-in")),
        rx.el.p(
            T("Everybody who did not confirm e-mails becomes inactive: they leave the lists and get no newsletter."),
            class_name="field-hint",
        ),
        rx.cond(
            _state.may_bulk,
            rx.link(
                rx.icon("user-x", size=16),
                T("Deactivate all without opt-in …"),
                href=_state.without_opt_in_url,
                underline="none",
                class_name="button",
            ),
        ),
        class_name="panel stack",
    )


def _imported() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Imported consents")),
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=_state.imported_is_mailable,
                disabled=~_state.may_change,
                on_change=_state.take_imported(~_state.imported_is_mailable),
            ),
            T("Write to addresses whose consent a file vouched for"),
            class_name="tick",
        ),
        rx.el.p(
            T("Only if you hold the proof of these consents yourself. Who revoked is never written to."),
            class_name="field-hint",
        ),
        rx.cond((_state.error != "") & (_state.error_rule == ""), notice(_state.error, "danger")),
        class_name="panel",
    )


PAGE = {"route": routes.PRIVACY_RETENTION, "on_load": [SessionState.load, PrivacyRetentionState.load]}
