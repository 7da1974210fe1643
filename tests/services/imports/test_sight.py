"""An import meets the contacts its maker sees: any other is as if it belonged to another branch."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlmodel import Session, select

from crm_app.models import Contact, Role, User
from crm_app.services import custom_fields, database, intake
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.errors import NotFound
from crm_app.services.fields.registry import FieldKind
from crm_app.services.imports import access, preview, steps, uploads
from crm_app.services.imports.columns import ColumnMapping, Options
from tests.services.imports.conftest import Flow, contacts

THEIRS = {"first_name": "Ada", "email": "ada@example.org", "owner": "alice@example.org"}


@pytest.fixture
def own(inline: None, alice: Actor, bob: Actor) -> Iterator[Flow]:
    """bob sees only his own contacts; alice has one."""
    with database.transaction() as session:
        session.exec(select(Role).where(Role.key == "staff")).one().sight = "own"
        cards.create(session, alice, THEIRS)
    yield Flow(replace(bob, owner_ids=frozenset({bob.user_id or 0})))


@pytest.mark.parametrize("key", ["email", "number"])
def test_a_row_that_means_a_hidden_contact_is_as_one_of_another_branch(own: Flow, session: Session, key: str) -> None:
    id_ = own.checked("number,email,city\n1,ada@example.org,Rom\n", match_key=key)
    if key == "number":
        assert own.counts(id_) == {"invalid": 1}
        return
    assert own.counts(id_) == {"create": 1}


def test_what_it_brings_in_belongs_to_its_maker(own: Flow, session: Session) -> None:
    assert own.done("first_name,email\nBea,bea@example.org\nAda,ada@example.org\n") == {"create": 2}
    owners = [one.owner_id for one in contacts(session)]
    assert owners == [
        session.exec(select(User.id).where(User.name == "Alice")).one(),
        own.actor.user_id,
        own.actor.user_id,
    ]


def test_an_owner_out_of_sight_is_refused_in_a_cell_and_as_a_default(own: Flow, alice: Actor) -> None:
    id_ = own.checked("first_name,owner\nBea,alice@example.org\nCleo,bob@example.org\n", match_key=None)
    assert own.counts(id_) == {"create": 1, "invalid": 1}
    with pytest.raises(InvalidFields):
        own.map(id_, owner=alice.user_id)


def test_the_value_of_a_key_is_taken_without_saying_by_whom(own: Flow, alice: Actor) -> None:
    with database.transaction() as session:
        card = custom_fields.create(session, alice, "Card", FieldKind.TEXT, ())
        card.is_unique = True
        session.add(card)
        session.flush()
        cards.change(session, alice, cards.get(session, alice, 1), {card.key: "K1"})
        with pytest.raises(InvalidFields) as refused:
            cards.create(session, own.actor, {"first_name": "Bea", card.key: "K1"})
        assert "1" not in str(refused.value.fields[card.key])
    id_ = own.checked(f"first_name,{card.key}\nBea,K1\n", match_key=None)
    (row,) = preview.page(uploads.place_of(own.get(id_))).rows
    assert row.outcome == "invalid" and "another contact" in str(row.reason)


def test_colleagues_imports_are_not_there(own: Flow, alice: Actor) -> None:
    theirs = Flow(alice).checked("first_name\nBea\n", match_key=None)
    mine = own.checked("first_name\nCleo\n", match_key=None)
    with database.reading() as session:
        assert [one.found.id for one in access.history(session, own.actor)[0]] == [mine]
        with pytest.raises(NotFound):
            access.get(session, own.actor, theirs)


def test_what_comes_from_outside_meets_every_contact_of_the_branch(own: Flow, alice: Actor) -> None:
    shop = Actor(None, "API", alice.permissions, branch_ids=alice.branch_ids, via="Shop")
    with database.transaction() as session:
        taken = intake.take(session, shop, intake.Arrival({"email": "ada@example.org", "city": "Rom"}, "shop"))
        assert taken.contact.number == 1
        assert session.exec(select(Contact)).one().city == "Rom"


def test_the_head_office_brings_a_file_in_for_a_branch(inline: None, alice: Actor, charlie: Actor) -> None:
    head = Flow(replace(alice, branch_ids=frozenset({1, 2})))
    with database.transaction() as session:
        cards.create(session, alice, {"first_name": "Ada", "email": "ada@example.org"})
        cards.create(session, charlie, {"first_name": "Bea", "email": "bea@example.org"})
    id_ = head.bring("email,city\nada@example.org,Rom\nbea@example.org,Rom\n")
    with database.transaction() as session:
        found = access.get(session, head.actor, id_)
        mapped = [ColumnMapping(n, name, name) for n, name in enumerate(found.read_out["headers"])]
        with pytest.raises(NotFound):
            steps.map_columns(session, alice, id_, mapped, Options(), branch_id=2)
        steps.map_columns(session, head.actor, id_, mapped, Options(match_key="email"), branch_id=2)
    head.work(steps.check, id_)
    assert head.commit(id_) == {"create": 1, "update": 1}
    with database.reading() as session:
        there = [(one.branch_id, one.email, one.city) for one in contacts(session)]
    assert there == [(1, "ada@example.org", None), (2, "bea@example.org", "Rom"), (2, "ada@example.org", "Rom")]
