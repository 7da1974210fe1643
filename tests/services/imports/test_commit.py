import json
from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from crm_app.models import (
    AuditEntry,
    Contact,
    ContactPoint,
    ContactSource,
    ContactTag,
    ImportRow,
    ImportState,
    JobState,
    LeadStatus,
    Tag,
)
from crm_app.services import database
from crm_app.services.contacts import derived
from crm_app.services.imports import steps
from tests.services.imports.conftest import Flow, add_contact, contacts

PEOPLE = (
    "external_id,first_name,last_name,email,phone,birth_date,tags\n"
    '1,Jürgen,Müller,j@example.org,030 1234567,10.12.1980,"VIP, Kurs"\n'
    "2,Ewa,Żak,ewa@example.org,,,\n"
)


def test_new_contacts_come_with_everything_that_belongs_to_them(flow: Flow, session) -> None:
    id_ = flow.checked(PEOPLE, tags=("Messe",))
    assert flow.commit(id_) == {"create": 2}
    juergen, ewa = contacts(session)
    assert (juergen.number, juergen.first_name, juergen.birth_date) == (1, "Jürgen", date(1980, 12, 10))
    assert (juergen.version, juergen.branch_id, juergen.lifecycle, juergen.active) == (1, 1, "contact", True)
    assert juergen.created_at.tzinfo is not None
    assert juergen.custom == {}
    norms = session.exec(select(ContactPoint.norm).where(ContactPoint.contact_id == juergen.id)).all()
    assert set(norms) == {"j@example.org", "+49301234567"}
    source = session.exec(select(ContactSource).where(ContactSource.contact_id == ewa.id)).one()
    assert (source.source, source.external_id) == ("import", "2")
    query = select(Tag.name).join(ContactTag).where(ContactTag.contact_id == juergen.id).order_by(col(Tag.name))
    assert session.exec(query).all() == ["Kurs", "Messe", "VIP"]


def test_derived_values_are_those_of_the_form(flow: Flow, session) -> None:
    flow.done(PEOPLE)
    for contact in contacts(session):
        norms = session.exec(
            select(ContactPoint.norm).where(
                ContactPoint.contact_id == contact.id, col(ContactPoint.kind).in_(["email", "phone"])
            )
        ).all()
        assert contact.search_text == derived.search_text(contact.model_dump(), norms)
        assert contact.sort_name == derived.sort_name(contact.model_dump())


@pytest.mark.sqlite_only
def test_new_and_changed_contacts_are_found_by_full_text(flow: Flow, session) -> None:
    flow.done(PEOPLE)
    flow.done("external_id,last_name\n2,Kowalska\n")

    def hits(word: str) -> int:
        query = text("SELECT count(*) FROM contact_search WHERE contact_search MATCH :word")
        session.rollback()
        return session.execute(query, {"word": f'"{word}"'}).scalar_one()

    assert [hits("uel"), hits("kow"), hits("zak")] == [1, 1, 0]
    session.execute(text("INSERT INTO contact_search(contact_search) VALUES ('integrity-check')"))


def test_an_update_writes_exactly_the_planned_fields_and_their_points(flow: Flow, session) -> None:
    flow.done(PEOPLE)
    id_ = flow.checked("external_id,email,city\n1,neu@example.org,Berlin\n")
    assert flow.commit(id_) == {"update": 1}
    juergen = contacts(session)[0]
    assert (juergen.email, juergen.city, juergen.last_name, juergen.version) == (
        "neu@example.org",
        "Berlin",
        "Müller",
        2,
    )
    points = session.exec(select(ContactPoint.norm).where(ContactPoint.contact_id == juergen.id)).all()
    assert sorted(points) == ["+49301234567", "neu@example.org"]
    proof = session.exec(select(ImportRow).where(ImportRow.import_id == id_)).one()
    assert proof.changes == {"email": ["j@example.org", "neu@example.org"], "city": [None, "Berlin"]}
    assert (proof.row, proof.outcome, proof.version, proof.contact_id) == (2, "update", 2, juergen.id)


def test_tags_given_by_an_update_stand_in_its_proof_as_ids(flow: Flow, session) -> None:
    flow.done(PEOPLE)
    id_ = flow.checked("external_id,tags\n2,Neu\n")
    flow.commit(id_)
    tag = session.exec(select(Tag).where(Tag.folded == "neu")).one()
    proof = session.exec(select(ImportRow).where(ImportRow.import_id == id_)).one()
    assert proof.changes == {"tags": [[], [tag.id]]}


def test_the_same_file_again_changes_nothing(flow: Flow, session) -> None:
    flow.done(PEOPLE, tags=("Messe",))
    before = [contact.model_dump() for contact in contacts(session)]
    assert flow.done(PEOPLE, tags=("Messe",)) == {"unchanged": 2}
    session.expire_all()
    assert [contact.model_dump() for contact in contacts(session)] == before


def test_a_contact_that_appeared_since_the_check_is_updated_not_doubled(flow: Flow, session) -> None:
    id_ = flow.checked("email,first_name\nada@example.org,Ada\n")
    add_contact(first_name="Augusta", email="ada@example.org")
    assert flow.commit(id_) == {"update": 1}
    assert [c.first_name for c in contacts(session)] == ["Ada"]
    found = flow.get(id_)
    assert found.replanned == 1
    row = flow.rows(id_, only_replanned=True)[0]
    assert (row.planned, row.outcome) == ("create", "update")
    assert row.changes == {"first_name": ("Augusta", "Ada")}


def test_two_contacts_that_appeared_since_the_check_are_a_conflict(flow: Flow) -> None:
    id_ = flow.checked("email,first_name\nada@example.org,Ada\n")
    add_contact(first_name="A", email="ada@example.org")
    add_contact(first_name="B", email="ada@example.org")
    assert flow.commit(id_) == {"conflict": 1}


def test_a_contact_changed_since_the_check_is_planned_again(flow: Flow, session) -> None:
    contact_id = add_contact(first_name="Ada", email="ada@example.org", city="Rome")
    id_ = flow.checked("email,city\nada@example.org,Paris\n")
    with database.transaction() as writing:
        writing.execute(text("UPDATE contact SET city = 'Bern', version = 2"))
    flow.commit(id_)
    assert flow.get(id_).replanned == 1
    proof = session.exec(select(ImportRow).where(ImportRow.import_id == id_)).one()
    assert (proof.changes, proof.contact_id) == ({"city": ["Bern", "Paris"]}, contact_id)


def test_a_contact_deleted_since_the_check_comes_back_as_new_or_waits_without_a_name(flow: Flow) -> None:
    for number in ("1", "2"):
        add_contact(first_name="Ada", external_id=number)
    id_ = flow.checked("external_id,first_name,city\n1,Ada,Paris\n2,,Rome\n")
    with database.transaction() as writing:
        writing.execute(text("DELETE FROM contact"))
    assert flow.commit(id_) == {"create": 1, "invalid": 1}


def test_a_status_removed_since_the_check_stops_its_rows_only(flow: Flow, session) -> None:
    id_ = flow.checked("first_name,status\nAda,Won\nBea,New\n")
    with database.transaction() as writing:
        writing.delete(writing.exec(select(LeadStatus).where(LeadStatus.folded == "won")).one())
    assert flow.commit(id_) == {"create": 1, "invalid": 1}


def test_cancelled_in_the_middle_keeps_what_is_in_and_goes_on_later(flow: Flow, session, monkeypatch) -> None:
    from crm_app.services.imports import pace

    monkeypatch.setattr(pace, "FIRST", 10)
    monkeypatch.setattr(pace, "LARGEST", 10)
    monkeypatch.setattr(pace, "SMALLEST", 10)
    text_ = "first_name\n" + "".join(f"Person {n}\n" for n in range(35))
    id_ = flow.checked(text_)

    def stop_after_two(done: int, _total: int) -> None:
        if done == 20:
            with database.transaction() as writing:
                steps.cancel(writing, flow.actor, id_)

    assert flow.work(steps.commit, id_, on_progress=stop_after_two) is JobState.CANCELLED
    assert flow.state(id_) is ImportState.CANCELLED
    assert len(contacts(session)) == 20
    assert flow.commit(id_) == {"create": 35}
    assert [c.first_name for c in contacts(session)] == [f"Person {n}" for n in range(35)]
    assert session.exec(select(ImportRow.row).order_by(col(ImportRow.row))).all() == list(range(2, 37))


def test_a_commit_is_audited_with_counts_and_without_names(flow: Flow, session) -> None:
    flow.done(PEOPLE)
    entry = session.exec(select(AuditEntry).where(AuditEntry.action == "import")).one()
    assert (entry.user_id, entry.data["create"], entry.data["rows"]) == (flow.actor.user_id, 2, 2)
    assert "Müller" not in json.dumps(entry.data, ensure_ascii=False)


def test_numbers_are_never_used_twice_and_follow_the_file(flow: Flow, session) -> None:
    add_contact(first_name="Zero")
    flow.done("first_name\nA\nB\n")
    assert [(c.number, c.first_name) for c in contacts(session)] == [(1, "Zero"), (2, "A"), (3, "B")]


@pytest.mark.parametrize("column", ["id", "version", "branch_id", "search_text", "password_hash"])
def test_no_column_reaches_what_is_not_a_field(flow: Flow, column: str) -> None:
    from crm_app.services.errors import Invalid

    id_ = flow.bring(f"first_name,{column}\nAda,1\n")
    with pytest.raises(Invalid):
        flow.map(id_)


def test_lifecycle_of_new_contacts_can_be_chosen(flow: Flow, session) -> None:
    flow.done("first_name\nAda\n", lifecycle="lead")
    assert session.exec(select(Contact.lifecycle)).all() == ["lead"]
