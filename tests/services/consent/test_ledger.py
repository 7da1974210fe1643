"""The rules of the ledger: what raises, what lowers, who may, and that nothing in it ever changes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, select

from crm_app.models import AuditEntry, Channel, Consent, ConsentSource, ConsentState, Suppression, SuppressionReason
from crm_app.services import database
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.consent import erasure, ledger, suppression
from crm_app.services.consent.ledger import Proof
from crm_app.services.consent.standing import folded
from crm_app.services.errors import Conflict, Invalid, NotPermitted

MAIL = Channel.EMAIL
NONE, IMPORTED, SENT, CONFIRMED, REVOKED = ConsentState
WHY = Proof(reason="Signed the sheet at the desk on Monday.")


def record(actor: Actor, state: ConsentState, address: str = "ada@example.org", **more: object) -> Consent:
    with database.transaction() as session:
        return ledger.record(session, actor, MAIL, address, state, **more)  # type: ignore[arg-type]


def by_form(state: ConsentState, address: str = "ada@example.org", **more: object) -> Consent:
    return record(SYSTEM, state, address, source=ConsentSource.FORM, **more)


def state(address: str = "ada@example.org", group: int | None = None) -> ConsentState:
    with database.reading() as session:
        return ledger.state_of(session, MAIL, address, group)


def mailable(address: str = "ada@example.org", group: int | None = None) -> bool:
    with database.reading() as session:
        return ledger.is_mailable(session, MAIL, address, group)


@pytest.mark.parametrize(
    ("events", "stands", "is_imported"),
    [
        ([], NONE, False),
        ([IMPORTED], IMPORTED, True),
        ([SENT, IMPORTED], SENT, True),
        ([IMPORTED, SENT], SENT, True),
        ([CONFIRMED, SENT], CONFIRMED, False),
        ([CONFIRMED, IMPORTED], CONFIRMED, True),
        ([CONFIRMED, REVOKED], REVOKED, False),
        ([REVOKED, IMPORTED, SENT], REVOKED, False),
        ([IMPORTED, REVOKED, CONFIRMED], CONFIRMED, False),
        ([REVOKED, CONFIRMED, REVOKED, SENT], REVOKED, False),
    ],
)
def test_revoked_beats_all_but_a_later_confirmation(events, stands, is_imported) -> None:
    standing = folded(events)
    assert (standing.state, standing.is_imported) == (stands, is_imported)


def test_every_spelling_is_the_same_address(alice: Actor) -> None:
    by_form(CONFIRMED, "Jörg@Müller.example")
    for spelling in (
        " jörg@müller.example ",
        "mailto:Jo\u0308rg@mu\u0308ller.example",
        "Jörg M. <JÖRG@xn--mller-kva.example>",
        "jörg\u200b@MÜLLER.EXAMPLE.",
    ):
        assert state(spelling) is CONFIRMED, spelling
    assert state("joerg@müller.example") is NONE


def test_a_confirmation_by_hand_needs_the_right_and_a_reason(alice: Actor, bob: Actor) -> None:
    with pytest.raises(NotPermitted):
        record(bob, CONFIRMED, proof=WHY)
    with pytest.raises(Invalid) as error:
        record(alice, CONFIRMED)
    assert error.value.field == "reason"
    assert state() is NONE
    record(alice, CONFIRMED, proof=WHY)
    assert state() is CONFIRMED and mailable()


def test_whoever_may_only_look_records_nothing(victor: Actor) -> None:
    with pytest.raises(NotPermitted):
        record(victor, REVOKED)


def test_nobody_signed_in_acts_as_the_person(alice: Actor) -> None:
    with pytest.raises(NotPermitted):
        record(alice, CONFIRMED, source=ConsentSource.FORM)


def test_a_revoked_address_takes_no_invitation_by_hand(alice: Actor, bob: Actor) -> None:
    record(bob, REVOKED)
    with pytest.raises(Conflict):
        record(alice, SENT)
    by_form(SENT)  # the person signs up again: still revoked until the link in the mail is used
    assert state() is REVOKED and not mailable()
    by_form(CONFIRMED)
    assert state() is CONFIRMED and mailable()


@pytest.mark.parametrize("wrong", [NONE, IMPORTED])
def test_nobody_records_an_import_by_hand(alice: Actor, wrong: ConsentState) -> None:
    with pytest.raises(Invalid):
        record(alice, wrong, proof=WHY)


def test_neither_the_future_nor_nonsense(alice: Actor) -> None:
    with pytest.raises(Invalid):
        record(alice, REVOKED, at=datetime.now(UTC) + timedelta(hours=1))
    with pytest.raises(Invalid):
        record(alice, REVOKED, "nonsense")


def test_imported_is_mailable_only_where_it_was_decided(alice: Actor, bob: Actor) -> None:
    with database.transaction() as session:
        mail = "ada@example.org"
        session.add(Consent(channel=MAIL, address=mail, norm=mail, state=IMPORTED, source=ConsentSource.IMPORT))
    assert not mailable()
    with database.transaction() as session, pytest.raises(NotPermitted):
        ledger.set_imported_mailable(session, bob, True)
    with database.transaction() as session:
        ledger.set_imported_mailable(session, alice, True)
    assert mailable()
    record(alice, SENT)
    assert state() is SENT and mailable()
    record(alice, REVOKED)
    assert not mailable()


def test_what_is_said_for_all_holds_for_a_group_and_not_the_other_way_round(alice: Actor) -> None:
    by_form(CONFIRMED, group_id=7)
    assert state(group=7) is CONFIRMED and state() is NONE and state(group=8) is NONE
    by_form(CONFIRMED)
    assert state(group=8) is CONFIRMED
    by_form(REVOKED, group_id=8)
    assert (state(), state(group=7), state(group=8)) == (CONFIRMED, CONFIRMED, REVOKED)
    assert mailable(group=7) and not mailable(group=8)
    by_form(REVOKED)
    assert (state(), state(group=7)) == (REVOKED, REVOKED)


def test_channels_are_apart_and_a_changed_address_starts_at_none(alice: Actor) -> None:
    by_form(CONFIRMED)
    with database.transaction() as session:
        ledger.record(session, SYSTEM, Channel.SMS, "0170 9876543", CONFIRMED, source=ConsentSource.FORM)
        assert ledger.state_of(session, Channel.SMS, "+49 170 9876543") is CONFIRMED
        assert ledger.state_of(session, Channel.PHONE, "+49 170 9876543") is NONE
    assert state("ada@example.com") is NONE


def test_each_entry_is_audited_without_the_address(alice: Actor) -> None:
    record(alice, CONFIRMED, proof=WHY, contact_number=12)
    with database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "consent.confirmed")).one()
    assert entry.user_id == alice.user_id and entry.data["contact"] == 12
    assert "example" not in str(entry.data)


@pytest.fixture
def entry(alice: Actor) -> Consent:
    return record(alice, CONFIRMED, proof=WHY, contact_number=12)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent SET state = 'confirmed'",
        "UPDATE consent SET address = ''",
        "UPDATE consent SET user_id = NULL",
        "DELETE FROM consent",
    ],
)
def test_the_ledger_is_append_only(entry: Consent, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), database.transaction() as session:
        session.execute(text(statement))
    assert state() is CONFIRMED


@pytest.mark.sqlite_only
def test_no_row_is_replaced(entry: Consent) -> None:
    statement = "INSERT OR REPLACE INTO consent SELECT * FROM consent"
    with pytest.raises(DatabaseError, match="append-only"), database.transaction() as session:
        session.execute(text(statement))


def test_the_table_is_not_emptied(entry: Consent) -> None:
    with database.reading() as session:
        if database.is_sqlite(session):
            return
    with pytest.raises(DatabaseError, match="append-only"), database.transaction() as session:
        session.execute(text("TRUNCATE consent"))


def test_erasure_blanks_who_it_was_and_keeps_what_happened(entry: Consent, alice: Actor, bob: Actor) -> None:
    with database.transaction() as session, pytest.raises(NotPermitted):
        erasure.blank(session, bob, [(MAIL, "ada@example.org")])
    with database.transaction() as session:
        assert erasure.blank(session, alice, [(MAIL, "ada@example.org")]) == 1
    with database.reading() as session:
        found = session.exec(select(Consent)).one()
        assert (found.address, found.norm, found.contact_number, found.reason) == ("", "", None, "")
        assert (found.state, found.at, found.user_id) == (CONFIRMED, entry.at, alice.user_id)
        assert "ada@" not in "".join(map(str, session.exec(select(Suppression)).all()))
        assert suppression.is_suppressed(session, MAIL, "Ada@example.org")
    assert not mailable()


@pytest.mark.parametrize("statement", ["UPDATE consent SET state = 'revoked'", "DELETE FROM consent"])
def test_a_marked_row_gives_up_no_more_than_who_it_was(entry: Consent, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), database.transaction() as session:
        session.execute(text(f"INSERT INTO consent_erasure VALUES ({entry.id})"))
        session.execute(text(statement))


def test_a_deleted_contact_leaves_the_ledger_alone(alice: Actor, db: Path) -> None:
    from tests.services.imports.conftest import add_contact

    id_ = add_contact(first_name="Ada", email="ada@example.org")
    by_form(CONFIRMED, contact_number=1)
    with database.transaction() as session:
        session.execute(text(f"DELETE FROM contact_point WHERE contact_id = {id_}"))
        session.execute(text(f"DELETE FROM contact WHERE id = {id_}"))
    assert state() is CONFIRMED


def test_the_person_lifts_everything_a_colleague_only_the_revocation(alice: Actor) -> None:
    with database.transaction() as session:
        for reason in (SuppressionReason.BOUNCED, SuppressionReason.REVOKED):
            suppression.suppress(session, alice, MAIL, "ada@example.org", reason)
    record(alice, CONFIRMED, proof=WHY)
    assert reasons() == {SuppressionReason.BOUNCED}
    assert not mailable()
    by_form(CONFIRMED)
    assert reasons() == set() and mailable()


def reasons() -> set[SuppressionReason]:
    with database.reading() as session:
        return _reasons(session)


def _reasons(session: Session) -> set[SuppressionReason]:
    return suppression.reasons(session, [(MAIL, "ada@example.org")]).get((MAIL, "ada@example.org"), set())
