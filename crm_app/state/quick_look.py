"""A contact beside the list: who, how to reach, the main facts and what happened last. The address says whom."""

import asyncio

import reflex as rx

from crm_app.models import Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import NotFound
from crm_app.state.contact_view import CardView, Presenter, key_of
from crm_app.state.contacts import LOOK
from crm_app.state.guard import action
from crm_app.state.session import current_actor

MOST_FACTS = 6  # of a group


class QuickLookState(rx.State):
    """`number` is empty when nobody is looked at."""

    number: str = ""
    card: CardView = CardView()
    missing: bool = False
    may_edit: bool = False
    status_id: str = ""

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        number = self.router.url.query_parameters.get(LOOK, "")
        if not number:
            self.number, self.card, self.missing = "", CardView(), False
            return
        actor = await current_actor(self)
        self.may_edit = actor.may(Permission.CONTACTS_EDIT)
        card, self.status_id = await asyncio.to_thread(_fetch, actor, key_of(number))
        self.number, self.card, self.missing = number, card or CardView(), card is None


def _fetch(actor: Actor, number: int) -> tuple[CardView | None, str]:
    """The card and the status' id; None for a contact that is missing or foreign."""
    with database.reading() as session:
        try:
            contact = cards.get(session, actor, number)
        except NotFound:
            return None, ""
        card = Presenter(session, actor).look(contact)
    for group in card.groups:
        group.facts = group.facts[:MOST_FACTS]
    return card, str(contact.status_id or "")
