from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from crm_app.models import Branch, Permission, Role, User, UserSession
from crm_app.models.base import now
from crm_app.services import database, sessions
from crm_app.services.actor import Actor
from tests.conftest import add_user


@pytest.fixture
def token(alice: Actor) -> str:
    with database.transaction() as session:
        return sessions.start(session, session.get_one(User, alice.user_id), ip="192.0.2.1", user_agent="Firefox")


def find(token: str, **values: object) -> sessions.SignedIn | None:
    with database.reading() as session:
        return sessions.find(session, token, **values)  # type: ignore[arg-type]


def test_a_session_is_found_by_its_token(token: str, alice: Actor) -> None:
    found = find(token)
    assert found is not None
    assert (found.user.id, found.role.key, found.actor.branch_ids) == (alice.user_id, "admin", frozenset({1, 2}))
    assert found.actor.permissions == frozenset(Permission)


def test_the_head_office_sees_every_branch_and_a_branch_itself(alice: Actor, charlie: Actor) -> None:
    with database.transaction() as session:
        users = [session.get_one(User, actor.user_id) for actor in (alice, charlie)]
        seen = [sessions.actor_of(session, user, session.get_one(Role, user.role_id)).branch_ids for user in users]
        assert seen == [{1, 2}, {2}]
        for user in users:
            user.branch_id = 1
        session.flush()
        session.delete(session.get_one(Branch, 2))
        session.flush()
        role = session.get_one(Role, users[0].role_id)
        assert sessions.actor_of(session, users[0], role).branch_ids == {1}


def test_the_token_has_256_bits_and_is_not_in_the_database(token: str, db: Path) -> None:
    assert len(token) >= 43
    with database.reading() as session:
        stored = session.exec(select(UserSession)).one()
    assert stored.token_hash == sessions.hash_of(token)
    assert token not in repr(stored.model_dump())


@pytest.mark.parametrize("unknown", ["", "x", "é" * 50, "\ud800", "' OR 1=1 --"])
def test_other_tokens_find_nobody(token: str, unknown: str) -> None:
    assert find(unknown) is None
    assert sessions.look_up(unknown) is None


def test_twelve_idle_hours_end_it_and_a_visit_keeps_it(token: str) -> None:
    later = now() + timedelta(hours=11, minutes=59)
    found = find(token, at=later)
    assert found is not None and found.is_touch_due(later)
    assert find(token, at=now() + timedelta(hours=12, minutes=1)) is None
    with database.transaction() as session:
        sessions.touch(session, found.session_id, at=later)
    found = find(token, at=now() + timedelta(hours=23))
    assert found is not None and not found.is_touch_due(later + timedelta(seconds=59))


def test_seven_days_end_it_however_busy(token: str) -> None:
    found = find(token)
    assert found is not None
    with database.transaction() as session:
        sessions.touch(session, found.session_id, at=now() + timedelta(days=7))
    assert find(token, at=now() + timedelta(days=6, hours=23)) is not None
    assert find(token, at=now() + timedelta(days=7, seconds=1)) is None


def test_a_disabled_user_has_no_session(token: str, alice: Actor) -> None:
    with database.transaction() as session:
        user = session.get_one(User, alice.user_id)
        user.active = False
        session.add(user)
    assert find(token) is None


def test_end_ends_one_and_twice_does_nothing(token: str) -> None:
    found = find(token)
    with database.transaction() as session:
        assert sessions.end(session, token) == (found and found.session_id)
        assert sessions.end(session, token) is None
    assert find(token) is None


def test_end_all_leaves_others_and_the_kept_one(token: str, alice: Actor, bob: Actor) -> None:
    with database.transaction() as session:
        kept = sessions.start(session, session.get_one(User, alice.user_id))
        other = sessions.start(session, session.get_one(User, bob.user_id))
    signed_in = find(kept)
    assert signed_in is not None
    with database.transaction() as session:
        assert sessions.end_all(session, alice.user_id or 0, but=signed_in.session_id) == 1
    assert [find(one) is not None for one in (token, kept, other)] == [False, True, True]


def test_rights_come_from_the_roles_row_and_unknown_ones_grant_nothing(db: Path) -> None:
    with database.transaction() as session:
        session.add(Role(key="till", rank=5, permissions=["contacts.read", "fly", 7]))
        session.flush()
        user = add_user(session, "tina", "till", branch_id=1)
        role = session.get_one(Role, user.role_id)
        assert sessions.actor_of(session, user, role).permissions == {Permission.CONTACTS_READ}


def test_living_tells_which_sessions_still_stand(token: str, alice: Actor) -> None:
    found = find(token)
    assert found is not None
    with database.reading() as session:
        assert set(sessions.living(session, [found.session_id, 999])) == {found.session_id}
        assert sessions.living(session, []) == {}


def test_expired_rows_are_cleared_when_somebody_signs_in(token: str, alice: Actor) -> None:
    with database.transaction() as session:
        sessions.start(session, session.get_one(User, alice.user_id), at=now() + timedelta(days=8))
    with database.reading() as session:
        assert len(session.exec(select(UserSession)).all()) == 1
