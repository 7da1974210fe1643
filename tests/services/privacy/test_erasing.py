"""A person is erased on request: out of every table and file, and they do not come back."""

from pathlib import Path

import pytest
from sqlalchemy import text as sql
from sqlmodel import select

from crm_app.jobs.imports import ERRANDS
from crm_app.models import (
    AuditEntry,
    Channel,
    ConsentState,
    Contact,
    Erasure,
    Job,
    JobState,
    PrivacyRequest,
    SuppressionReason,
)
from crm_app.services import database, errands, jobs
from crm_app.services.actor import Actor
from crm_app.services.consent import ledger, suppression
from crm_app.services.contacts import cards, listing, trash
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import Invalid, NotFound, NotPermitted
from crm_app.services.privacy import erasing
from tests.services.privacy import world


@pytest.fixture
def numbers(alice: Actor, bob: Actor) -> tuple[int, int]:
    return world.fill(alice, bob)


def start(actor: Actor, number: int, typed: str | None = None, request_id: int | None = None) -> Erasure:
    with database.transaction() as session:
        return erasing.start(session, actor, number, str(number) if typed is None else typed, request_id)


def work(done: Erasure) -> JobState | None:
    with database.transaction() as session:
        claim = jobs.claim(session, done.job_id or 0)
    assert claim is not None
    return errands.run(claim, ERRANDS, should_pause=lambda: False)


def erased(actor: Actor, number: int) -> Erasure:
    done = start(actor, number)
    assert work(done) is JobState.DONE
    with database.reading() as session:
        return session.get_one(Erasure, done.id)


@pytest.mark.sqlite_only
def test_nothing_of_the_person_is_left_in_any_file(numbers: tuple[int, int], alice: Actor, db: Path) -> None:
    before = world.traces(db)
    assert {"crm.sqlite"} < {name.split("-")[0] for name in before} and len(before) >= 3
    erased(alice, numbers[0])
    database.dispose()
    assert world.traces(db) == {}


def test_the_certificate_counts_and_names_nobody(numbers: tuple[int, int], alice: Actor) -> None:
    with database.reading() as session:
        looked = erasing.preview(session, alice, numbers[0])
    done = erased(alice, numbers[0])
    assert done.erased_at is not None and done.cleaned_at is not None and done.who == "Alice"
    for part in [*looked.goes, *looked.emptied]:
        assert done.counts[part.key] == part.count, part
    assert done.counts["contact"] == 1 and done.counts["quotes"] >= 4
    assert not {one for one in world.CANARIES if one.lower() in str(done.model_dump()).lower()}
    with database.reading() as session:
        audited = session.exec(select(AuditEntry)).all()
    assert {"person.erase.start", "person.erase", "consent.erase"} <= {one.action for one in audited}


def test_others_stay_as_they_were_but_for_the_address(numbers: tuple[int, int], alice: Actor) -> None:
    erased(alice, numbers[0])
    with database.reading() as session:
        other = cards.get(session, alice, numbers[1])
        assert other.email == "olga@example.org"
        assert len(listing.page(session, alice, ContactFilter(inactive=True)).contacts) == 1
        assert session.execute(sql("SELECT text FROM comment")).scalars().all() == ["Write to … too"]


def test_proof_of_consent_stays_without_the_person(numbers: tuple[int, int], alice: Actor) -> None:
    erased(alice, numbers[0])
    with database.reading() as session:
        rows = world.ledger_of(session)
        assert rows and {one.address + one.norm + one.source_name + one.ip for one in rows} == {""}
        assert {one.state for one in rows} >= {ConsentState.CONFIRMED, ConsentState.REVOKED}
        for address in (world.MAIL, world.SECOND, world.OLD, world.MAIL.upper()):
            why = suppression.reasons(session, [(Channel.EMAIL, address.lower())])
            assert why == {(Channel.EMAIL, address.lower()): {SuppressionReason.ERASED}}, address
            assert not ledger.is_mailable(session, Channel.EMAIL, address)
        assert suppression.is_suppressed(session, Channel.PHONE, "+49 171 9988776")


def test_nothing_is_sent_from_the_moment_it_was_asked_for(numbers: tuple[int, int], alice: Actor) -> None:
    start(alice, numbers[0])
    with database.reading() as session:
        assert cards.get(session, alice, numbers[0])
        assert not ledger.is_mailable(session, Channel.EMAIL, world.MAIL)


def test_the_request_is_answered_and_stays_without_who_asked(numbers: tuple[int, int], alice: Actor) -> None:
    with database.reading() as session:
        request_id = session.exec(select(PrivacyRequest.id)).one()
    done = start(alice, numbers[0], request_id=request_id)
    work(done)
    with database.reading() as session:
        request = session.get_one(PrivacyRequest, request_id)
        assert (request.asked_by, request.note, request.contact_number) == ("", "", numbers[0])
        assert (request.state, request.answered_by_id) == ("answered", alice.user_id)
        assert session.get_one(Erasure, done.id).request_id == request_id


def test_it_is_asked_for_once_and_begun_again_when_it_stopped(numbers: tuple[int, int], alice: Actor) -> None:
    first = start(alice, numbers[0])
    assert start(alice, numbers[0]).id == first.id
    with database.transaction() as session:
        jobs.cancel(session, session.get_one(Job, first.job_id))
    with database.transaction() as session:
        again = erasing.again(session, alice, first.id or 0)
        assert again.job_id != first.job_id
        assert erasing.again(session, alice, first.id or 0).job_id == again.job_id
    assert work(again) is JobState.DONE
    with database.transaction() as session:
        assert erasing.again(session, alice, first.id or 0).job_id == again.job_id


def test_a_second_run_after_a_kill_only_cleans(numbers: tuple[int, int], alice: Actor, monkeypatch) -> None:
    done = start(alice, numbers[0])
    with monkeypatch.context() as patched:
        patched.setattr(erasing, "clean", lambda _: (_ for _ in ()).throw(RuntimeError))
        assert work(done) is JobState.FAILED
    with database.reading() as session:
        half = session.get_one(Erasure, done.id)
        assert half.erased_at is not None and half.cleaned_at is None and half.counts["contact"] == 1
    with database.transaction() as session:
        again = erasing.again(session, alice, done.id or 0)
    assert work(again) is JobState.DONE
    with database.reading() as session:
        whole = session.get_one(Erasure, done.id)
        assert whole.cleaned_at is not None and whole.counts == half.counts


def test_an_address_that_others_share_stays_theirs(alice: Actor) -> None:
    family = "family@example.org"
    with database.transaction() as session:
        child = cards.create(session, alice, {"first_name": "Kim", "email": family}).number
        mother = cards.create(session, alice, {"first_name": "Mia", "email": family}).number
        ledger.record(session, alice, Channel.EMAIL, family, ConsentState.REVOKED, contact_number=child, group_id=7)
    with database.reading() as session:
        stays = [str(one) for one in erasing.preview(session, alice, child).stays]
    assert any(f"#{mother}" in one for one in stays)
    erased(alice, child)
    with database.reading() as session:
        assert cards.get(session, alice, mother).email == family
        assert not suppression.is_suppressed(session, Channel.EMAIL, family)
        assert ledger.state_of(session, Channel.EMAIL, family, 7) is ConsentState.REVOKED
        (entry,) = world.ledger_of(session)
        assert (entry.contact_number, entry.norm) == (None, family)


def test_somebody_in_the_trash_is_erased_too(alice: Actor) -> None:
    with database.transaction() as session:
        contact = cards.create(session, alice, {"first_name": "Tom", "email": "tom@example.org"})
        number = trash.put(session, alice, contact).number
    erased(alice, number)
    with database.reading() as session:
        assert world.contact_of(session, number) is None


@pytest.mark.parametrize("typed", ["", "yes", "99"])
def test_it_is_confirmed_by_typing_the_number(typed: str, numbers: tuple[int, int], alice: Actor) -> None:
    with pytest.raises(Invalid) as error:
        start(alice, numbers[0], typed)
    assert error.value.field == "typed"


def test_who_may_not_erases_nobody(numbers: tuple[int, int], bob: Actor, victor: Actor) -> None:
    for actor in (bob, victor):
        with pytest.raises(NotPermitted):
            start(actor, numbers[0])
        with database.reading() as session, pytest.raises(NotPermitted):
            erasing.preview(session, actor, numbers[0])
    with database.reading() as session:
        assert session.exec(select(Erasure)).all() == []


def test_another_branch_gets_the_answer_of_a_missing_one(
    numbers: tuple[int, int], alice: Actor, charlie: Actor
) -> None:
    elsewhere = Actor(charlie.user_id, "c", alice.permissions, charlie.branch_ids, charlie.branch_id)
    done = start(alice, numbers[0])
    with database.transaction() as session:
        for verb in (
            lambda number: erasing.preview(session, elsewhere, number),
            lambda number: erasing.start(session, elsewhere, number, str(number)),
        ):
            said = []
            for number in (numbers[0], 999):
                with pytest.raises(NotFound) as error:
                    verb(number)
                said.append(error.value.message.msgid)
            assert said[0] == said[1]
        for erasure_id in (done.id or 0, 999):
            for look in (erasing.get, erasing.again):
                with pytest.raises(NotFound):
                    look(session, elsewhere, erasure_id)
        assert erasing.listing(session, elsewhere) == []
        assert len(session.exec(select(Contact)).all()) == 2
