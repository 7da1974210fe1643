"""Who sees only the own or the team's contacts sees exactly these, at every door; what is hidden is as if missing."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import inspect
from sqlmodel import Session, func, select

from crm_app import settings
from crm_app.models import (
    Channel,
    Contact,
    Message,
    MessageKind,
    MessageState,
    Notice,
    Permission,
    Relation,
    RelationKind,
    Role,
    Team,
    User,
)
from crm_app.services import (
    attachments,
    comments,
    database,
    events,
    exports,
    notices,
    overview,
    relations,
    reviewing,
    segments,
    sessions,
    tasks,
)
from crm_app.services.actor import Actor
from crm_app.services.changes import actions
from crm_app.services.changes import start as changes
from crm_app.services.contacts import cards, editing, lanes, listing, owning, trash
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.duplicates import batch, groups, merging, ruled_out, similar
from crm_app.services.errors import CRMError, NotFound
from crm_app.services.filters.tree import Condition, Group
from crm_app.services.messages import outbox
from crm_app.services.privacy import erasing, exporting, requests
from tests.conftest import add_user
from tests.services.duplicates.conftest import searched

OWN, MATE, OTHER, NOBODY = 1, 2, 3, 4  # numbers of the contacts, by whose they are
MISSING = 99
SEEN = {"own": {OWN}, "team": {OWN, MATE}, "all": {OWN, MATE, OTHER, NOBODY}}
SIGHTS = list(SEEN)


def actor_of(session: Session, user_id: int | None, sight: str = "") -> Actor:
    """The user as a session makes it, with every right; with another sight of its role."""
    user = session.get_one(User, user_id)
    role = session.get_one(Role, user.role_id)
    role = role.model_copy(update={"sight": sight or role.sight})
    return replace(sessions.actor_of(session, user, role), permissions=frozenset(Permission))


@pytest.fixture
def office(alice: Actor, bob: Actor) -> Actor:
    """bob and dan are a team, alice is none of it: a contact of each, and one of nobody."""
    with database.transaction() as session:
        team = Team(name="North")
        session.add(team)
        session.flush()
        dan = add_user(session, "dan", "staff", team_id=team.id)
        session.get_one(User, bob.user_id).team_id = team.id
        for owner in ("bob@example.org", dan.email, "alice@example.org", ""):
            texts = {"first_name": "Anna", "last_name": "Kowalczyk", "email": "anna@example.org", "lifecycle": "lead"}
            cards.create(session, alice, {**texts, "owner": owner})
    return bob


def seer(session: Session, office: Actor, sight: str) -> Actor:
    return actor_of(session, office.user_id, sight)


def numbers(found: Iterable[Contact | None]) -> set[int]:
    return {one.number for one in found if one is not None}


# What shows contacts: the numbers of those that are there.


def listed(session: Session, actor: Actor) -> set[int]:
    page = listing.page(session, actor, ContactFilter())
    assert page.total == len(page.contacts) == listing.count(session, actor, ContactFilter())
    return numbers(page.contacts)


def sought(session: Session, actor: Actor) -> set[int]:
    return numbers(listing.page(session, actor, ContactFilter(query="kowalczyk")).contacts)


def filtered(session: Session, actor: Actor) -> set[int]:
    everybody = Group(items=(Condition("email", "is", ("anna@example.org",)),))
    return numbers(listing.page(session, actor, ContactFilter(where=everybody)).contacts)


def of_a_segment(session: Session, actor: Actor) -> set[int]:
    made = segments.save(session, actor, "Leads", ContactFilter.from_params({"lifecycle": "lead"}))
    return numbers(listing.page(session, actor, ContactFilter(segment_id=made.id)).contacts)


def on_the_board(session: Session, actor: Actor) -> set[int]:
    found = lanes.lanes(session, actor, ContactFilter(board=True), {})
    there = [contact for lane in found for contact in lane.contacts]
    assert sum(lane.total for lane in found) == len(there)
    return numbers(there)


def exported(session: Session, actor: Actor) -> set[int]:
    path = settings.get().data_dir / "out.csv"
    exports.write_csv(session, actor, path, ["number"])
    return {int(row["number"]) for row in csv.DictReader(path.read_text("utf-8-sig").splitlines())}


def reviewed(session: Session, actor: Actor) -> set[int]:
    step, met = reviewing.restart(session, actor, ContactFilter()), set()
    while step.contact is not None:
        met.add(step.contact.number)
        step = reviewing.advance(session, actor, ContactFilter(), step.contact.number)
    return met


def known_elsewhere(session: Session, actor: Actor) -> set[int]:
    return numbers(cards.known_elsewhere(session, actor, {"email": "anna@example.org"}))


def likely(session: Session, actor: Actor) -> set[int]:
    found = similar.to_values(session, actor, {"email": "anna@example.org", "last_name": "Kowalczyk"})
    return numbers(one.contact for one in found)


def to_be_changed(session: Session, actor: Actor) -> set[int]:
    found = changes.preview(session, actor, ContactFilter(), actions.set_field(session, actor, "city", "Rom"))
    job = changes.start(session, actor, ContactFilter(), actions.set_field(session, actor, "city", "Rom"))
    assert found.meant == job.total
    order = changes.Order.of(session.get_one(changes.Import, job.subject_id))
    return set(session.exec(select(Contact.number).where(*order.conditions(session))))


def with_messages(session: Session, actor: Actor) -> set[int]:
    for contact in session.exec(select(Contact)).all():
        values = {"kind": MessageKind.SINGLE, "channel": Channel.EMAIL, "state": MessageState.FAILED}
        session.add(Message(**values, contact_id=contact.id, message_id=f"m{contact.id}"))
    session.flush()
    return numbers(contact for _, contact in outbox.listing(session, actor, [MessageState.FAILED]))


def with_tasks(session: Session, actor: Actor) -> set[int]:
    whole = actor_of(session, actor.user_id, "all")
    alice = session.exec(select(User.id).where(User.name == "Alice")).one()
    for contact in session.exec(select(Contact)).all():
        about = {"title": "Call", "day": "2026-03-01", "contact": str(contact.number), "assignee": str(alice)}
        tasks.add(session, replace(whole, user_id=None), about)
    return numbers(row.contact for row in tasks.of_colleagues(session, actor))


def with_events(session: Session, actor: Actor) -> set[int]:
    alice = actor_of(session, session.exec(select(User.id).where(User.name == "Alice")).one())
    for contact in session.exec(select(Contact)).all():
        texts = {"title": "Visit", "day": "2026-03-01", "time": "10:00", "contact": str(contact.number)}
        events.add(session, alice, texts)
    found = events.between(session, actor, date(2026, 3, 1), date(2026, 3, 1), colleagues=True)
    return numbers(row.contact for row in found)


def in_the_trash(session: Session, actor: Actor) -> set[int]:
    whole = actor_of(session, actor.user_id, "all")
    for contact in session.exec(select(Contact)).all():
        trash.put(session, whole, contact)
    page = trash.page(session, actor)
    assert page.total == len(page.entries)
    return numbers(entry.contact for entry in page.entries)


def with_requests(session: Session, actor: Actor) -> set[int]:
    alice = actor_of(session, session.exec(select(User.id).where(User.name == "Alice")).one())
    for contact in session.exec(select(Contact)).all():
        requests.add(session, alice, "access", number=contact.number)
    return {one.request.contact_number or 0 for one in requests.listing(session, actor)}


def counted_at_the_start(session: Session, actor: Actor) -> set[int]:
    found = overview.of(session, actor)
    assert found.new.total == found.came.total == sum(count.total for _, count in found.statuses)
    return numbers(listing.page(session, actor, found.new.wanted).contacts)


LISTS = [
    listed, sought, filtered, of_a_segment, on_the_board, exported, reviewed, known_elsewhere, likely, to_be_changed,
    with_messages, with_tasks, with_events, in_the_trash, with_requests, counted_at_the_start,
]  # fmt: skip


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("door", LISTS, ids=lambda door: door.__name__)
def test_exactly_what_is_in_sight_is_shown(
    office: Actor, door: Callable[[Session, Actor], set[int]], sight: str
) -> None:
    with database.transaction() as session:
        assert door(session, seer(session, office, sight)) == SEEN[sight]


# What takes the number of a contact.


CARDS: dict[str, Callable[[Session, Actor, int], object]] = {
    "card": cards.get,
    "edit": lambda s, a, n: editing.write(s, a, n, {"city": "Rom"}, {"city": ""}),
    "move on the board": lambda s, a, n: lanes.move(s, a, n, None),
    "relation": lambda s, a, n: relations.add(s, a, cards.get(s, a, OWN), "company", n) if n != OWN else None,
    "likely ones": similar.to_contact,
    "rule out": lambda s, a, n: ruled_out.rule_out(s, a, [OWN, n]) if n != OWN else None,
    "merge": lambda s, a, n: merging.merge(s, a, OWN, [n]) if n != OWN else None,
    "merge into": lambda s, a, n: merging.merge(s, a, n, [OWN]) if n != OWN else None,
    "erasure": erasing.preview,
    "person": exporting.collect,
    "request": lambda s, a, n: requests.add(s, a, "access", number=n),
    "task": lambda s, a, n: tasks.add(s, a, {"title": "Call", "day": "2026-03-01", "contact": str(n)}),
    "event": lambda s, a, n: events.add(s, a, {"title": "V", "day": "2026-03-01", "time": "10:00", "contact": str(n)}),
}


def everything(session: Session) -> dict[str, int]:
    """How many rows each table has, and how often contacts were written."""
    tables = inspect(session.connection()).get_table_names()
    found = {
        name: session.connection().exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one() for name in tables
    }
    return found | {"versions": session.exec(select(func.sum(Contact.version))).one()}


def answer(act: Callable[..., object], *given: object) -> tuple[type, str] | None:
    """What is refused, with the number taken out of its words; None for what is done."""
    try:
        act(*given)
    except CRMError as error:
        return type(error), error.message.msgid
    return None


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("door", CARDS)
def test_a_hidden_contact_and_a_missing_one_are_refused_alike_and_nothing_is_written(
    office: Actor, door: str, sight: str
) -> None:
    for number in (OWN, MATE, OTHER, NOBODY, MISSING):
        with database.transaction() as session:
            actor, before = seer(session, office, sight), everything(session)
            refused = answer(CARDS[door], session, actor, number)
            if number in SEEN[sight]:
                assert refused is None
            else:
                missing = answer(CARDS[door], session, actor, MISSING)
                assert refused is not None and refused == missing
                assert everything(session) == before
            session.rollback()


def test_groups_of_duplicates_are_those_of_which_one_sees_two(office: Actor) -> None:
    searched()
    for sight, seen in SEEN.items():
        with database.transaction() as session:
            actor = seer(session, office, sight)
            page = groups.page(session, actor)
            several = seen if len(seen) > 1 else set()
            assert [numbers(group.contacts) for group in page.groups] == ([several] if several else [])
            assert page.total == len(page.groups)
            assert batch.preview(session, actor) in (batch.Preview(1, len(several)), batch.Preview(0, 0))
            hidden = session.exec(select(groups.DuplicateGroup.id)).one()
            if not several:
                with pytest.raises(NotFound):
                    groups.get(session, actor, hidden or 0)


def test_of_a_hidden_related_contact_nothing_is_shown(office: Actor) -> None:
    with database.transaction() as session:
        actor = seer(session, office, "own")
        mine = cards.get(session, actor, OWN)
        other = session.exec(select(Contact).where(Contact.number == OTHER)).one()
        kept = Relation(contact_id=mine.id, other_id=other.id, kind=RelationKind.PARENT)
        session.add(kept)
        session.flush()
        assert relations.of(session, actor, mine) == []
        with pytest.raises(NotFound):
            relations.remove(session, actor, mine, kept.id or 0)


def test_a_file_of_a_hidden_contact_is_not_opened(office: Actor) -> None:
    with database.transaction() as session:
        whole = seer(session, office, "all")
        for number in (OWN, OTHER):
            with attachments.receiving() as file:
                file.write(b"words")
            kept = attachments.add(
                session, whole, cards.get(session, whole, number), name="a.txt", stored=file.stored, size=5
            )
            actor = seer(session, office, "own")
            if number == OWN:
                attachments.open_file(session, actor, kept.id or 0)[1].close()
                continue
            refused = answer(attachments.open_file, session, actor, kept.id or 0)
            assert refused == answer(attachments.open_file, session, actor, 999)


def test_a_task_of_ones_own_stays_and_says_nothing_of_a_hidden_contact(office: Actor) -> None:
    with database.transaction() as session:
        alice = actor_of(session, session.exec(select(User.id).where(User.name == "Alice")).one())
        mine = {"title": "Call", "day": "2026-03-01", "assignee": str(office.user_id)}
        tasks.add(session, alice, {**mine, "contact": str(OTHER)})
        tasks.add(session, alice, {"title": "Theirs", "day": "2026-03-01", "contact": str(OTHER)})
        actor = seer(session, office, "team")
        assert [(row.task.title, row.contact) for row in tasks.mine(session, actor)] == [("Call", None)]
        assert tasks.of_colleagues(session, actor) == []


def test_who_does_not_see_the_contact_is_not_told_of_a_comment_that_names_them(office: Actor) -> None:
    with database.transaction() as session:
        session.exec(select(Role).where(Role.key == "staff")).one().sight = "own"
        alice = actor_of(session, session.exec(select(User.id).where(User.name == "Alice")).one())
        for number in (OWN, OTHER):
            comments.add(session, alice, cards.get(session, alice, number), "@Bob, please look")
        assert [one.contact_id for one in session.exec(select(Notice))] == [cards.get(session, alice, OWN).id]


def test_a_notice_names_no_contact_that_is_out_of_sight_by_now(office: Actor) -> None:
    with database.transaction() as session:
        session.exec(select(Role).where(Role.key == "staff")).one().sight = "own"
        alice = actor_of(session, session.exec(select(User.id).where(User.name == "Alice")).one())
        comments.add(session, alice, cards.get(session, alice, OWN), "@Bob, please look")
        bob = actor_of(session, office.user_id)
        assert [one.params["contact"] for one in notices.newest(session, bob)] == ["Anna Kowalczyk"]
        cards.change(session, alice, cards.get(session, alice, OWN), {"owner": "alice@example.org"})
        assert [one.params["contact"] for one in notices.newest(session, bob)] == ["…"]


@pytest.mark.parametrize("sight", ["own", "team"])
def test_who_makes_a_contact_goes_on_seeing_it(office: Actor, sight: str) -> None:
    with database.transaction() as session:
        actor = seer(session, office, sight)
        made = cards.create(session, actor, {"first_name": "Bea"})
        assert made.owner_id == office.user_id
        with pytest.raises(InvalidFields) as refused:
            cards.create(session, actor, {"first_name": "Bea", "owner": "alice@example.org"})
        assert list(refused.value.fields) == ["owner"]
        if sight == "team":
            assert cards.get(session, actor, cards.create(session, actor, {"last_name": "B", "owner": "Dan"}).number)


def test_a_contact_given_to_somebody_out_of_sight_leaves_it_and_that_is_said(office: Actor) -> None:
    with database.transaction() as session:
        actor = seer(session, office, "own")
        kept = editing.write(session, actor, OWN, {"city": "Rom"}, {"city": ""}).contact
        assert owning.given_away(session, actor, kept) is None
        given = editing.write(session, actor, OWN, {"owner": "alice@example.org"}, {"owner": "bob@example.org"}).contact
        said = owning.given_away(session, actor, given)
        assert said is not None and "Alice" in str(said)
        with pytest.raises(NotFound):
            cards.get(session, actor, OWN)


def test_the_trash_restores_and_deletes_only_what_is_in_sight(office: Actor) -> None:
    with database.transaction() as session:
        whole, actor = seer(session, office, "all"), seer(session, office, "own")
        for contact in session.exec(select(Contact)).all():
            trash.put(session, whole, contact)
        assert trash.restore(session, actor, [OTHER, NOBODY, MISSING]) == 0
        assert trash.delete_for_good(session, actor, [MATE, OTHER, MISSING]) == 0
        assert trash.restore(session, actor, [OWN, OTHER]) == 1


def test_a_change_of_many_keeps_to_what_its_maker_saw(office: Actor) -> None:
    with database.transaction() as session:
        actor = seer(session, office, "team")
        job = changes.start(session, actor, ContactFilter(), actions.set_field(session, actor, "city", "Rom"))
        order = changes.Order.of(session.get_one(changes.Import, job.subject_id))
        assert (order.actor.owner_ids, order.actor.branch_ids) == (actor.owner_ids, actor.branch_ids)


def test_a_team_is_read_anew_with_every_session(office: Actor) -> None:
    with database.transaction() as session:
        assert len(seer(session, office, "team").owner_ids or ()) == 2
        session.get_one(User, office.user_id).team_id = None
        session.flush()
        assert seer(session, office, "team").owner_ids == frozenset({office.user_id})
