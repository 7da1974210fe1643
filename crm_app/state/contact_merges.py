"""The card of a contact: merges taken back, and another contact chosen to merge with."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from crm_app import locales, routes
from crm_app.locales import text
from crm_app.models import Contact, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, finding
from crm_app.services.duplicates import similar, unmerging
from crm_app.services.errors import CRMError, NotFound
from crm_app.state.contact_happenings import Change
from crm_app.state.contact_timeline import ContactTimelineState
from crm_app.state.contact_view import CardView, Presenter, key_of
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor

SHOWN = 8


@dataclass
class TakingBack:
    """What taking a merge back would do; `merge_id` 0 = nobody asked."""

    merge_id: int = 0
    contacts: list[str] = field(default_factory=list)
    back: list[Change] = field(default_factory=list)
    stays: str = ""  # names of fields that somebody edited since


@dataclass
class Other:
    """A contact to merge with."""

    name: str
    more: str
    url: str


class ContactMerges(rx.State, mixin=True):
    """A part of the card's state, which has `number` and `card`."""

    taking_back: TakingBack = TakingBack()
    choosing: bool = False
    others: list[Other] = []
    found_nobody: bool = False

    @action(permission=Permission.CONTACTS_EDIT)
    async def ask_unmerge(self, merge_id: int):
        """Shows what would go back; 0 closes the question."""
        actor = await current_actor(self)
        try:
            self.taking_back = await asyncio.to_thread(_preview, actor, merge_id) if merge_id else TakingBack()
        except CRMError as error:
            await say(self, error.message, "error")

    @action(permission=Permission.CONTACTS_EDIT)
    async def unmerge(self):
        """Takes the merge apart that was asked about."""
        actor = await current_actor(self)
        asked, self.taking_back = self.taking_back, TakingBack()
        try:
            self.card = await asyncio.to_thread(_unmerge, actor, asked.merge_id, self.number)
        except CRMError as error:
            await say(self, error.message, "error")
            return None
        await say(self, text("There again: {contacts}", contacts=", ".join(asked.contacts)))
        return ContactTimelineState.refresh

    @action(permission=Permission.CONTACTS_EDIT)
    async def choose_other(self, wanted: bool):
        """Opens or closes the choice of another contact; those that are probably the same one come first."""
        self.choosing, self.others, self.found_nobody = wanted, [], False
        if wanted:
            self.others = await asyncio.to_thread(_similar, await current_actor(self), self.number)

    @action(permission=Permission.CONTACTS_EDIT)
    async def find_other(self, form: dict[str, Any]):
        """Contacts by number, name, e-mail or phone."""
        actor = await current_actor(self)
        self.others = await asyncio.to_thread(_found, actor, self.number, str(form.get("other") or ""))
        self.found_nobody = not self.others

    def _close_merges(self) -> None:
        self.taking_back, self.choosing, self.others, self.found_nobody = TakingBack(), False, [], False


def _preview(actor: Actor, merge_id: int) -> TakingBack:
    with database.reading() as session:
        found = unmerging.preview(session, actor, merge_id)
        shown = Presenter(session, actor)
        return TakingBack(
            merge_id,
            [f"{name} (#{number})" for number, name in found.contacts.items()],
            [
                Change(shown.label(name), shown.value(name, now), shown.value(name, then))
                for name, (now, then) in found.back.items()
            ],
            ", ".join(shown.label(name) for name in found.stays),
        )


def _unmerge(actor: Actor, merge_id: int, number: str) -> CardView:
    with database.transaction() as session:
        unmerging.unmerge(session, actor, merge_id)
        return Presenter(session, actor).card(cards.get(session, actor, key_of(number)))


def _similar(actor: Actor, number: str) -> list[Other]:
    with database.reading() as session:
        try:
            found = similar.to_contact(session, actor, key_of(number), limit=SHOWN)
        except NotFound:
            return []
        return [
            _other(number, one.contact, " · ".join([f"{one.score} %", *_said(one.reasons, actor)])) for one in found
        ]


def _found(actor: Actor, number: str, asked: str) -> list[Other]:
    with database.reading() as session:
        found = finding.by_text(session, actor, asked, most=SHOWN, but_for=key_of(number))
        return [_other(number, one, finding.detail(one)) for one in found]


def _said(reasons, actor: Actor) -> list[str]:
    return [locales.render(reason, actor.language) for reason in reasons]


def _other(number: str, contact: Contact, more: str) -> Other:
    url = f"{routes.DUPLICATES}?contacts={key_of(number)},{contact.number}"
    return Other(f"{contact.display_name} (#{contact.number})", more, url)
