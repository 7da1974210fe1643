"""The offers of the course that is open: added, changed, removed with a way back."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import reflex as rx
from babel.numbers import format_decimal
from sqlmodel import Session

from crm_app import locales
from crm_app.locales import text
from crm_app.models import Offer, Permission
from crm_app.services import database, installation, places
from crm_app.services.actor import Actor
from crm_app.services.courses import offers
from crm_app.services.courses.offers import Entry
from crm_app.services.errors import CRMError
from crm_app.state.choice import Choice
from crm_app.state.course_verbs import CourseVerbs
from crm_app.state.course_words import plan, price, tax
from crm_app.state.formats import typed_amount
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.settings_words import id_of
from crm_app.state.undoing import Undoable

FORM = ("name", "kind", "amount", "currency", "tax_rate", "parts", "every_months", "first_days")
NEW = "new"


@dataclass
class OfferLine:
    """The last ones are what its form begins with."""

    key: str = ""
    name: str = ""
    price: str = ""
    plan: str = ""
    tax: str = ""
    first_days: int = 14
    enrolments: int = 0
    kind: str = "one_off"
    amount: str = ""
    currency: str = ""
    tax_rate: str = ""
    parts: str = "3"
    every_months: str = "1"


class CourseOffersState(CourseVerbs, Undoable, rx.State):
    """`editing` is the key of the offer whose form is open, `draft` what that began with; `kind` is chosen in it."""

    lines: list[OfferLine] = []
    kinds: list[Choice] = []
    currencies: list[str] = []
    editing: str = ""
    draft: OfferLine = OfferLine()
    kind: str = "one_off"
    loaded: bool = False

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        actor = await current_actor(self)
        self.editing, self.errors = "", {}
        self.kinds = [Choice(kind, locales.render(word, actor.language)) for kind, word in offers.KINDS.items()]
        await self._show()
        self.loaded = True

    @action(permission=Permission.COURSES)
    async def edit(self, key: str):
        """Opens the form of an offer, or of a new one; an empty key closes it."""
        self._begin()
        self.editing, self.draft = key, next((line for line in self.lines if line.key == key), OfferLine())
        if key == NEW:
            self.draft = OfferLine(currency=await asyncio.to_thread(_currency))
        self.currencies = sorted(places.currencies())
        self.kind = self.draft.kind

    @action(permission=Permission.COURSES)
    async def choose_kind(self, kind: str):
        self.kind = kind if kind in offers.KINDS else self.kind

    @action(permission=Permission.COURSES)
    async def save(self, form: dict[str, Any]):
        """A second press finds the form closed."""
        if not (key := self.editing):
            return None
        wanted, typed = id_of(self.course_id), {name: str(form.get(name) or "") for name in FORM}

        def verb(session: Session, actor: Actor) -> str:
            if key == NEW:
                return offers.add(session, actor, wanted, typed).name
            return offers.change(session, actor, id_of(key), typed).name

        name = await self._saved(verb)
        if name is None:
            return rx.set_focus(f"offer-{next(iter(self.errors))}")
        self.editing = ""
        await say(self, text("The offer “{name}” is saved.", name=name))
        await self._show()
        return None

    @action(permission=Permission.COURSES)
    async def remove(self, key: str):
        """It can be brought back from the message."""

        def verb(session: Session, actor: Actor) -> str:
            name = offers.get(session, actor, id_of(key)).name
            offers.remove(session, actor, id_of(key))
            return name

        name = await self._did(verb)
        if name is not None:
            await self._offer_undo(text("The offer “{name}” is removed.", name=name), id_of(key))
            await self._show()

    @action(permission=Permission.COURSES)
    async def take_back(self, message: int):
        """Brings back the offer whose removal this message told of."""
        if back := self._way_back(message):
            await self._did(lambda session, actor: offers.restore(session, actor, int(back[0])))
            await self._show()

    async def _show(self) -> None:
        self.lines = await asyncio.to_thread(_fetch, await current_actor(self), id_of(self.course_id))


def _fetch(actor: Actor, course_id: int) -> list[OfferLine]:
    with database.reading() as session:
        try:
            return [_line(one, actor.language) for one in offers.listing(session, actor, course_id)]
        except CRMError:
            return []


def _line(entry: Entry, language: str) -> OfferLine:
    one: Offer = entry.offer
    return OfferLine(
        key=str(one.id),
        name=one.name,
        price=price(one, language),
        plan=plan(one, language),
        tax=tax(one, language),
        first_days=one.first_days,
        enrolments=entry.enrolments,
        kind=one.kind,
        amount=typed_amount(one.amount, one.currency, language),
        currency=one.currency,
        tax_rate=str(format_decimal(Decimal(one.tax_rate) / 100, locale=language)) if one.tax_rate else "",
        parts=str(one.parts) if one.parts > 1 else "3",
        every_months=str(one.every_months),
    )


def _currency() -> str:
    with database.reading() as session:
        return installation.current(session).currency
