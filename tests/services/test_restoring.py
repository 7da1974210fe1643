"""A backup is put back, and what people said since it was made still holds."""

from pathlib import Path

import pytest
from sqlmodel import select

from crm_app.models import (
    AuditEntry,
    Channel,
    Consent,
    ConsentSource,
    ConsentState,
    Contact,
    Erasure,
    SuppressionReason,
    Tag,
)
from crm_app.services import attachments, backup, database, restoring, startup
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.consent import card, ledger, suppression
from crm_app.services.contacts import cards, numbers
from crm_app.services.privacy import requests
from crm_app.services.restoring import Restored
from crm_app.services.settings import tags
from tests.services.privacy import world
from tests.services.privacy.test_erasing import erased

pytestmark = pytest.mark.sqlite_only
MAIL = Channel.EMAIL
SENT, CONFIRMED, REVOKED = ConsentState.SENT, ConsentState.CONFIRMED, ConsentState.REVOKED


def say(address: str, *states: ConsentState, **more) -> None:
    with database.transaction() as session:
        for state in states:
            ledger.record(session, SYSTEM, MAIL, address, state, source=ConsentSource.FORM, **more)


def state(address: str, group: int | None = None) -> ConsentState:
    with database.reading() as session:
        return ledger.state_of(session, MAIL, address, group)


def mailable(address: str) -> bool:
    with database.reading() as session:
        return ledger.is_mailable(session, MAIL, address)


def saved(db: Path) -> Path:
    return backup.create(database.engine(), target=db.parent / "saved.sqlite")


def restored(path: Path) -> Restored:
    done = restoring.restore(database.engine(), path)
    database.dispose()
    startup.prepare()
    return done


def test_who_revoked_since_is_not_written_to_again(alice: Actor, db: Path) -> None:
    say("ada@example.org", CONFIRMED)
    say("eve@example.org", CONFIRMED)
    path = saved(db)
    say("ada@example.org", REVOKED)
    say("eve@example.org", SENT)
    done = restored(path)
    assert (done.carried.consents, done.carried.suppressions) == (2, 1)
    assert state("ada@example.org") is REVOKED and not mailable("ada@example.org")
    assert mailable("eve@example.org")
    with database.reading() as session:
        assert suppression.is_suppressed(session, MAIL, "Ada@Example.org")
        assert session.exec(select(AuditEntry.action)).all()[-1] == "backup.restored"


def test_a_second_restore_brings_nothing_twice(alice: Actor, db: Path) -> None:
    say("ada@example.org", CONFIRMED)
    path = saved(db)
    say("ada@example.org", REVOKED)
    restored(path)
    restored(path)
    with database.reading() as session:
        assert [one.state for one in session.exec(select(Consent)).all()] == [CONFIRMED, REVOKED]


def test_who_confirmed_since_is_not_blocked_by_the_older_revocation(alice: Actor, db: Path) -> None:
    say("ada@example.org", REVOKED)
    say("eve@example.org", REVOKED)
    path = saved(db)
    say("ada@example.org", CONFIRMED)
    restored(path)
    assert mailable("ada@example.org")
    assert not mailable("eve@example.org")


def test_a_block_of_since_comes_over_and_one_of_before_is_never_lifted(alice: Actor, db: Path) -> None:
    say("ada@example.org", CONFIRMED)
    with database.transaction() as session:
        suppression.suppress(session, alice, MAIL, "old@example.org", SuppressionReason.BOUNCED)
    path = saved(db)
    with database.transaction() as session:
        suppression.suppress(session, alice, MAIL, "ada@example.org", SuppressionReason.COMPLAINED)
        suppression.lift(session, alice, MAIL, "old@example.org")
    restored(path)
    with database.reading() as session:
        assert suppression.is_suppressed(session, MAIL, "ada@example.org")
        assert suppression.is_suppressed(session, MAIL, "old@example.org")


def test_groups_made_since_are_the_same_groups(alice: Actor, db: Path) -> None:
    """Another tag may stand under the id meanwhile: a consent must not become one for it."""
    path = saved(db)
    with database.transaction() as session:
        cards.create(session, alice, {"first_name": "Ada", "email": "ada@example.org"})
        tags.add(session, alice, "Other")
        group = tags.add(session, alice, "Piano news", is_group=True).id
    say("ada@example.org", CONFIRMED, group_id=group)
    restored(path)
    with database.transaction() as session:
        found = session.exec(select(Tag).where(Tag.folded == "piano news")).one()
        contact = cards.create(session, alice, {"first_name": "Ada", "email": "ada@example.org"})
        lines = {one.group: one.state for one in card.lines(session, contact)}
    assert found.is_group and lines == {"": ConsentState.NONE, "Piano news": CONFIRMED}


def test_numbers_given_since_are_not_given_again(alice: Actor, db: Path) -> None:
    path = saved(db)
    with database.transaction() as session:
        number = cards.create(session, alice, {"first_name": "Ada"}).number
    restored(path)
    with database.transaction() as session:
        assert numbers.take(session) == number + 1


def test_erased_people_are_erased_in_the_backup_too(alice: Actor, bob: Actor, db: Path) -> None:
    number, other = world.fill(alice, bob)
    path = saved(db)
    before = erased(alice, number)
    done = restored(path)
    assert (done.carried.erasures, done.notes) == (1, [])
    with database.reading() as session:
        assert world.contact_of(session, number) is None and world.contact_of(session, other) is not None
        again = session.exec(select(Erasure)).one()
        assert (again.erased_at, again.counts, again.who) == (before.erased_at, before.counts, "Alice")
        assert {one.norm for one in world.ledger_of(session)} == {""}
        assert attachments.usage(session).missing == 0
        assert suppression.is_suppressed(session, MAIL, world.MAIL)
    database.dispose()
    assert {name for name in world.traces(db) if not name.startswith("exports")} == set()


def test_somebody_else_under_the_same_number_is_not_erased(alice: Actor, db: Path) -> None:
    """A backup of another installation: its number 1 is another person."""
    with database.transaction() as session:
        number = cards.create(session, alice, {"first_name": "Somebody", "email": "somebody@example.org"}).number
    path = saved(db)
    with database.transaction() as session:
        session.delete(session.exec(select(Contact)).one())
        session.flush()
        ada = cards.create(session, alice, {"first_name": "Ada", "email": "ada@example.org"})
        ada.number = number
        session.add(ada)
    erased(alice, number)
    done = restored(path)
    assert [one.params["numbers"] for one in done.notes] == [f"#{number}"]
    with database.reading() as session:
        assert cards.get(session, alice, number).first_name == "Somebody"


def test_requests_noted_since_are_there(alice: Actor, db: Path) -> None:
    path = saved(db)
    with database.transaction() as session:
        requests.add(session, alice, "access", asked_by="Ada by letter")
    assert restored(path).carried.requests == 1
    with database.reading() as session:
        assert [one.request.asked_by for one in requests.listing(session, alice)] == ["Ada by letter"]


def test_a_damaged_database_is_kept_and_said(alice: Actor, db: Path) -> None:
    path = saved(db)
    database.dispose()
    (db / "crm.sqlite").write_bytes(b"no database" * 1000)
    done = restored(path)
    assert done.kept is not None and done.kept.read_bytes().startswith(b"no database")
    assert len(done.notes) == 1 and done.kept.name in str(done.notes[0])


def test_a_failure_leaves_the_database_as_it_was(alice: Actor, db: Path, monkeypatch) -> None:
    path = saved(db)
    say("ada@example.org", REVOKED)
    monkeypatch.setattr(restoring, "_compact", lambda _: (_ for _ in ()).throw(RuntimeError))
    with pytest.raises(RuntimeError):
        restoring.restore(database.engine(), path)
    assert state("ada@example.org") is REVOKED
    assert list(db.glob("restore-*")) == []


def test_a_thousand_suppressed_addresses_in_all_spellings_stay_so(alice: Actor, db: Path) -> None:
    path = saved(db)
    with database.transaction() as session:
        people = [(MAIL, f"person{n}+tag@example.org") for n in range(500)]
        phones = [(Channel.SMS, f"+4917155{n:05}") for n in range(500)]
        suppression.add(session, [*people, *phones], SuppressionReason.REVOKED)
    restored(path)
    with database.reading() as session:
        for n in range(500):
            assert suppression.is_suppressed(session, MAIL, f" PERSON{n}+Tag@EXAMPLE.org"), n
            assert suppression.is_suppressed(session, Channel.SMS, f"0171 / 55-{n:05}"), n


def test_a_backup_of_an_older_schema_is_brought_up_to_date_and_no_further_copy_is_made(alice: Actor, db: Path) -> None:
    from alembic import command

    from crm_app.services import schema

    say("ada@example.org", CONFIRMED)
    path = saved(db)
    old = database.make_engine(f"sqlite:///{path}")
    command.downgrade(schema.config(old), "0016")
    old.dispose()
    say("ada@example.org", REVOKED)
    done = restored(path)
    assert done.carried.consents == 1 and not mailable("ada@example.org")
    assert [one.name for one in (db / "backups").glob("*.sqlite")] == [done.kept.name if done.kept else ""]
