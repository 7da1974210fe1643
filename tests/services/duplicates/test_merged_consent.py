"""A merge never raises a consent, never lifts a revocation, and taking it back raises nothing either."""

from datetime import UTC, datetime

import pytest

from crm_app.models import Channel, Consent, ConsentSource, ConsentState, SuppressionReason
from crm_app.services import database
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.consent import ledger, suppression
from crm_app.services.consent.ledger import Proof
from crm_app.services.duplicates import unmerging
from tests.services.duplicates.conftest import Make
from tests.services.duplicates.test_merging import ANIA, ANNA, merge

A, B = ANNA["email"], ANIA["email"]
NONE, IMPORTED, SENT, CONFIRMED, REVOKED = ConsentState
STATES = [NONE, IMPORTED, SENT, CONFIRMED, REVOKED]


def say(address: str, state: ConsentState, group: int | None = None) -> None:
    if state is NONE:
        return
    with database.transaction() as session:
        if state is IMPORTED:
            session.add(Consent(channel="email", address=address, norm=address, state=state, source="import"))
            return
        ledger.record(
            session, SYSTEM, Channel.EMAIL, address, state, source=ConsentSource.FORM,
            proof=Proof(source_name="form"), at=datetime(2026, 1, 2, tzinfo=UTC), group_id=group,
        )  # fmt: skip


def state(address: str, group: int | None = None) -> ConsentState:
    with database.reading() as session:
        return ledger.state_of(session, Channel.EMAIL, address, group)


def mailable(address: str) -> bool:
    with database.reading() as session:
        return ledger.is_mailable(session, Channel.EMAIL, address)


@pytest.mark.parametrize("mine", STATES)
@pytest.mark.parametrize("theirs", STATES)
def test_the_strictest_wins_and_nothing_is_raised(
    make: Make, bob: Actor, mine: ConsentState, theirs: ConsentState
) -> None:
    make(**ANNA), make(**ANIA)
    say(A, mine), say(B, theirs)
    made = merge(bob, 1, 2, email=2)
    expected = (REVOKED, REVOKED) if REVOKED in (mine, theirs) else (mine, theirs)
    assert (state(A), state(B)) == expected
    assert (mailable(A), mailable(B)) == tuple(one is CONFIRMED for one in expected)
    with database.transaction() as session:
        unmerging.unmerge(session, bob, made)
    assert (state(A), state(B)) == expected
    assert (mailable(A), mailable(B)) == tuple(one is CONFIRMED for one in expected)


@pytest.mark.parametrize("reason", list(SuppressionReason))
def test_who_is_suppressed_stays_so_and_a_bounce_is_of_one_address(
    make: Make, bob: Actor, reason: SuppressionReason
) -> None:
    make(**ANNA), make(**ANIA)
    say(A, CONFIRMED)
    with database.transaction() as session:
        suppression.suppress(session, SYSTEM, Channel.EMAIL, B, reason)
    made = merge(bob, 1, 2)
    assert mailable(A) is (reason is SuppressionReason.BOUNCED)
    assert not mailable(B)
    with database.transaction() as session:
        unmerging.unmerge(session, bob, made)
    assert mailable(A) is (reason is SuppressionReason.BOUNCED)
    assert not mailable(B)


def test_what_was_revoked_for_one_group_is_revoked_for_that_group(make: Make, bob: Actor) -> None:
    make(**ANNA), make(**ANIA)
    say(A, CONFIRMED), say(B, CONFIRMED), say(B, REVOKED, group=7)
    merge(bob, 1, 2)
    assert (state(A), state(A, 7), state(A, 8)) == (CONFIRMED, REVOKED, CONFIRMED)


def test_phones_are_phones_of_both_channels(make: Make, bob: Actor) -> None:
    make(**ANNA, mobile="0171 1111111"), make(**ANIA)
    with database.transaction() as session:
        ledger.record(session, bob, Channel.SMS, "0171 1111111", REVOKED)
    merge(bob, 1, 2)
    with database.reading() as session:
        assert suppression.is_suppressed(session, Channel.SMS, "030 901820")
        assert not suppression.is_suppressed(session, Channel.PHONE, "030 901820")
        assert not suppression.is_suppressed(session, Channel.EMAIL, A)
