"""Consents of the contact whose card is open: where its addresses stand, and what is done about it by hand."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import reflex as rx
from sqlmodel import Session

from crm_app import locales, routes
from crm_app.locales import Text, text
from crm_app.models import Contact, Permission
from crm_app.models.base import now
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.consent import card, groups
from crm_app.services.contacts import cards
from crm_app.services.errors import CRMError, Invalid, NotFound
from crm_app.state import contact_consent_view as view
from crm_app.state.choice import Choice
from crm_app.state.contact import ContactState
from crm_app.state.contact_consent_view import ConsentLine
from crm_app.state.contact_timeline import ContactTimelineState
from crm_app.state.contact_view import Presenter, key_of
from crm_app.state.formats import exact
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.person_file import person_file
from crm_app.state.session import current_actor

Act = Callable[[Session, Actor, Contact], Any]


@dataclass
class ProofView:
    """What an entry of the ledger is evidence with: pairs of label and text. `id` 0 = none is open."""

    id: int = 0
    pairs: list[list[str]] = field(default_factory=list)
    words: str = ""  # exactly what was agreed to


class ContactConsentState(rx.State):
    """`acting` is the key of the line on which something is asked, `act` what: confirm, revoke or lift."""

    lines: list[ConsentLine] = []
    groups: list[Choice] = []
    may_confirm: bool = False
    may_export: bool = False
    may_erase: bool = False
    acting: str = ""
    act: str = ""
    begins: str = ""  # the present moment, as the form's field takes it
    error: str = ""
    error_field: str = ""
    problem: str = ""  # why nothing can be shown
    shown: ProofView = ProofView()
    erase_url: str = ""
    request_url: str = ""

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        actor = await current_actor(self)
        self.acting, self.act, self.error, self.shown = "", "", "", ProofView()
        self.may_confirm = actor.may(Permission.CONSENT)
        self.may_export = self.may_confirm and actor.may(Permission.EXPORT)
        self.may_erase = self.may_confirm and actor.may(Permission.CONTACTS_ERASE)
        number = key_of(self.number)
        self.erase_url = routes.privacy_erase(number)
        self.request_url = f"{routes.PRIVACY}?new={number}"
        await self._show()

    @action(permission=Permission.EXPORT)
    async def hand_out(self):
        """Everything about the person, by an address that is good for five minutes."""
        return rx.download(url=person_file(self, key_of(self.number)))

    @action(permission=Permission.CONTACTS_EDIT)
    async def ask(self, key: str, act: str):
        """Opens a question on a line, or closes it."""
        actor = await current_actor(self)
        self.acting, self.act, self.error, self.error_field = key, act, "", ""
        self.begins = now().astimezone(ZoneInfo(actor.timezone)).strftime("%Y-%m-%dT%H:%M")

    @action(permission=Permission.CONSENT)
    async def confirm(self, form: dict[str, Any]):
        found, chosen = view.parsed(self.acting), str(form.get("group") or "")
        reason, at = str(form.get("reason") or ""), str(form.get("at") or "")
        zone = (await current_actor(self)).timezone

        def act(session: Session, actor: Actor, contact: Contact) -> None:
            channel, group_id, norm = _known(found)
            wanted = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else group_id
            moment = _moment(at, zone)
            card.confirm(session, actor, contact, channel, norm, reason=reason, at=moment, group_id=wanted)

        return await self._do(act, text("The consent is recorded."))

    @action(permission=Permission.CONTACTS_EDIT)
    async def revoke(self):
        found = view.parsed(self.acting)

        def act(session: Session, actor: Actor, contact: Contact) -> None:
            channel, group_id, norm = _known(found)
            card.revoke(session, actor, contact, channel, norm, group_id=group_id)

        return await self._do(act, text("Revoked. Nothing is sent there from now on."))

    @action(permission=Permission.CONSENT)
    async def lift(self, form: dict[str, Any]):
        found, reason = view.parsed(self.acting), str(form.get("reason") or "")

        def act(session: Session, actor: Actor, contact: Contact) -> None:
            channel, _, norm = _known(found)
            card.lift(session, actor, contact, channel, norm, reason)

        return await self._do(act, text("The block is lifted."))

    @action(permission=Permission.CONTACTS_READ)
    async def show_proof(self, consent_id: int):
        """Shows what an entry is evidence with; once more closes it."""
        actor = await current_actor(self)
        if self.shown.id == consent_id or consent_id <= 0:
            self.shown = ProofView()
            return
        try:
            self.shown = await asyncio.to_thread(_proof, actor, self.number, consent_id)
        except CRMError as error:
            await say(self, error.message, "error")

    async def _do(self, act: Act, said: Text) -> Any:
        actor = await current_actor(self)
        try:
            await asyncio.to_thread(_done, actor, self.number, act)
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)
            self.error_field = error.field if isinstance(error, Invalid) else ""
            return None
        self.acting, self.act, self.error, self.shown = "", "", "", ProofView()
        await self._show()
        await say(self, said)
        return [ContactState.refresh, ContactTimelineState.refresh]

    async def _show(self) -> None:
        actor, self.problem = await current_actor(self), ""
        try:
            self.lines, self.groups = await asyncio.to_thread(_fetch, actor, self.number)
        except NotFound:
            self.lines = []
        except CRMError as error:
            self.lines, self.problem = [], locales.render(error.message, actor.language)


def _known(found: tuple[Any, int | None, str] | None) -> tuple[Any, int | None, str]:
    if found is None:
        raise NotFound(text("This contact does not have this address any more."))
    return found


def _moment(written: str, zone: str) -> datetime | None:
    """What the form's field holds, by the user's clock. Raises Invalid ("at")."""
    if not written:
        return None
    try:
        return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone))
    except ValueError as error:
        raise Invalid(text("This date or time is not understood."), "at") from error


def _fetch(actor: Actor, number: str) -> tuple[list[ConsentLine], list[Choice]]:
    with database.reading() as session:
        contact = cards.get(session, actor, key_of(number))
        known = [Choice(str(tag.id), tag.name) for tag in groups.listing(session)]
        return view.lines(Presenter(session, actor), contact), known


def _done(actor: Actor, number: str, act: Act) -> None:
    with database.transaction() as session:
        act(session, actor, cards.get(session, actor, key_of(number)))


def _proof(actor: Actor, number: str, consent_id: int) -> ProofView:
    with database.reading() as session:
        entry, who = card.proof(session, cards.get(session, actor, key_of(number)), consent_id)
    pairs = [
        (text("Address"), entry.address),
        (text("Happened"), exact(entry.at, actor.language, actor.timezone)),
        (text("Noted"), exact(entry.recorded_at, actor.language, actor.timezone)),
        (text("By"), " · ".join(filter(None, (who, entry.source_name)))),
        (text("File row"), str(entry.import_row or "")),
        (text("Internet address"), entry.ip),
        (text("Reason"), entry.reason),
        (text("Version of the text"), entry.text_version),
    ]
    said = [[locales.render(label, actor.language), value] for label, value in pairs if value]
    return ProofView(entry.id or 0, said, entry.text)
