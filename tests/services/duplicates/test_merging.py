from datetime import date

import pytest
from sqlmodel import Session, select

from crm_app.models import (
    Activity,
    AuditEntry,
    Contact,
    ContactPoint,
    ContactSource,
    Import,
    ImportRow,
    Relation,
    RelationKind,
)
from crm_app.services import database
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.contacts import cards, listing, timeline
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.duplicates import images, merging, unmerging
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.imports.undo_ties import referring
from tests.services.duplicates.conftest import Make, searched, shown

ANNA = {"first_name": "Anna", "last_name": "Kowalczyk", "email": "anna@example.org", "tags": "VIP, Kurs"}
ANIA = {
    "first_name": "Ania", "last_name": "Kowalczyk", "email": "ania@example.com", "phone": "030 901820",
    "birth_date": "17.05.1980", "city": "Berlin", "tags": "Kurs, Messe", "notes": "ruft zurück", "external_id": "K-7",
    "website": "https://ania.example.com",
}  # fmt: skip


def merge(actor: Actor, kept: int, *others: int, **wishes: int) -> int:
    with database.transaction() as session:
        return merging.merge(session, actor, kept, others, wishes).id or 0


def get(number: int, actor: Actor = SYSTEM) -> Contact:
    with database.reading() as session:
        return cards.get(session, actor, number)


def points(session: Session, contact: Contact) -> set[tuple[str, str, bool]]:
    rows = session.exec(select(ContactPoint).where(ContactPoint.contact_id == contact.id))
    return {(row.label, row.norm, row.primary) for row in rows}


def test_one_contact_is_left_with_what_both_had(make: Make, bob: Actor) -> None:
    make(**ANNA), make(**ANIA)
    merge(bob, 1, 2)
    with database.reading() as session:
        (contact,) = session.exec(select(Contact)).all()
        assert (contact.number, contact.first_name, contact.email) == (1, "Anna", "anna@example.org")
        assert (contact.city, contact.birth_date, contact.external_id) == ("Berlin", date(1980, 5, 17), "K-7")
        assert (contact.notes, contact.phone) == ("ruft zurück", "030 901820")
        assert {tag.name for tag in cards.tags_of(session, contact)} == {"VIP", "Kurs", "Messe"}
        assert points(session, contact) == {
            ("email", "anna@example.org", True),
            ("email", "ania@example.com", False),
            ("phone", "+4930901820", True),
            ("website", "ania.example.com", True),
        }
        assert contact.version == 2


def test_it_is_found_by_everything_the_others_were_found_by(make: Make, bob: Actor) -> None:
    make(**ANNA), make(**ANIA)
    merge(bob, 1, 2)
    for query in ("anna", "ania@example.com", "berlin", "901820", "k-7"):
        with database.reading() as session:
            page = listing.page(session, bob, ContactFilter(query=query))
        assert [one.number for one in page.contacts] == [1], query


def test_fields_are_taken_from_whom_one_wishes(make: Make, bob: Actor) -> None:
    make(**ANNA), make(**ANIA)
    with database.reading() as session:
        choices = {one.field: one for one in merging.choices(session, bob, 1, [2])}
    assert choices["first_name"].values == {1: "Anna", 2: "Ania"}
    assert choices["first_name"].suggested == 1
    assert choices["city"].suggested == 2
    assert not choices["city"].is_conflict
    assert "last_name" not in choices
    merge(bob, 1, 2, first_name=2, email=2, city=1)
    with database.reading() as session:
        contact = cards.get(session, bob, 1)
        assert (contact.first_name, contact.email, contact.city) == ("Ania", "ania@example.com", None)
        assert {("email", "ania@example.com", True), ("email", "anna@example.org", False)} <= points(session, contact)


def test_texts_can_stand_together(make: Make, bob: Actor) -> None:
    make(**ANNA, notes="mag Tee"), make(**ANIA)
    merge(bob, 1, 2)
    assert get(1).notes == "mag Tee\n\nruft zurück"


def test_the_fuller_form_of_a_name_is_proposed(make: Make, bob: Actor) -> None:
    make(first_name="A.", last_name="Kowalczyk", email="a@example.org"), make(**ANIA)
    merge(bob, 1, 2)
    assert get(1).first_name == "Ania"


def test_the_old_number_leads_to_the_kept_contact_also_over_two_merges(make: Make, bob: Actor, charlie: Actor) -> None:
    make(**ANNA), make(**ANIA), make(**ANNA)
    merge(bob, 2, 1)
    merge(bob, 3, 2)
    with database.reading() as session:
        assert [merging.kept_number(session, bob, number) for number in (1, 2, 3, 99)] == [3, 3, None, None]
        assert merging.kept_number(session, charlie, 1) is None
        with pytest.raises(NotFound):
            cards.get(session, bob, 1)


def test_timeline_and_audit_tell_it(make: Make, bob: Actor) -> None:
    make(**ANNA), make(**ANIA)
    made = merge(bob, 1, 2)
    with database.reading() as session:
        newest, *older = timeline.entries(session, cards.get(session, bob, 1))
        audit = session.exec(select(AuditEntry).where(AuditEntry.action == "contact.merge")).one()
    assert (newest.kind, newest.who, newest.data["numbers"], newest.data["merge"]) == ("merged", "Bob", [2], made)
    assert newest.data["changes"]["city"] == [None, "Berlin"]
    assert [entry.kind for entry in older] == ["created", "created"]
    assert audit.data == {"merge": made, "contacts": 2, "consents": 0}


def test_sources_relations_and_import_rows_come_along(make: Make, bob: Actor) -> None:
    make(**ANNA), make(**ANIA), make(first_name="Mama")
    with database.transaction() as session:
        one, two, mother = (cards.id_of(cards.get(session, bob, number)) for number in (1, 2, 3))
        session.add(Import(id=1, folder="f", file_name="f.csv"))
        session.flush()
        session.add(ImportRow(import_id=1, row=2, outcome="create", contact_id=two))
        for ends in ((mother, one), (mother, two), (one, two)):
            session.add(Relation(contact_id=ends[0], other_id=ends[1], kind=RelationKind.PARENT))
    merge(bob, 1, 2)
    with database.reading() as session:
        assert session.exec(select(ImportRow.contact_id)).one() == one
        assert [(row.contact_id, row.other_id) for row in session.exec(select(Relation))] == [(mother, one)]
        assert set(session.exec(select(ContactSource.contact_id))) == {one, mother}
        assert set(session.exec(select(Activity.contact_id))) == {one, mother}


def test_every_foreign_key_to_a_contact_is_thought_of() -> None:
    there = {f"{column.table.name}.{column.name}" for column in referring("contact")}
    assert there == {*images.MOVED, *images.MADE_ANEW, *images.DROPPED}


def test_the_group_goes_with_the_merge(make: Make, bob: Actor) -> None:
    for _ in range(2):
        make(**ANNA)
    make(**ANIA), make(**ANIA)
    assert len(searched()) >= 1
    merge(bob, 1, 2, 3, 4)
    assert shown() == []


def test_a_no_to_the_privacy_notice_wins(make: Make, bob: Actor) -> None:
    make(**ANNA, privacy_accepted="yes"), make(**ANIA, privacy_accepted="no")
    merge(bob, 1, 2)
    assert get(1).privacy_accepted is False


def test_who_may_not_or_sees_them_not_is_refused(make: Make, bob: Actor, victor: Actor, charlie: Actor) -> None:
    make(**ANNA), make(**ANIA), make(charlie, **ANNA)
    with pytest.raises(NotPermitted):
        merge(victor, 1, 2)
    for actor, numbers in ((charlie, (1, 2)), (charlie, (3, 1)), (bob, (1, 3)), (bob, (1, 99))):
        with pytest.raises(NotFound, match=r"There is no contact with the number"):
            merge(actor, *numbers)
    with pytest.raises(Invalid, match="different branches"):
        merge(SYSTEM, 1, 3)
    for numbers in ((1,), (1, 1), (1, 2, 2)):
        with pytest.raises(Invalid, match="at least two"):
            merge(bob, *numbers)
    assert get(1).version == get(2).version == 1


def test_what_is_no_choice_is_refused(make: Make, bob: Actor) -> None:
    make(**ANNA), make(**ANIA)
    for wishes in ({"first_name": 3}, {"number": 2}, {"version": 2}, {"search_text": 2}, {"first_name": 0}):
        with pytest.raises(Invalid):
            merge(bob, 1, 2, **wishes)


def test_who_looked_at_an_older_version_is_told(make: Make, bob: Actor) -> None:
    make(**ANNA), make(**ANIA)
    with database.transaction() as session:
        cards.change(session, bob, cards.get(session, bob, 2), {"city": "Bonn"})
    with pytest.raises(Conflict, match="contact 2 meanwhile"), database.transaction() as session:
        merging.merge(session, bob, 1, [2], versions={1: 1, 2: 1})


def test_merging_twice_is_refused_the_second_time(make: Make, bob: Actor) -> None:
    make(**ANNA), make(**ANIA)
    made = merge(bob, 1, 2)
    with pytest.raises(NotFound):
        merge(bob, 1, 2)
    with database.transaction() as session:
        unmerging.unmerge(session, bob, made)
    assert get(2).first_name == "Ania"
