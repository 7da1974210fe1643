"""The trash: out of everything, brought back as it was, gone for good after its time, and never by accident."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel, col, func, select

from crm_app.models import (
    AuditEntry,
    Contact,
    ContactPoint,
    ContactTag,
    Job,
    JobKind,
    Suppression,
)
from crm_app.models.base import now
from crm_app.services import database, exports, installation
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, listing, timeline, trash
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.duplicates import images, merging, similar, unmerging
from crm_app.services.errors import NotFound, NotPermitted
from crm_app.services.imports import finding

ANNA = {"first_name": "Anna", "last_name": "Nowak", "email": "anna@example.org", "external_id": "K-1", "tags": "VIP"}
EVERYBODY = ContactFilter(inactive=True)


@pytest.fixture
def anna(bob: Actor) -> int:
    with database.transaction() as session:
        cards.create(session, bob, {"first_name": "Bert"})
        return cards.create(session, bob, ANNA).number


def put(actor: Actor, number: int) -> None:
    with database.transaction() as session:
        trash.put(session, actor, cards.get(session, actor, number))


def restored(actor: Actor, *numbers: int) -> int:
    with database.transaction() as session:
        return trash.restore(session, actor, numbers)


def audits(session: Session, action: str) -> int:
    return len(session.exec(select(AuditEntry).where(AuditEntry.action == action)).all())


def test_it_is_out_of_lists_searches_counts_keys_duplicates_and_exports(
    anna: int, bob: Actor, alice: Actor, tmp_path: Path
) -> None:
    put(bob, anna)
    with database.reading() as session:
        assert [one.display_name for one in listing.page(session, bob, EVERYBODY).contacts] == ["Bert"]
        assert listing.count(session, bob, ContactFilter(query="anna", inactive=True)) == 0
        for key, value in (("email", "anna@example.org"), ("external_id", "K-1"), ("number", str(anna))):
            assert finding.find(session, bob, key, [value]) == {}
        assert cards.known_elsewhere(session, bob, {"email": "anna@example.org"}) == []
        assert similar.to_values(session, bob, {k: v for k, v in ANNA.items() if k != "tags"}) == []
        assert exports.write_csv(session, alice, tmp_path / "all.csv", ["number"]).rows == 1
        with pytest.raises(NotFound):
            cards.get(session, bob, anna)


def test_it_is_found_in_the_trash_with_who_and_when(anna: int, bob: Actor, charlie: Actor) -> None:
    put(bob, anna)
    with database.reading() as session:
        entry = trash.find(session, bob, anna)
        assert (entry.contact.display_name, entry.who) == ("Anna Nowak", "Bob")
        assert [one.contact.number for one in trash.page(session, bob, query="nowak").entries] == [anna]
        assert trash.page(session, bob, query="bert").total == 0
        assert trash.page(session, charlie).total == 0
        for number in (1, 999):
            with pytest.raises(NotFound):
                trash.find(session, bob, number)
        with pytest.raises(NotFound):
            trash.find(session, charlie, anna)


def test_it_comes_back_as_it_was(anna: int, bob: Actor) -> None:
    with database.reading() as session:
        before = cards.get(session, bob, anna).model_dump(exclude={"version", "updated_at"})
    put(bob, anna)
    assert restored(bob, anna) == 1
    assert restored(bob, anna) == 0
    with database.reading() as session:
        contact = cards.get(session, bob, anna)
        assert contact.model_dump(exclude={"version", "updated_at"}) == before
        assert [entry.kind for entry in timeline.entries(session, contact)] == ["restored", "trashed", "created"]
        assert [tag.name for tag in cards.tags_of(session, contact)] == ["VIP"]
        assert (audits(session, "contact.trash"), audits(session, "contact.restore")) == (1, 1)


def test_putting_it_there_again_changes_nothing(anna: int, bob: Actor) -> None:
    with database.transaction() as session:
        contact = cards.get(session, bob, anna)
        trash.put(session, bob, contact)
        at = contact.trashed_at
        trash.put(session, bob, contact)
        assert contact.trashed_at == at
        assert audits(session, "contact.trash") == 1


def test_who_may_only_look_moves_nothing_and_staff_deletes_nothing(anna: int, bob: Actor, victor: Actor) -> None:
    with database.transaction() as session, pytest.raises(NotPermitted):
        trash.put(session, victor, cards.get(session, victor, anna))
    put(bob, anna)
    with database.transaction() as session:
        with pytest.raises(NotPermitted):
            trash.restore(session, victor, [anna])
        with pytest.raises(NotPermitted):
            trash.delete_for_good(session, bob, [anna])
        assert trash.find(session, bob, anna)


def test_what_another_branch_has_in_the_trash_stays_there(anna: int, bob: Actor, charlie: Actor) -> None:
    put(bob, anna)
    assert restored(charlie, anna) == 0
    with database.reading() as session:
        assert trash.find(session, bob, anna)


def test_deleted_for_good_leaves_nothing_and_no_hash(anna: int, bob: Actor, alice: Actor) -> None:
    put(bob, anna)
    with database.transaction() as session:
        id_ = session.exec(select(Contact.id).where(Contact.number == anna)).one()
        assert trash.delete_for_good(session, alice, [anna, 1]) == 1
    with database.reading() as session:
        for place in (*images.MOVED, *images.MADE_ANEW, *images.DROPPED):
            name, column = place.split(".")
            table = SQLModel.metadata.tables[name]
            assert not session.execute(select(table).where(table.c[column] == id_)).all(), place
        assert session.exec(select(Contact.number)).all() == [1]
        assert not session.exec(select(Suppression)).all()
        assert not session.exec(select(ContactPoint)).all() and not session.exec(select(ContactTag)).all()
        assert audits(session, "contact.delete") == 1
        assert listing.count(session, bob, ContactFilter(query="nowak", inactive=True)) == 0


def test_after_the_days_of_the_settings_it_goes_by_itself(anna: int, bob: Actor, alice: Actor) -> None:
    put(bob, anna)
    assert trash.purge(now() + timedelta(days=29)) == 0
    with database.transaction() as session:
        installation.change(session, alice, trash_days="0")
    assert trash.purge(now() + timedelta(days=3000)) == 0
    with database.transaction() as session:
        installation.change(session, alice, trash_days="30")
    assert trash.purge(now() + timedelta(days=31)) == 1
    assert trash.purge(now() + timedelta(days=31)) == 0
    with database.reading() as session:
        assert session.exec(select(func.count()).select_from(Contact)).one() == 1


def test_the_trash_is_paged_last_come_first(bob: Actor) -> None:
    with database.transaction() as session:
        numbers = [cards.create(session, bob, {"first_name": f"P{n}"}).number for n in range(5)]
        at = now()
        for contact in session.exec(select(Contact).order_by(col(Contact.id))).all():
            trash.put(session, bob, contact)
            contact.trashed_at = at if contact.number > 2 else at - timedelta(days=1)
            session.add(contact)
    seen, after = [], None
    with database.reading() as session:
        while True:
            page = trash.page(session, bob, after=after, limit=2)
            seen += [entry.contact.number for entry in page.entries]
            assert page.total == 5
            if (after := page.after) is None:
                break
    assert seen == sorted(numbers, reverse=True)


def test_a_merged_number_leads_into_the_trash_and_the_merge_waits_there(anna: int, bob: Actor, alice: Actor) -> None:
    with database.transaction() as session:
        made = merging.merge(session, bob, anna, [1])
        merge_id = made.id or 0
    put(bob, anna)
    with database.transaction() as session:
        assert merging.kept_number(session, bob, 1) == anna
        with pytest.raises(NotFound):
            unmerging.unmerge(session, bob, merge_id)
    restored(bob, anna)
    with database.transaction() as session:
        assert len(unmerging.unmerge(session, bob, merge_id)) == 1


def test_emptying_is_durable_work_and_asked_for_by_who_may(anna: int, bob: Actor, alice: Actor) -> None:
    put(bob, anna)
    with database.transaction() as session:
        with pytest.raises(NotPermitted):
            trash.start_emptying(session, bob)
        job = trash.start_emptying(session, alice)
        assert trash.start_emptying(session, alice).id == job.id
        assert session.get_one(Job, job.id).kind == JobKind.EMPTY_TRASH
