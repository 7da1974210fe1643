"""Facts of the card changed in their place, one by one. Where a colleague changed one meanwhile both are shown."""

import asyncio
from dataclasses import dataclass
from typing import Literal

import reflex as rx
from sqlmodel import Session

from crm_app import locales, routes
from crm_app.locales import Text, text
from crm_app.models import Permission
from crm_app.services import custom_fields, database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, editing, owning
from crm_app.services.contacts.editing import ChangedMeanwhile
from crm_app.services.contacts.handing_over import hand_over
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.errors import CRMError
from crm_app.services.filters.subjects import BRANCH
from crm_app.state.contact import ContactState
from crm_app.state.contact_timeline import ContactTimelineState
from crm_app.state.contact_undo import offer
from crm_app.state.contact_view import key_of, label_of
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor


@dataclass
class Refused:
    """What was typed and cannot be taken, and why."""

    typed: str
    why: str


@dataclass
class Clash:
    """What was typed, as inputs take it and in words, where a colleague wrote something else meanwhile."""

    typed: str
    mine: str
    theirs_raw: str
    theirs: str
    who: str


_MADE = {
    "customer": text("{name} is a customer now. Everything else is as it was."),
    "lead": text("{name} is a lead again. Everything else is as it was."),
}


class ContactFactsState(rx.State):
    """By name of the field; `turn` grows with every answer."""

    refused: dict[str, Refused] = {}
    clashes: dict[str, Clash] = {}
    turn: int = 0

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        self.refused, self.clashes, self.turn = {}, {}, self.turn + 1

    @action(permission=Permission.CONTACTS_EDIT)
    async def save(self, number: int, name: str, typed: str, seen: str):
        """Writes one field of the contact with that number; `seen` is what its editor saw there."""
        return await self._save(number, name, typed, seen)

    @action(permission=Permission.CONTACTS_EDIT)
    async def convert(self, number: int, seen: str, to: Literal["lead", "customer"]):
        """Makes a customer, or a lead again, of the contact whose lifecycle was `seen`; everything else stays."""
        return await self._save(number, "lifecycle", to, seen, _MADE[to])

    @action(permission=Permission.CONTACTS_EDIT)
    async def keep_mine(self, number: int, name: str):
        """The user's text, having seen the other one."""
        clash = self.clashes.get(name)
        return await self._save(number, name, clash.typed, clash.theirs_raw) if clash else None

    @action(permission=Permission.CONTACTS_EDIT)
    async def leave(self, name: str):
        """Gives up what was typed: what stands there stays."""
        self._forget(name)
        return rx.set_focus(f"fact-{name}")

    async def _save(self, number: int, name: str, typed: str, seen: str, said: Text | None = None):
        actor = await current_actor(self)
        self._forget(name)
        try:
            made, label, gone = await asyncio.to_thread(_write, actor, number, name, typed, seen)
        except ChangedMeanwhile as told:
            theirs = told.fields[name]
            self.clashes = {**self.clashes, name: Clash(typed, typed, theirs.text, theirs.text, theirs.who)}
        except InvalidFields as error:
            why = error.fields.get(name) or error.message
            self.refused = {**self.refused, name: Refused(typed, locales.render(why, actor.language))}
        except CRMError as error:
            await say(self, error.message, "error")
        else:
            if gone is not None:
                await say(self, gone, "warning")
                return rx.redirect(routes.CONTACTS)
            if made.changed:
                message = said or text("{label} is saved.")
                message = text(message.msgid, label=label, name=made.contact.display_name)
                await offer(self, message, "branch" if name == BRANCH else "fields", number, made.changed)
        card = await self.get_state(ContactState)
        await card._show_card(number)
        self._word(name, card._words_of(name))
        self.turn += 1
        return ContactTimelineState.refresh

    def _word(self, name: str, words: dict[str, str]) -> None:
        """Choices are told in words."""
        if clash := self.clashes.get(name):
            said = Clash(
                clash.typed,
                words.get(clash.typed, clash.typed),
                clash.theirs_raw,
                words.get(clash.theirs_raw, clash.theirs_raw),
                clash.who,
            )
            self.clashes = {**self.clashes, name: said}

    def _forget(self, name: str) -> None:
        self.refused = {other: one for other, one in self.refused.items() if other != name}
        self.clashes = {other: one for other, one in self.clashes.items() if other != name}


def _handed_over(session: Session, actor: Actor, number: int, typed: str, seen: str) -> editing.Edit:
    """To another branch. Raises like `hand_over`."""
    contact = cards.get(session, actor, number, for_change=True)
    before = hand_over(session, actor, contact, key_of(typed), seen=key_of(seen))
    return editing.Edit(contact, {} if before == contact.branch_id else {BRANCH: (str(before), typed)})


def _write(actor: Actor, number: int, name: str, typed: str, seen: str) -> tuple[editing.Edit, str, Text | None]:
    """What was written, what the field is called, and that the contact is out of the actor's sight now."""
    with database.transaction() as session:
        if name == BRANCH:
            return _handed_over(session, actor, number, typed, seen), label_of(name, actor.language, {}), None
        made = editing.write(session, actor, number, {name: typed}, {name: seen})
        gone = owning.given_away(session, actor, made.contact)
        return made, label_of(name, actor.language, custom_fields.known(session)), gone
