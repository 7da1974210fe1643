"""Further e-mails, phones and links: added to the contact with their labels, and taken away again by an undo."""

import pytest
from sqlmodel import col, select

from crm_app.models import Contact, ContactPoint
from crm_app.services import database
from crm_app.services.contacts import cards, derived
from crm_app.services.errors import Invalid
from crm_app.services.imports import steps
from crm_app.services.imports.columns import InFile, WriteRule
from tests.services.imports.conftest import Flow, add_contact

HEAD = "Mail,Name,Mail 2,Work phone,Home phone,Page\n"
TARGETS = {
    "Mail": "email",
    "Name": "last_name",
    "Mail 2": "other_email",
    "Work phone": "other_phone",
    "Home phone": "other_phone",
    "Page": "other_link",
}


def points(id_: int) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(point.label, point.value) for point in cards.further_points(session, session.get_one(Contact, id_))]


def search_is_right(id_: int) -> bool:
    with database.reading() as session:
        contact = session.get_one(Contact, id_)
        norms = session.exec(
            select(ContactPoint.norm).where(ContactPoint.contact_id == id_, col(ContactPoint.kind) != "link")
        )
        return set(contact.search_text.split()) == set(derived.search_text(contact.model_dump(), norms.all()).split())


def test_they_are_added_with_their_labels_and_never_twice(flow: Flow) -> None:
    id_ = add_contact(email="ada@example.org", last_name="Byron")
    rows = HEAD + "ada@example.org,Byron,ada@work.example,030 901820,030 901820,example.org/ada\n"
    checked = flow.checked(rows, TARGETS)
    [row] = flow.rows(checked)
    assert row.changes["points"][1].startswith("Mail 2: ada@work.example; Work phone: ")
    assert flow.commit(checked) == {"update": 1}
    assert [label for label, _ in points(id_)] == ["Mail 2", "Work phone", "Page"]
    assert search_is_right(id_)
    assert flow.done(rows, TARGETS) == {"unchanged": 1}


def test_a_new_contact_gets_them_beside_its_first_ones(flow: Flow) -> None:
    rows = HEAD + "new@example.org,New,NEW@example.org,030 901820,030 7654321,\n"
    assert flow.done(rows, TARGETS) == {"create": 1}
    with database.reading() as session:
        [id_] = session.exec(select(Contact.id)).all()
    assert [label for label, _ in points(id_ or 0)] == ["Work phone", "Home phone"], (
        "the first e-mail is no further one"
    )
    assert search_is_right(id_ or 0)


def test_rows_find_a_contact_by_its_further_addresses(flow: Flow) -> None:
    flow.done(HEAD + "ada@example.org,Byron,ada@work.example,,,\n", TARGETS)
    assert flow.done("email,city\nada@work.example,Rome\n", match_key="email") == {"update": 1}


def test_an_undo_takes_away_exactly_those_it_added(flow: Flow) -> None:
    id_ = add_contact(email="ada@example.org", last_name="Byron")
    flow.done(HEAD + "ada@example.org,,first@work.example,,,\n", TARGETS)
    before = points(id_)
    done = flow.checked(
        HEAD + "ada@example.org,,first@work.example,030 901820,,\nb@example.org,B,,030 7654321,,\n", TARGETS
    )
    flow.commit(done)
    flow.work(steps.undo, done)
    assert points(id_) == before
    assert search_is_right(id_)
    assert flow.get(done).undo_counts == {"reversed": 2, "kept": 0, "impossible": 0}


def test_rows_put_together_bring_all_of_theirs(flow: Flow) -> None:
    rows = HEAD + "a@example.org,A,,030 901820,,\na@example.org,,,,030 7654321,\n"
    assert flow.done(rows, TARGETS, in_file=InFile.MERGE) == {"create": 1, "skip": 1}
    with database.reading() as session:
        [id_] = session.exec(select(Contact.id)).all()
    assert [label for label, _ in points(id_ or 0)] == ["Work phone", "Home phone"]


def test_they_are_only_ever_added(flow: Flow) -> None:
    id_ = flow.bring(HEAD + "a@example.org,A,,030 901820,,\n")
    with pytest.raises(Invalid, match="only ever added"):
        flow.map(id_, TARGETS, rules={"Mail 2": WriteRule.FILL})


def test_a_bad_one_waits_like_any_bad_cell(flow: Flow) -> None:
    checked = flow.checked(HEAD + "a@example.org,A,no address,,,\n", TARGETS)
    assert flow.outcomes(checked) == ["invalid"]
