"""Another plan for an enrolment of the contact whose card is open: seen before it is saved."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app import locales
from crm_app.locales import text
from crm_app.models import OfferKind, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.courses import catalogue, enrolling, offers, plan_change
from crm_app.services.courses.plan_change import Preview, Terms
from crm_app.services.errors import CRMError, Invalid
from crm_app.state.choice import Choice
from crm_app.state.course_verbs import CourseVerbs
from crm_app.state.course_words import charge, part, price, reduction
from crm_app.state.enrolment import shown_again
from crm_app.state.formats import amount, short_date, typed_amount
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.settings_words import id_of

_FIELDS = ("offer", "amount", "parts", "every_months", "first")


@dataclass
class PlanLine:
    """`look` is kept, gone, paid (the paid part of what goes) or new."""

    look: str
    what: str
    due: str
    amount: str


@dataclass
class PlanView:
    """What would be owed: `rest` is still open, `credit` what was paid too much; empty for nothing."""

    lines: list[PlanLine] = field(default_factory=list)
    before: str = ""
    price: str = ""
    paid: str = ""
    rest: str = ""
    credit: str = ""


@dataclass(frozen=True)
class Draft:
    """What stands in the fields."""

    offer: str = ""
    amount: str = ""
    parts: str = "1"
    every_months: str = "1"
    first: str = ""


class ContactPlanState(CourseVerbs, rx.State):
    """`view` is what the draft would come to; without lines while something in it is not understood."""

    is_open: bool = False
    of: int = 0
    offers: list[Choice] = []
    draft: Draft = Draft()
    is_subscription: bool = False
    view: PlanView = PlanView()
    _seen: tuple[int, int] = (0, 0)

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Another page: nothing is open."""
        self.is_open = False

    @action(permission=Permission.PAYMENTS)
    async def open_form(self, enrolment_id: int):
        """With the offer there is, as it is asked now."""
        actor = await current_actor(self)
        try:
            self.offers, chosen = await asyncio.to_thread(_offers, actor, enrolment_id)
        except CRMError as error:
            await say(self, error.message, "error")
            return
        self._begin()
        self.of, self.is_open, self.draft, self.view = enrolment_id, True, Draft(), PlanView()
        if chosen:
            await self._choose(actor, chosen)

    @action(permission=Permission.PAYMENTS)
    async def close(self):
        self.is_open = False

    @action(permission=Permission.PAYMENTS)
    async def choose_offer(self, offer: str):
        """Fills the fields with what the offer asks."""
        self.turn += 1
        await self._choose(await current_actor(self), offer)

    # One handler a field: what is typed into one must not push out what waits of another.
    @action(permission=Permission.PAYMENTS)
    async def type_amount(self, value: str):
        await self._type(amount=value)

    @action(permission=Permission.PAYMENTS)
    async def type_parts(self, value: str):
        await self._type(parts=value)

    @action(permission=Permission.PAYMENTS)
    async def type_every_months(self, value: str):
        await self._type(every_months=value)

    @action(permission=Permission.PAYMENTS)
    async def type_first(self, value: str):
        await self._type(first=value)

    @action(permission=Permission.PAYMENTS)
    async def save(self, form: dict[str, Any]):
        """Carries out what is shown; what was typed since is shown first. A second press finds the form closed."""
        if not self.is_open:
            return None
        typed = replace(self.draft, **{name: str(form[name]) for name in _FIELDS if name in form})
        if typed != self.draft or not self.view.lines:
            self.draft = typed
            await self._look(await current_actor(self))
            return None
        of, draft, seen = self.of, self.draft, self._seen

        def verb(session: Session, actor: Actor) -> bool:
            plan_change.change(session, actor, of, _terms(session, actor, draft), seen=seen)
            return True

        if not await self._saved(verb):
            refused = self.errors
            await self._look(await current_actor(self))
            self.errors = refused
            return None
        self.is_open = False
        await say(self, text("The plan is changed."))
        return shown_again(self)

    async def _type(self, **typed: str) -> None:
        """Shows what it would come to, as one types."""
        self.draft = replace(self.draft, **typed)
        await self._look(await current_actor(self))

    async def _choose(self, actor: Actor, offer: str) -> None:
        try:
            self.draft, self.is_subscription = await asyncio.to_thread(_begun, actor, id_of(offer))
        except CRMError as error:
            self.draft, self.view = Draft(offer), PlanView()
            self.errors = {"offer": locales.render(error.message, actor.language)}
            return
        await self._look(actor)

    async def _look(self, actor: Actor) -> None:
        self.errors = {}
        try:
            found = await asyncio.to_thread(_preview, actor, self.of, self.draft)
            self.view, self._seen = _view(found, actor.language), (found.price_before, found.paid)
        except Invalid as error:
            self.view, self.errors = PlanView(), {error.field: locales.render(error.message, actor.language)}
        except CRMError as error:
            self.view, self.errors = PlanView(), {"": locales.render(error.message, actor.language)}


def _offers(actor: Actor, enrolment_id: int) -> tuple[list[Choice], str]:
    """Those of the course, and the one that is agreed, the first where it is gone."""
    with database.reading() as session:
        found = enrolling.get(session, actor, enrolment_id)
        known = [
            Choice(str(one.offer.id), f"{one.offer.name} · {price(one.offer, actor.language)}")
            for one in offers.listing(session, actor, found.course_id)
        ]
    ids = [one.value for one in known]
    return known, str(found.offer_id) if str(found.offer_id) in ids else next(iter(ids), "")


def _begun(actor: Actor, offer_id: int) -> tuple[Draft, bool]:
    with database.reading() as session:
        offer = offers.get(session, actor, offer_id)
        terms = plan_change.terms_of(offer, actor)
        draft = Draft(
            offer=str(offer_id),
            amount=typed_amount(terms.amount, offer.currency, actor.language),
            parts=str(terms.parts),
            every_months=str(terms.every_months),
            first=terms.first.isoformat() if terms.first else "",
        )
        return draft, offer.kind == OfferKind.SUBSCRIPTION


def _terms(session: Session, actor: Actor, draft: Draft) -> Terms:
    """Raises NotFound, Invalid(field)."""
    offer = offers.get(session, actor, id_of(draft.offer))
    typed = {"parts": draft.parts, "every_months": draft.every_months, "first": draft.first}
    first: date | None = catalogue.day(typed, "first")
    return Terms(
        offer.id or 0,
        offers.amount(draft.amount, offer.currency),
        parts=catalogue.whole(typed, "parts", 1, offers.MOST_PARTS) or 1,
        every_months=catalogue.whole(typed, "every_months", 1, offers.MOST_MONTHS) or 1,
        first=first,
    )


def _preview(actor: Actor, enrolment_id: int, draft: Draft) -> Preview:
    with database.reading() as session:
        return plan_change.preview(session, actor, enrolment_id, _terms(session, actor, draft))


def _view(found: Preview, language: str) -> PlanView:
    def said(units: int) -> str:
        return amount(units, found.currency, language)

    lines = [
        PlanLine(look, charge(one, language), short_date(one.due_on, language), said(one.amount))
        for look, charges in (("kept", found.kept), ("gone", found.gone))
        for one in charges
    ]
    for look, coming in (("paid", found.parts), ("new", found.new)):
        for due in coming:
            what = part(due.part, due.parts, language) if due.amount > 0 else reduction(language)
            lines.append(PlanLine(look, what, short_date(due.on, language), said(due.amount)))
    return PlanView(
        lines=lines,
        before=said(found.price_before),
        price=said(found.price),
        paid=said(found.paid),
        rest=said(found.rest) if found.rest > 0 else "",
        credit=said(-found.rest) if found.rest < 0 else "",
    )
