"""Any sequence of payments, refunds, reversals and changes of plan keeps paid + open = price, to the cent."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, func, select

from crm_app.models import Charge, EnrolmentEntry, EnrolmentStatus, Offer, Payment
from crm_app.services import database, local_time
from crm_app.services.actor import Actor
from crm_app.services.courses import balance, billing, enrolling, payments, plan_change
from crm_app.services.courses.payments import Given
from crm_app.services.courses.plan_change import Terms
from crm_app.services.errors import Conflict, CRMError, Invalid, NotFound, NotPermitted
from tests.services.courses.conftest import MONTHLY, ONCE, PARTS, Enrol

Add = Callable[..., Offer]
TODAY = local_time.today("UTC")


def account(actor: Actor, enrolment_id: int) -> balance.Account:
    with database.reading() as session:
        return balance.of_enrolment(session, actor, enrolling.get(session, actor, enrolment_id))


def holds(session: Session, actor: Actor, enrolment_id: int) -> None:
    """The sums agree with each other and with the history."""
    found = balance.of_enrolment(session, actor, enrolling.get(session, actor, enrolment_id))
    assert found.sums.paid + found.sums.open == found.sums.price + found.sums.credit
    assert found.sums.credit >= 0 and found.sums.open >= 0 and found.sums.paid >= 0
    assert not (found.sums.credit and found.sums.open)
    owed, paid = session.exec(
        select(func.sum(EnrolmentEntry.owed), func.sum(EnrolmentEntry.paid)).where(
            EnrolmentEntry.enrolment_id == enrolment_id
        )
    ).one()
    assert (int(owed or 0), int(paid or 0)) == (found.sums.price, found.sums.paid)


def test_a_payment_covers_the_oldest_and_a_part_may_be_paid(bob: Actor, enrol: Enrol, offer: Add) -> None:
    made = enrol(offer=offer(PARTS))
    with database.transaction() as session:
        payments.record(session, bob, made.id or 0, Given(50_00, note="At the desk"))
    found = account(bob, made.id or 0)
    assert [one.settled for one in found.charges] == [33_34, 16_66, 0]
    assert (found.sums.price, found.sums.paid, found.sums.open) == (100_00, 50_00, 50_00)


def test_an_instalment_is_marked_as_paid_once(bob: Actor, enrol: Enrol, offer: Add) -> None:
    made = enrol(offer=offer(PARTS))
    second = account(bob, made.id or 0).charges[1]
    with database.transaction() as session:
        payments.settle_charge(session, bob, second.id or 0, seen=0)
        with pytest.raises(Conflict):
            payments.settle_charge(session, bob, second.id or 0)
    assert [one.settled for one in account(bob, made.id or 0).charges] == [0, 33_33, 0]


def test_a_second_click_is_no_second_payment(bob: Actor, enrol: Enrol, offer: Add) -> None:
    made = enrol(offer=offer(ONCE))
    with database.transaction() as session:
        payments.record(session, bob, made.id or 0, Given(10_00, seen=0))
        with pytest.raises(Conflict):
            payments.record(session, bob, made.id or 0, Given(10_00, seen=0))


def test_money_goes_back_and_a_wrong_entry_is_reversed(bob: Actor, enrol: Enrol, offer: Add) -> None:
    made = enrol(offer=offer(ONCE))
    with database.transaction() as session:
        first = payments.record(session, bob, made.id or 0, Given(120_00))
        with pytest.raises(Invalid):
            payments.refund(session, bob, made.id or 0, Given(120_01))
        back = payments.refund(session, bob, made.id or 0, Given(20_00))
        with pytest.raises(Conflict, match="the refund"):
            payments.reverse(session, bob, first.id or 0)
        payments.reverse(session, bob, back.id or 0)
        with pytest.raises(Conflict, match="already"):
            payments.reverse(session, bob, back.id or 0)
        payments.reverse(session, bob, first.id or 0)
        assert len(session.exec(select(Payment.id)).all()) == 4, "nothing is deleted"
        holds(session, bob, made.id or 0)
    assert account(bob, made.id or 0).sums.open == 120_00


def test_another_plan_keeps_what_is_paid_and_computes_the_rest(bob: Actor, enrol: Enrol, offer: Add) -> None:
    once, parts = offer(ONCE), offer(PARTS)
    made = enrol(offer=parts)
    with database.transaction() as session:
        payments.record(session, bob, made.id or 0, Given(50_00))
        terms = Terms(once.id or 0, 120_00, parts=2, first=TODAY + timedelta(days=7))
        shown = plan_change.preview(session, bob, made.id or 0, terms)
        assert [one.amount for one in shown.kept] == [33_34]
        assert [one.amount for one in shown.parts] == [16_66]
        assert (shown.new[0].on, shown.new[0].amount) == (TODAY + timedelta(days=7), 35_00)
        assert (shown.price_before, shown.price, shown.paid, shown.rest) == (100_00, 120_00, 50_00, 70_00)
        with pytest.raises(Conflict):
            plan_change.change(session, bob, made.id or 0, terms, seen=(100_00, 0))
        plan_change.change(session, bob, made.id or 0, terms, seen=(100_00, 50_00))
        holds(session, bob, made.id or 0)
    found = account(bob, made.id or 0)
    assert [one.amount for one in found.charges] == [33_34, 35_00, 16_66, 35_00]
    assert (found.sums.price, found.sums.open) == (120_00, 70_00)


def test_a_cheaper_plan_leaves_money_to_pay_back(bob: Actor, enrol: Enrol, offer: Add) -> None:
    once = offer(ONCE)
    made = enrol(offer=once)
    with database.transaction() as session:
        payments.record(session, bob, made.id or 0, Given(120_00))
        plan_change.change(session, bob, made.id or 0, Terms(once.id or 0, 80_00), seen=(120_00, 120_00))
    found = account(bob, made.id or 0)
    assert (found.sums.price, found.sums.open, found.sums.credit) == (80_00, 0, 40_00)


def test_periods_of_a_subscription_come_by_themselves_and_once(bob: Actor, enrol: Enrol, offer: Add) -> None:
    made = enrol(offer=offer(MONTHLY))
    later = TODAY + timedelta(days=70)
    assert billing.next_periods(today=later) == 2
    assert billing.next_periods(today=later) == 0
    found = account(bob, made.id or 0)
    assert [(one.part, one.amount) for one in found.charges] == [(1, 29_90), (2, 29_90), (3, 29_90)]
    with database.transaction() as session:
        payments.settle_charge(session, bob, found.charges[1].id or 0)
        enrolling.set_status(session, bob, made.id or 0, EnrolmentStatus.PAUSED)
    assert billing.next_periods(today=TODAY + timedelta(days=200)) == 0
    with database.transaction() as session:
        holds(session, bob, made.id or 0)


def test_a_subscription_ends_with_access(bob: Actor, enrol: Enrol, offer: Add) -> None:
    enrol(offer=offer(MONTHLY), to_on=TODAY + timedelta(days=40))
    assert billing.next_periods(today=TODAY + timedelta(days=400)) == 1


def moved(actor: Actor, enrolment_id: int | None, *statuses: str) -> balance.Sums:
    with database.transaction() as session:
        for one in statuses:
            enrolling.set_status(session, actor, enrolment_id or 0, EnrolmentStatus(one))
        holds(session, actor, enrolment_id or 0)
    return account(actor, enrolment_id or 0).sums


def test_who_goes_back_to_waiting_and_gets_a_place_again_is_not_charged_twice(
    bob: Actor, enrol: Enrol, offer: Add
) -> None:
    made = enrol(offer=offer(ONCE))
    with database.transaction() as session:
        payments.record(session, bob, made.id or 0, Given(120_00))
    assert moved(bob, made.id, "waiting", "active").price == 120_00


@pytest.mark.parametrize("way", [("cancelled",), ("cancelled", "waiting"), ("waiting", "cancelled", "paused")])
def test_who_comes_back_owes_again_what_their_leaving_took_away(
    bob: Actor, enrol: Enrol, offer: Add, way: tuple[str, ...]
) -> None:
    made = enrol(offer=offer(PARTS))
    before = [(one.due_on, one.amount, one.part) for one in account(bob, made.id or 0).charges]
    assert moved(bob, made.id, *way).price == 33_34, "what is due today stays"
    moved(bob, made.id, "active")
    assert [(one.due_on, one.amount, one.part) for one in account(bob, made.id or 0).charges] == before
    assert moved(bob, made.id, "paused", "active").price == 100_00


def test_a_plan_made_while_somebody_was_away_counts(bob: Actor, enrol: Enrol, offer: Add) -> None:
    once = offer(ONCE)
    made = enrol(offer=offer(PARTS))
    moved(bob, made.id, "cancelled")
    with database.transaction() as session:
        plan_change.change(session, bob, made.id or 0, Terms(once.id or 0, 50_00), seen=(33_34, 0))
    assert moved(bob, made.id, "active").price == 50_00


@pytest.mark.parametrize("away", ["paused", "cancelled", "finished"])
def test_periods_of_a_pause_are_not_made_up_for_and_those_behind_it_come(
    bob: Actor, enrol: Enrol, offer: Add, away: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = enrol(offer=offer(MONTHLY))
    moved(bob, made.id, away)
    later = TODAY + timedelta(days=200)
    assert billing.next_periods(today=later) == 0
    monkeypatch.setattr(local_time, "today", lambda *_: later)
    moved(bob, made.id, "active")
    assert billing.next_periods(today=later) in (1, 2)
    due = [one.due_on for one in account(bob, made.id or 0).charges]
    assert due[0] == TODAY and all(later - timedelta(days=31) <= one <= later + timedelta(days=31) for one in due[1:])


def test_a_deposit_is_in_the_currency_of_the_offer(bob: Actor, alice: Actor, enrol: Enrol, offer: Add) -> None:
    made = enrol(offer=offer(ONCE, currency="USD"), status=EnrolmentStatus.WAITING)
    with database.transaction() as session:
        assert payments.record(session, bob, made.id or 0, Given(10_00)).currency == "USD"
    assert moved(bob, made.id, "active").open == 110_00


def test_payments_are_for_those_who_may(bob: Actor, victor: Actor, charlie: Actor, enrol: Enrol, offer: Add) -> None:
    made = enrol(offer=offer(ONCE))
    charge = account(bob, made.id or 0).charges[0]
    with database.transaction() as session:
        paid = payments.record(session, bob, made.id or 0, Given(1_00))
        for actor, refusal in ((victor, NotPermitted), (charlie, NotFound)):
            for ask in (
                lambda actor=actor: payments.record(session, actor, made.id or 0, Given(1_00)),
                lambda actor=actor: payments.refund(session, actor, made.id or 0, Given(1_00)),
                lambda actor=actor: payments.reverse(session, actor, paid.id or 0),
                lambda actor=actor: payments.settle_charge(session, actor, charge.id or 0),
                lambda actor=actor: plan_change.preview(session, actor, made.id or 0, Terms(1, 1)),
            ):
                with pytest.raises(refusal):
                    ask()
    assert account(bob, made.id or 0).sums.paid == 1_00


STEPS = st.one_of(
    st.tuples(st.just("pay"), st.integers(1, 200_00), st.integers(0, 5)),
    st.tuples(st.just("refund"), st.integers(1, 100_00), st.just(0)),
    st.tuples(st.just("settle"), st.integers(0, 5), st.just(0)),
    st.tuples(st.just("reverse"), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("plan"), st.integers(0, 250_00), st.integers(1, 7)),
    st.tuples(st.just("subscribe"), st.integers(1, 40_00), st.integers(-40, 40)),
    st.tuples(st.just("periods"), st.integers(0, 100), st.just(0)),
    st.tuples(st.just("status"), st.sampled_from(["active", "paused", "cancelled", "finished"]), st.just(0)),
)
_names = count()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([ONCE, PARTS, MONTHLY]), st.lists(STEPS, max_size=12))
def test_whatever_happens_the_sums_are_right(
    bob: Actor, enrol: Enrol, offer: Add, begun: dict[str, str], steps: list[tuple[str, int, int]]
) -> None:
    name = f"P{next(_names)}"
    once, monthly = offer(ONCE, name=f"O {name}"), offer(MONTHLY, name=f"M {name}")
    id_ = enrol(name, offer(begun, name=f"B {name}")).id or 0
    for step, one, two in steps:
        try:
            with database.transaction() as session:
                _do(session, bob, id_, (once, monthly), step, one, two)
        except CRMError:
            pass
        with database.reading() as session:
            holds(session, bob, id_)


def _do(session: Session, bob: Actor, id_: int, offers: tuple[Offer, Offer], step: str, one: int, two: int) -> None:
    charges = session.exec(select(Charge).where(Charge.enrolment_id == id_).order_by(Charge.id)).all()
    made = session.exec(select(Payment).where(Payment.enrolment_id == id_).order_by(Payment.id)).all()
    match step:
        case "pay":
            meant = charges[two].id if two < len(charges) else None
            payments.record(session, bob, id_, Given(one, charge_id=meant))
        case "refund":
            payments.refund(session, bob, id_, Given(one))
        case "settle" if one < len(charges):
            payments.settle_charge(session, bob, charges[one].id or 0)
        case "reverse" if one < len(made):
            payments.reverse(session, bob, made[one].id or 0)
        case "plan" | "subscribe":
            terms = (
                Terms(offers[0].id or 0, one, parts=two)
                if step == "plan"
                else Terms(offers[1].id or 0, one, first=TODAY + timedelta(days=two))
            )
            shown = plan_change.preview(session, bob, id_, terms)
            plan_change.change(session, bob, id_, terms, seen=(shown.price_before, shown.paid))
            found = balance.of_enrolment(session, bob, enrolling.get(session, bob, id_))
            assert (found.sums.price, found.sums.paid) == (shown.price, shown.paid), "as it was shown"
        case "status":
            enrolling.set_status(session, bob, id_, EnrolmentStatus(one))
        case "periods":
            billing._bring_up(session, id_, TODAY + timedelta(days=one))
