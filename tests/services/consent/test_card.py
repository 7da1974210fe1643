"""Where a contact's addresses stand on its card, and what colleagues do about it by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from crm_app.models import (
    AuditEntry,
    Channel,
    Consent,
    ConsentSource,
    ConsentState,
    SuppressionReason,
)
from crm_app.models.base import now
from crm_app.services import database
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.consent import card, ledger, suppression
from crm_app.services.consent.card import Line
from crm_app.services.consent.ledger import Proof
from crm_app.services.contacts import cards, timeline
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.settings import tags

MAIL = Channel.EMAIL
ADA = "ada@example.org"
WHY = "Signed the sheet at the fair."


@pytest.fixture
def number(bob: Actor) -> int:
    values = {"first_name": "Ada", "email": ADA, "phone": "030 1234567", "mobile": "0170 1234567"}
    with database.transaction() as session:
        return cards.create(session, bob, values).number


def lines(number: int, actor: Actor) -> dict[tuple[Channel, str, str], Line]:
    with database.reading() as session:
        found = card.lines(session, cards.get(session, actor, number))
    return {(one.channel, one.address, one.group): one for one in found}


def do(verb, actor: Actor, number: int, channel: Channel = MAIL, norm: str = ADA, **more):
    with database.transaction() as session:
        return verb(session, actor, cards.get(session, actor, number), channel, norm, **more)


def group(actor: Actor, name: str = "Piano news") -> int:
    with database.transaction() as session:
        return tags.add(session, actor, name, is_group=True).id or 0


def by_form(state: ConsentState, address: str = ADA, **more) -> Consent:
    with database.transaction() as session:
        return ledger.record(session, SYSTEM, MAIL, address, state, source=ConsentSource.FORM, **more)


def test_each_address_stands_by_channel_at_none_before_anything_happened(number: int, bob: Actor) -> None:
    found = lines(number, bob)
    assert list(found) == [
        (Channel.EMAIL, ADA, ""),
        (Channel.SMS, "0170 1234567", ""),
        (Channel.PHONE, "0170 1234567", ""),
        (Channel.PHONE, "030 1234567", ""),
    ]
    assert {one.state for one in found.values()} == {ConsentState.NONE}


def test_the_dates_say_when_and_by_what(number: int, alice: Actor) -> None:
    sent = datetime(2026, 3, 1, 9, tzinfo=UTC)
    proof = Proof(text="Yes, write to me.", text_version="v3", source_name="Newsletter form", ip="192.0.2.7")
    by_form(ConsentState.SENT, at=sent)
    by_form(ConsentState.CONFIRMED, at=sent + timedelta(days=1), proof=proof)
    line = lines(number, alice)[MAIL, ADA, ""]
    assert (line.state, line.is_mailable) == (ConsentState.CONFIRMED, True)
    assert line.marks[ConsentState.SENT].at == sent
    mark = line.marks[ConsentState.CONFIRMED]
    assert (mark.source_name, mark.text_version, mark.has_proof) == ("Newsletter form", "v3", True)
    with database.reading() as session:
        entry, _ = card.proof(session, cards.get(session, alice, number), mark.id)
    assert (entry.text, entry.ip) == ("Yes, write to me.", "192.0.2.7")


def test_a_consent_is_recorded_by_hand_with_a_reason_and_its_moment(number: int, alice: Actor) -> None:
    at = now() - timedelta(days=3)
    do(card.confirm, alice, number, reason=f"  {WHY}\n", at=at)
    do(card.confirm, alice, number, reason=WHY, at=at)
    mark = lines(number, alice)[MAIL, ADA, ""].marks[ConsentState.CONFIRMED]
    assert (mark.at, mark.who, mark.source) == (at, "Alice", "user")
    with database.reading() as session:
        assert session.exec(select(AuditEntry.action)).all().count("consent.confirmed") == 2
        told = timeline.page(session, cards.get(session, alice, number), group="consent").entries
    assert told[0].data["reason"] == WHY


@pytest.mark.parametrize(("reason", "field"), [("  ", "reason"), ("x" * 501, "reason")])
def test_without_a_reason_it_is_refused(number: int, alice: Actor, reason: str, field: str) -> None:
    with pytest.raises(Invalid) as error:
        do(card.confirm, alice, number, reason=reason)
    assert error.value.field == field


def test_a_consent_from_before_a_revocation_does_not_get_over_it(number: int, alice: Actor) -> None:
    """A sheet of January that turns up in April says nothing about the no of March."""
    do(card.confirm, alice, number, reason=WHY)
    by_form(ConsentState.REVOKED)
    with pytest.raises(Invalid) as error:
        do(card.confirm, alice, number, reason=WHY, at=now() - timedelta(days=60))
    assert error.value.field == "at"
    assert lines(number, alice)[MAIL, ADA, ""].state is ConsentState.REVOKED
    do(card.confirm, alice, number, reason=WHY)
    line = lines(number, alice)[MAIL, ADA, ""]
    assert line.is_mailable and line.suppressed == ()


def test_revoking_is_effective_at_once_and_doing_it_again_changes_nothing(
    number: int, alice: Actor, bob: Actor
) -> None:
    do(card.confirm, alice, number, reason=WHY)
    assert do(card.revoke, bob, number) is not None
    assert do(card.revoke, bob, number) is None
    line = lines(number, bob)[MAIL, ADA, ""]
    assert (line.state, line.is_mailable, line.suppressed) == (
        ConsentState.REVOKED, False, (SuppressionReason.REVOKED,),
    )  # fmt: skip
    with database.reading() as session:
        assert not ledger.is_mailable(session, MAIL, "ADA@example.org ")


def test_a_group_is_agreed_to_by_itself(number: int, alice: Actor) -> None:
    piano = group(alice)
    do(card.confirm, alice, number, reason=WHY, group_id=piano)
    found = lines(number, alice)
    assert found[MAIL, ADA, "Piano news"].is_mailable
    assert found[MAIL, ADA, ""].state is ConsentState.NONE
    do(card.revoke, alice, number, group_id=piano)
    assert not lines(number, alice)[MAIL, ADA, "Piano news"].is_mailable


def test_a_revocation_of_everything_holds_for_the_groups(number: int, alice: Actor) -> None:
    piano = group(alice)
    do(card.confirm, alice, number, reason=WHY, group_id=piano)
    do(card.revoke, alice, number)
    line = lines(number, alice)[MAIL, ADA, "Piano news"]
    assert (line.state, line.is_mailable) == (ConsentState.REVOKED, False)


def test_only_a_tag_marked_as_a_group_is_one(number: int, alice: Actor) -> None:
    with database.transaction() as session:
        tag = tags.add(session, alice, "Fair").id or 0
    for group_id in (tag, 999):
        with pytest.raises(NotFound):
            do(card.confirm, alice, number, reason=WHY, group_id=group_id)
    with database.transaction() as session:
        tags.change(session, alice, tag, name="Fair", is_franchise=False, is_group=True)
    do(card.confirm, alice, number, reason=WHY, group_id=tag)


def test_a_changed_address_starts_at_none_and_the_old_one_keeps_what_was_said(number: int, alice: Actor) -> None:
    do(card.confirm, alice, number, reason=WHY)
    with database.transaction() as session:
        cards.change(session, alice, cards.get(session, alice, number), {"email": "ada.l@example.org"})
    found = lines(number, alice)
    assert (MAIL, ADA, "") not in found
    assert found[MAIL, "ada.l@example.org", ""].state is ConsentState.NONE
    assert not found[MAIL, "ada.l@example.org", ""].is_mailable
    with pytest.raises(NotFound):
        do(card.revoke, alice, number)
    with database.reading() as session:
        assert ledger.state_of(session, MAIL, ADA) is ConsentState.CONFIRMED


def test_a_block_is_lifted_with_a_reason_that_stands_in_the_timeline(number: int, alice: Actor) -> None:
    with database.transaction() as session:
        suppression.suppress(session, alice, MAIL, ADA, SuppressionReason.BOUNCED)
    assert lines(number, alice)[MAIL, ADA, ""].suppressed == (SuppressionReason.BOUNCED,)
    with pytest.raises(Invalid):
        do(card.lift, alice, number, reason="")
    assert do(card.lift, alice, number, reason="Mailbox works again.") == 1
    assert do(card.lift, alice, number, reason="Mailbox works again.") == 0
    assert lines(number, alice)[MAIL, ADA, ""].suppressed == ()
    with database.reading() as session:
        told = timeline.page(session, cards.get(session, alice, number), group="consent").entries
    assert [(one.kind, one.data["reason"]) for one in told] == [("unsuppressed", "Mailbox works again.")]


def test_lifting_a_block_does_not_lift_a_revocation(number: int, alice: Actor) -> None:
    do(card.confirm, alice, number, reason=WHY)
    do(card.revoke, alice, number)
    assert do(card.lift, alice, number, reason="Please") == 0
    assert lines(number, alice)[MAIL, ADA, ""].suppressed == (SuppressionReason.REVOKED,)


@pytest.mark.parametrize(("verb", "more"), [(card.confirm, {"reason": WHY}), (card.lift, {"reason": WHY})])
def test_staff_may_not_confirm_or_lift(verb, more, number: int, bob: Actor) -> None:
    with pytest.raises(NotPermitted):
        do(verb, bob, number, **more)


@pytest.mark.parametrize(
    ("verb", "more"), [(card.confirm, {"reason": WHY}), (card.revoke, {}), (card.lift, {"reason": WHY})]
)
def test_who_may_only_look_changes_nothing(verb, more, number: int, victor: Actor) -> None:
    with pytest.raises(NotPermitted):
        do(verb, victor, number, **more)
    with database.reading() as session:
        assert session.exec(select(Consent)).all() == []


@pytest.mark.parametrize(
    ("verb", "more"), [(card.confirm, {"reason": WHY}), (card.revoke, {}), (card.lift, {"reason": WHY})]
)
def test_another_branch_and_a_foreign_address_get_the_same_answer(
    verb, more, number: int, alice: Actor, charlie: Actor
) -> None:
    with pytest.raises(NotFound):
        do(verb, charlie, number, **more)
    with pytest.raises(NotFound):
        do(verb, alice, number, norm="eve@example.org", **more)


def test_the_proof_of_somebody_elses_address_is_not_shown(number: int, alice: Actor) -> None:
    entry = by_form(ConsentState.CONFIRMED, "eve@example.org")
    with database.reading() as session:
        contact = cards.get(session, alice, number)
        for id_ in (entry.id or 0, 999):
            with pytest.raises(NotFound):
                card.proof(session, contact, id_)


def test_without_the_secret_key_nothing_is_taken_for_mailable(number: int, alice: Actor) -> None:
    from crm_app import settings

    do(card.confirm, alice, number, reason=WHY)
    with database.transaction() as session:
        suppression.suppress(session, alice, MAIL, "eve@example.org", SuppressionReason.BOUNCED)
    settings.get().secret_key_path.unlink()
    with pytest.raises(Conflict):
        lines(number, alice)
