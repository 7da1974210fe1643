import pytest
from sqlmodel import select

from crm_app.models import Contact, Relation
from crm_app.services import database, relations
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, timeline, trash
from crm_app.services.duplicates import merging, unmerging
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted

OPPOSITE = {"parent": "child", "payer": "student", "company": "person"}
EVERY = [*OPPOSITE.items(), *[(other, role) for role, other in OPPOSITE.items()]]


@pytest.fixture
def people(bob: Actor) -> tuple[int, int, int]:
    with database.transaction() as session:
        ada, eve, ida = (cards.create(session, bob, {"first_name": name}).number for name in ("Ada", "Eve", "Ida"))
        return ada, eve, ida


def add(actor: Actor, number: int, role: str, other: int) -> int:
    with database.transaction() as session:
        return relations.add(session, actor, cards.get(session, actor, number), role, other)


def seen(actor: Actor, number: int) -> list[tuple[str, int]]:
    with database.reading() as session:
        found = relations.of(session, actor, cards.get(session, actor, number))
        return [(one.role, one.contact.number) for one in found]


def noted(actor: Actor, number: int) -> list[tuple[str, str, int]]:
    with database.reading() as session:
        found = timeline.entries(session, cards.get(session, actor, number))
        return [(one.kind, one.data["role"], one.data["number"]) for one in found if one.kind.endswith("related")]


@pytest.mark.parametrize(("role", "opposite"), EVERY)
def test_each_side_shows_the_other_with_the_right_word_and_notes_it(
    role: str, opposite: str, people: tuple[int, int, int], bob: Actor
) -> None:
    ada, eve, _ = people
    assert add(bob, ada, role, eve) == add(bob, ada, role, eve) == add(bob, eve, opposite, ada)
    assert seen(bob, ada) == [(role, eve)] and seen(bob, eve) == [(opposite, ada)]
    assert noted(bob, ada) == [("related", role, eve)] and noted(bob, eve) == [("related", opposite, ada)]


def test_one_is_removed_and_brought_back(people: tuple[int, int, int], bob: Actor) -> None:
    ada, eve, _ = people
    id_ = add(bob, ada, "parent", eve)
    with database.transaction() as session:
        back = relations.remove(session, bob, cards.get(session, bob, ada), id_)
    assert back == ("parent", eve) and seen(bob, ada) == seen(bob, eve) == []
    assert noted(bob, eve)[0] == ("unrelated", "child", ada)
    add(bob, ada, *back)
    assert seen(bob, eve) == [("child", ada)]


def test_oneself_a_circle_and_unknown_roles_are_refused(people: tuple[int, int, int], bob: Actor) -> None:
    ada, eve, _ = people
    add(bob, ada, "parent", eve)
    for number, role, other, error in (
        (ada, "parent", ada, Invalid),
        (ada, "friend", eve, Invalid),
        (ada, "child", eve, Conflict),
        (ada, "parent", 999, NotFound),
    ):
        with pytest.raises(error):
            add(bob, number, role, other)
    add(bob, ada, "payer", eve)
    assert seen(bob, ada) == [("parent", eve), ("payer", eve)]


def test_a_viewer_changes_none_and_another_branch_gets_the_answer_for_a_missing_one(
    people: tuple[int, int, int], bob: Actor, victor: Actor, charlie: Actor
) -> None:
    ada, eve, ida = people
    id_, foreign = add(bob, ada, "parent", eve), add(bob, eve, "payer", ida)
    with pytest.raises(NotPermitted):
        add(victor, ada, "parent", ida)
    with pytest.raises(NotPermitted), database.transaction() as session:
        relations.remove(session, victor, cards.get(session, victor, ada), id_)
    with database.transaction() as session:
        theirs = cards.create(session, charlie, {"first_name": "Foreign"}).number
    with pytest.raises(NotFound):
        add(charlie, theirs, "parent", ada)
    for missing in (foreign, 999):
        with pytest.raises(NotFound), database.transaction() as session:
            relations.remove(session, bob, cards.get(session, bob, ada), missing)
    assert seen(bob, ada) == [("parent", eve)] and seen(charlie, theirs) == []


def test_a_contact_in_the_trash_is_not_shown_until_it_is_back(people: tuple[int, int, int], bob: Actor) -> None:
    ada, eve, _ = people
    add(bob, ada, "parent", eve)
    with database.transaction() as session:
        trash.put(session, bob, cards.get(session, bob, eve))
    assert seen(bob, ada) == []
    with database.transaction() as session:
        trash.restore(session, bob, [eve])
    assert seen(bob, ada) == [("parent", eve)]


def test_they_go_along_with_a_merge_and_come_back(people: tuple[int, int, int], bob: Actor) -> None:
    ada, eve, ida = people
    add(bob, ada, "parent", eve)
    with database.transaction() as session:
        merge = merging.merge(session, bob, ida, [ada]).id or 0
    assert seen(bob, ida) == [("parent", eve)] and seen(bob, eve) == [("child", ida)]
    with database.transaction() as session:
        unmerging.unmerge(session, bob, merge)
    assert seen(bob, ida) == [] and seen(bob, eve) == [("child", ada)]


def test_they_go_with_their_contact(people: tuple[int, int, int], bob: Actor) -> None:
    ada, eve, _ = people
    add(bob, ada, "parent", eve)
    with database.transaction() as session:
        session.delete(session.exec(select(Contact).where(Contact.number == eve)).one())
        session.flush()
        assert session.exec(select(Relation)).all() == []
