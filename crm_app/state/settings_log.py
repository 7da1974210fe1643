"""The settings page of the log, as its URL has it."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import reflex as rx
from sqlmodel import select

from crm_app import locales, routes
from crm_app.locales import Text, ntext, text
from crm_app.models import AuditEntry, LoginEvent, LoginOutcome, Permission, Role
from crm_app.services import audit_words, database, log_reading, roles
from crm_app.services.actor import Actor
from crm_app.services.filters.questions import is_id
from crm_app.services.log_reading import Asked
from crm_app.services.permission_words import SIGHTS
from crm_app.state.choice import Choice
from crm_app.state.formats import exact, spoken
from crm_app.state.guard import action
from crm_app.state.session import current_actor

AUDIT, LOGINS = "audit", "logins"
OUTCOMES: dict[LoginOutcome, Text] = {
    LoginOutcome.OK: text("Signed in"),
    LoginOutcome.LINK: text("Signed in by a link"),
    LoginOutcome.WRONG: text("Wrong password"),
    LoginOutcome.CODE_WRONG: text("Wrong code"),
    LoginOutcome.THROTTLED: text("Too many tries"),
    LoginOutcome.DISABLED: text("Account disabled"),
    LoginOutcome.LOGOUT: text("Signed out"),
}
_NAMED = ("user", "role", "old", "new", "copy_of", "sight")  # values that are ids and keys
_GOOD = (LoginOutcome.OK, LoginOutcome.LINK, LoginOutcome.LOGOUT)


@dataclass
class LogLine:
    key: int
    who: str
    what: str
    counts: str
    when: str
    exact: str
    ip: str
    look: str = "quiet"


class SettingsLogState(rx.State):
    """`show` is audit or logins; the rest are its filters."""

    lines: list[LogLine] = []
    show: str = AUDIT
    person: str = ""
    kind: str = ""
    days: str = ""
    people: list[Choice] = []
    kinds: list[Choice] = []
    spans: list[Choice] = []
    next_url: str = ""
    is_later: bool = False  # not the newest page
    first_url: str = ""
    loaded: bool = False

    @action(permission=Permission.AUDIT)
    async def load(self):
        actor = await current_actor(self)
        params = self.router.url.query_parameters
        self.show = LOGINS if params.get("show") == LOGINS else AUDIT
        kinds = OUTCOMES if self.show == LOGINS else audit_words.KINDS
        self.person = params.get("person", "") if is_id(params.get("person", "")) else ""
        self.kind = params.get("kind", "") if params.get("kind") in {str(key) for key in kinds} else ""
        self.days = params.get("days", "") if params.get("days") in {str(n) for n in log_reading.DAYS} else ""
        before = int(params["before"]) if is_id(params.get("before", "")) else 0
        asked = Asked(int(self.person or 0), self.kind, int(self.days or 0), before)
        self.lines, more, self.people = await asyncio.to_thread(_fetch, actor, self.show, asked)
        self.kinds = [Choice(str(key), _said(label, actor)) for key, label in kinds.items()]
        self.spans = [Choice(str(n), _said(_span(n), actor)) for n in log_reading.DAYS]
        self.next_url = self._url(before=str(more)) if more else ""
        self.first_url, self.is_later, self.loaded = self._url(), bool(before), True

    @action(permission=Permission.AUDIT)
    async def narrow(self, form: dict[str, Any]):
        """Goes to the address of what was chosen."""
        self.person, self.kind, self.days = (str(form.get(name) or "") for name in ("person", "kind", "days"))
        return rx.redirect(self._url())

    def _url(self, **more: str) -> str:
        values = {"show": self.show if self.show == LOGINS else "", "person": self.person, "kind": self.kind}
        kept = {key: value for key, value in {**values, "days": self.days, **more}.items() if value}
        return f"{routes.LOG}?{urlencode(kept)}" if kept else routes.LOG


def _fetch(actor: Actor, show: str, asked: Asked) -> tuple[list[LogLine], int, list[Choice]]:
    with database.reading() as session:
        people: dict[Any, str] = dict(log_reading.people(session, actor))
        known = [Choice(str(user_id), name) for user_id, name in people.items()]
        if show == LOGINS:
            page = log_reading.logins(session, actor, asked)
            return [_login(entry, name, actor) for entry, name in page.entries], page.more, known
        page = log_reading.audit(session, actor, asked)
        names = people | {role.key: roles.name_of(role, actor.language) for role in session.exec(select(Role)).all()}
        names |= {key.value: _said(label, actor) for key, label in SIGHTS.items()}
        return [_entry(entry, name, names, actor) for entry, name in page.entries], page.more, known


def _entry(entry: AuditEntry, who: str, names: dict[Any, str], actor: Actor) -> LogLine:
    counts = {key: value for key, value in entry.data.items() if value not in ("", None)}
    counts |= {key: names[counts[key]] for key in _NAMED if counts.get(key) in names}
    if not counts.get("sessions", 1):
        del counts["sessions"]
    if counts.get("user") == who:
        del counts["user"]  # about oneself
    return LogLine(
        key=entry.id or 0,
        who=_said(text("the system"), actor) if entry.user_id is None and who == "system" else who,
        what=_said(audit_words.name_of(entry.action), actor),
        counts=" · ".join(f"{_label(key, actor)}: {value}" for key, value in counts.items()),
        when=spoken(entry.at, actor.language, actor.timezone),
        exact=exact(entry.at, actor.language, actor.timezone),
        ip=entry.ip,
    )


def _login(entry: LoginEvent, who: str, actor: Actor) -> LogLine:
    outcome = LoginOutcome(entry.outcome)
    return LogLine(
        key=entry.id or 0,
        who=who or _said(text("no account of this CRM"), actor),
        what=_said(OUTCOMES[outcome], actor),
        counts="",
        when=spoken(entry.at, actor.language, actor.timezone),
        exact=exact(entry.at, actor.language, actor.timezone),
        ip=entry.ip,
        look="quiet" if outcome in _GOOD else "warn",
    )


def _label(key: str, actor: Actor) -> str:
    return _said(audit_words.COUNTS.get(key, Text(key.replace("_", " "))), actor)


def _span(days: int) -> Text:
    return ntext("the last day", "the last {n} days", days)


def _said(words: Text, actor: Actor) -> str:
    return locales.render(words, actor.language)
