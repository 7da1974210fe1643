"""Money that came from the contact whose card is open or goes back to it, and entries that were none."""

import asyncio
from datetime import date
from typing import Any, Literal

import reflex as rx
from sqlmodel import Session

from crm_app import locales
from crm_app.locales import text
from crm_app.models import Payment, PaymentKind, PaymentMethod, Permission
from crm_app.services import database, local_time
from crm_app.services.actor import Actor
from crm_app.services.courses import balance, catalogue, enrolling, offers, payments
from crm_app.services.courses.payments import Given
from crm_app.services.errors import CRMError
from crm_app.state.choice import Choice
from crm_app.state.course_verbs import CourseVerbs
from crm_app.state.enrolment import shown_again
from crm_app.state.formats import amount, typed_amount
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.undoing import Undoable


class ContactPaymentState(CourseVerbs, Undoable, rx.State):
    """`kind` is what the open form is about, payment or refund; empty while none is. `reversing` is the entry that
    somebody is asked about before it is taken back.
    """

    kind: str = ""
    of: int = 0
    course: str = ""
    amount: str = ""
    currency: str = ""
    today: str = ""
    methods: list[Choice] = []
    reversing: int = 0
    _seen: int = 0

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Another page: nothing is open."""
        self.kind, self.reversing = "", 0

    @action(permission=Permission.PAYMENTS)
    async def open_form(self, kind: Literal["payment", "refund"], enrolment_id: int):
        """With all that is open, or paid too much, in it."""
        actor = await current_actor(self)
        try:
            found = await asyncio.to_thread(_begun, actor, enrolment_id, kind)
        except CRMError as error:
            await say(self, error.message, "error")
            return
        self._begin()
        self.kind, self.of, self.reversing = kind, enrolment_id, 0
        self.course, self.amount, self.currency, self._seen = found
        self.today = local_time.today(actor.timezone).isoformat()
        self.methods = [Choice(key, locales.render(word, actor.language)) for key, word in payments.METHODS.items()]

    @action(permission=Permission.PAYMENTS)
    async def close(self):
        self.kind = ""

    @action(permission=Permission.PAYMENTS)
    async def save(self, form: dict[str, Any]):
        """A second press finds the form closed, or that the money was recorded."""
        if not self.kind:
            return None
        of, seen, currency, is_refund = self.of, self._seen, self.currency, self.kind == "refund"

        def verb(session: Session, actor: Actor) -> tuple[int, int]:
            written = str(form.get("amount") or "")
            given = Given(
                offers.amount(written, currency),
                on=_day(form),
                method=_method(form),
                note=str(form.get("note") or ""),
                seen=seen,
            )
            made = (payments.refund if is_refund else payments.record)(session, actor, of, given)
            return made.id or 0, given.amount

        done = await self._saved(verb)
        if done is None:
            return rx.set_focus(f"payment-{next(iter(self.errors))}")
        self.kind = ""
        payment_id, units = done
        shown = amount(units, currency, (await current_actor(self)).language)
        said = text("{amount} paid back.", amount=shown) if is_refund else text("{amount} recorded.", amount=shown)
        await self._offer_undo(said, payment_id)
        return shown_again(self)

    @action(permission=Permission.PAYMENTS)
    async def settle(self, charge_id: int, seen: int):
        """An instalment or a period is paid; `seen` is the sum paid that was shown."""

        def verb(session: Session, actor: Actor) -> tuple[int, str]:
            made = payments.settle_charge(session, actor, charge_id, seen=seen)
            return made.id or 0, amount(made.amount, made.currency, actor.language)

        done = await self._did(verb)
        if done is not None:
            await self._offer_undo(text("{amount} recorded.", amount=done[1]), done[0])
        return shown_again(self)

    @action(permission=Permission.PAYMENTS)
    async def ask(self, payment_id: int):
        """Asks before an entry is taken back; 0 closes the question."""
        self.reversing, self.kind = payment_id, ""

    @action(permission=Permission.PAYMENTS)
    async def reverse(self):
        """The entry that was asked about was none: another one takes it back."""
        payment_id, self.reversing = self.reversing, 0
        return await self._reverse(payment_id)

    @action(permission=Permission.PAYMENTS)
    async def take_back(self, message: int):
        """The entry this message told of."""
        back = self._way_back(message)
        return await self._reverse(int(back[0])) if back else None

    async def _reverse(self, payment_id: int) -> Any:
        if not payment_id:
            return None

        def verb(session: Session, actor: Actor) -> bool:
            payments.reverse(session, actor, payment_id)
            return session.get_one(Payment, payment_id).kind == PaymentKind.REFUND

        was_refund = await self._did(verb)
        if was_refund is not None:
            await say(self, text("The refund is taken back.") if was_refund else text("The payment is taken back."))
        return shown_again(self)


def _begun(actor: Actor, enrolment_id: int, kind: str) -> tuple[str, str, str, int]:
    """The course, the amount to begin with, its currency, and what is paid."""
    with database.reading() as session:
        enrolment = enrolling.get(session, actor, enrolment_id)
        found = balance.of_enrolment(session, actor, enrolment)
        currency = payments.currency_of(session, enrolment)
        begun = found.sums.credit if kind == "refund" else found.sums.open
        shown = typed_amount(begun, currency, actor.language) if begun else ""
        return found.course.name, shown, currency, found.sums.paid


def _day(form: dict[str, Any]) -> date | None:
    return catalogue.day({"on": str(form.get("on") or "")}, "on")


def _method(form: dict[str, Any]) -> PaymentMethod:
    chosen = str(form.get("method") or "")
    return PaymentMethod(chosen) if chosen in set(PaymentMethod) else PaymentMethod.TRANSFER
