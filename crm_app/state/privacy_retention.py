"""Retention rules, and what else the privacy desk decides for the whole installation."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app import locales, routes
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.consent import ledger
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import CRMError
from crm_app.services.privacy import retention
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor


@dataclass
class RuleLine:
    """A rule, whom it proposes, and where they are looked at and changed."""

    rule: str
    label: str
    months: int
    count: int
    url: str
    change_url: str
    is_trash: bool


class PrivacyRetentionState(rx.State):
    rules: list[RuleLine] = []
    imported_is_mailable: bool = False
    without_opt_in_url: str = ""
    may_change: bool = False
    may_bulk: bool = False
    error: str = ""
    error_rule: str = ""
    loaded: bool = False

    @action(permission=Permission.CONSENT)
    async def load(self):
        actor = await current_actor(self)
        self.may_change, self.may_bulk = actor.may(Permission.SETTINGS), actor.may(Permission.CONTACTS_BULK)
        self.without_opt_in_url = f"{routes.CONTACTS}?change=without_opt_in"
        self.error, self.error_rule = "", ""
        await self._show()
        self.loaded = True

    @action(permission=Permission.SETTINGS)
    async def save(self, form: dict[str, Any]):
        """After how many months a rule proposes somebody."""
        rule, written = str(form.get("rule") or ""), str(form.get("months") or "0").strip()
        months = int(written) if written.isascii() and written.isdigit() and len(written) < 6 else -1
        done = await self._do(lambda session, actor: retention.set_months(session, actor, rule, months), rule)
        if done:
            await say(self, text("The rule is saved."))

    @action(permission=Permission.SETTINGS)
    async def take_imported(self, value: bool):
        """Whether addresses are written to whose consent a file vouched for."""
        await self._do(lambda session, actor: ledger.set_imported_mailable(session, actor, value), "")

    async def _do(self, verb: Any, rule: str) -> bool:
        actor, self.error, self.error_rule = await current_actor(self), "", ""
        try:
            await asyncio.to_thread(_written, actor, verb)
        except CRMError as error:
            self.error, self.error_rule = locales.render(error.message, actor.language), rule
            return False
        await self._show()
        return True

    async def _show(self) -> None:
        self.rules, self.imported_is_mailable = await asyncio.to_thread(_fetch, await current_actor(self))


def _written(actor: Actor, verb: Any) -> None:
    with database.transaction() as session:
        verb(session, actor)


def _fetch(actor: Actor) -> tuple[list[RuleLine], bool]:
    with database.reading() as session:
        found = _proposals(session, actor)
        return found, ledger.is_imported_mailable(session)


def _proposals(session: Session, actor: Actor) -> list[RuleLine]:
    return [
        RuleLine(
            rule=one.rule,
            label=locales.render(one.label, actor.language),
            months=one.months,
            count=one.count,
            url=_url(one.wanted),
            change_url=_url(one.wanted, one.change),
            is_trash=one.change == "trash",
        )
        for one in retention.proposals(session, actor)
    ]


def _url(wanted: ContactFilter, change: str = "") -> str:
    url = wanted.url(routes.CONTACTS)
    return f"{url}{'&' if '?' in url else '?'}change={change}" if change else url
