from dataclasses import replace

import pytest
from sqlmodel import Session, select

from crm_app.models import MAIN_BRANCH, AuditEntry, Branch, Contact, CustomField, FieldType, Role, Team, User
from crm_app.services import branches, database, sessions, users
from crm_app.services.actor import Actor
from crm_app.services.changes import actions
from crm_app.services.changes.start import preview
from crm_app.services.contacts import cards, columns, listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.handing_over import hand_over
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.filters import choices, subjects
from crm_app.services.filters.tree import Condition, Group
from tests.services.changes.test_changes import carried_out, undone

ELSEWHERE = 2


def as_signed_in(session: Session, actor: Actor) -> Actor:
    """The user as its session makes it: of the head office, it sees every branch."""
    user = session.get_one(User, actor.user_id)
    return sessions.actor_of(session, user, session.get_one(Role, user.role_id))


@pytest.fixture
def head(alice: Actor) -> Actor:
    with database.transaction() as session:
        return as_signed_in(session, alice)


@pytest.fixture
def two(head: Actor, charlie: Actor) -> tuple[int, int]:
    """The numbers of a contact of the head office and of one elsewhere."""
    with database.transaction() as session:
        mine = cards.create(session, head, {"first_name": "Ada", "owner": "bob@example.org"})
        return mine.number, cards.create(session, charlie, {"first_name": "Cleo", "owner": "Charlie"}).number


def found(actor: Actor, *conditions: Condition) -> list[int]:
    with database.reading() as session:
        wanted = ContactFilter(where=Group(items=conditions))
        return [one.number for one in listing.page(session, actor, wanted).contacts]


def test_the_head_office_adds_and_renames_them_and_the_audit_says_so(head: Actor) -> None:
    with database.transaction() as session:
        made = branches.add(session, head, "  North   Sea ")
        branches.rename(session, head, MAIN_BRANCH, "Berlin")
        branches.rename(session, head, MAIN_BRANCH, "Berlin")
        assert [one.name for one in branches.listing(session, head)] == ["Berlin", "Elsewhere", "North Sea"]
        entries = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [(one.action, one.data["branch"]) for one in entries] == [("branch.add", made.id), ("branch.rename", 1)]


@pytest.mark.parametrize("name", ["", "  ", "x" * 121, "elsewhere", "Head office", "a\u0000b"])
def test_a_name_is_given_and_its_own(head: Actor, name: str) -> None:
    with database.transaction() as session, pytest.raises(Invalid):
        branches.add(session, head, name)


def test_neither_a_branch_nor_somebody_without_the_right_changes_them(head: Actor, bob: Actor, charlie: Actor) -> None:
    theirs = replace(charlie, permissions=head.permissions)
    with database.transaction() as session:
        for actor in (bob, theirs):
            for act in (lambda one: branches.add(session, one, "X"), lambda one: branches.listing(session, one)):
                with pytest.raises(NotPermitted):
                    act(actor)
        with pytest.raises(NotFound):
            branches.rename(session, head, 99, "X")


def test_of_one_branch_alone_nothing_is_seen(head: Actor, alice: Actor, charlie: Actor) -> None:
    with database.transaction() as session:
        assert list(branches.seen(session, head).values()) == ["Head office", "Elsewhere"]
        assert branches.seen(session, alice) == branches.seen(session, charlie) == {}
        subject = subjects.known(session)[subjects.BRANCH]
        for actor, several in ((head, True), (alice, False), (charlie, False)):
            assert (columns.BRANCH in columns.known(session, actor)) == several
            assert bool(choices.of(session, actor, subject)) == several


def test_the_head_office_sees_and_filters_all_a_branch_its_own(
    two: tuple[int, int], head: Actor, charlie: Actor
) -> None:
    mine, theirs = two
    assert found(head) == [mine, theirs]
    assert found(head, Condition("branch_id", "any", ("2",))) == [theirs]
    assert found(head, Condition("branch_id", "none", ("2",))) == [mine]
    assert found(charlie) == found(charlie, Condition("branch_id", "any", ("2",))) == [theirs]
    assert found(charlie, Condition("branch_id", "any", ("1",))) == []


def test_a_contact_handed_over_leaves_who_cannot_see_it_there(
    two: tuple[int, int], head: Actor, bob: Actor, charlie: Actor
) -> None:
    _, theirs = two
    with database.transaction() as session:
        contact = cards.get(session, head, theirs)
        assert hand_over(session, head, contact, MAIN_BRANCH, seen=ELSEWHERE) == ELSEWHERE
        assert (contact.branch_id, contact.owner_id, contact.version) == (MAIN_BRANCH, None, 2)
        assert hand_over(session, head, contact, MAIN_BRANCH) == MAIN_BRANCH
        assert contact.version == 2
        with pytest.raises(NotFound):
            cards.get(session, charlie, theirs)
        with pytest.raises(Conflict):
            hand_over(session, head, contact, ELSEWHERE, seen=3)


def test_somebody_of_the_head_office_stays_responsible(two: tuple[int, int], head: Actor, bob: Actor) -> None:
    with database.transaction() as session:
        contact = cards.get(session, head, two[0])
        hand_over(session, head, contact, ELSEWHERE)
        assert contact.owner_id == bob.user_id


def test_nobody_hands_over_to_a_branch_they_do_not_see(two: tuple[int, int], alice: Actor, charlie: Actor) -> None:
    with database.transaction() as session:
        for actor, number, branch in ((charlie, two[1], 1), (charlie, two[1], 99), (alice, two[0], 2)):
            with pytest.raises(NotFound):
                hand_over(session, actor, cards.get(session, actor, number), branch)
        assert {one.branch_id for one in session.exec(select(Contact))} == {1, 2}


def test_a_key_of_its_own_is_nobodys_where_it_goes(two: tuple[int, int], head: Actor) -> None:
    mine, _ = two
    with database.transaction() as session:
        session.add(CustomField(key="card", label="Card", type=FieldType.TEXT, is_unique=True))
        session.flush()
        for number in two:
            cards.change(session, head, cards.get(session, head, number), {"card": "K1"})
    with database.transaction() as session:
        with pytest.raises(InvalidFields):
            hand_over(session, head, cards.get(session, head, mine), ELSEWHERE)
        moving = actions.hand_over(session, head, str(ELSEWHERE))
        assert preview(session, head, ContactFilter(), moving).changing == 0


def test_many_are_handed_over_and_taken_back(two: tuple[int, int], head: Actor, bob: Actor, charlie: Actor) -> None:
    id_ = carried_out(head, ContactFilter(), lambda session: actions.hand_over(session, head, "1"))
    with database.reading() as session:
        assert {(one.branch_id, one.owner_id) for one in session.exec(select(Contact))} == {(1, bob.user_id), (1, None)}
    undone(head, id_)
    with database.reading() as session:
        owners = {(one.branch_id, one.owner_id) for one in session.exec(select(Contact))}
    assert owners == {(1, bob.user_id), (2, charlie.user_id)}


@pytest.mark.parametrize("written", ["", "99", "x", "0"])
def test_a_branch_there_is_must_be_chosen_for_many(head: Actor, charlie: Actor, written: str) -> None:
    with database.transaction() as session:
        for actor in (head, charlie):
            with pytest.raises(Invalid):
                actions.hand_over(session, actor, written)
        with pytest.raises(Invalid):
            actions.hand_over(session, charlie, "1")


def test_an_account_goes_to_another_branch_and_leaves_its_team(head: Actor, bob: Actor, charlie: Actor) -> None:
    with database.transaction() as session:
        team = Team(name="North")
        session.add(team)
        session.flush()
        session.get_one(User, bob.user_id).team_id = team.id
        moved = users.move(session, head, bob.user_id or 0, ELSEWHERE)
        users.move(session, head, bob.user_id or 0, ELSEWHERE)
        assert (moved.branch_id, moved.team_id) == (ELSEWHERE, None)
        assert as_signed_in(session, bob).branch_ids == {ELSEWHERE}
        assert [one.action for one in session.exec(select(AuditEntry))] == ["user.branch"]
        with pytest.raises(NotPermitted):
            users.move(session, charlie, bob.user_id or 0, 1)
        with pytest.raises(Conflict):
            users.move(session, head, head.user_id or 0, ELSEWHERE)
        with pytest.raises(NotFound):
            users.move(session, head, bob.user_id or 0, 99)


def test_a_branch_can_be_made_where_there_was_one(alice: Actor) -> None:
    with database.transaction() as session:
        for one in session.exec(select(User).where(User.branch_id == ELSEWHERE)):
            one.branch_id = 1
        session.flush()
        session.delete(session.get_one(Branch, ELSEWHERE))
        session.flush()
        assert branches.seen(session, as_signed_in(session, alice)) == {}
        branches.add(session, as_signed_in(session, alice), "South")
        assert list(branches.seen(session, as_signed_in(session, alice)).values()) == ["Head office", "South"]
