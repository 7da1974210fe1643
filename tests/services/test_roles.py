from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import Session, select

from crm_app.models import AuditEntry, Permission, Role, Sight, Team, User
from crm_app.models.permission import ADMIN, BUILT_IN_ROLES, STAFF
from crm_app.services import database, roles, sessions, teams, users
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.errors import Conflict, CRMError, Invalid, NotFound, NotPermitted
from crm_app.services.permission_words import PERMISSIONS, SIGHTS
from tests.conftest import add_user


def do(verb: Callable[..., Any], actor: Actor, *args: Any, **values: Any) -> Any:
    with database.transaction() as session:
        return verb(session, actor, *args, **values)


def desk(actor: Actor = SYSTEM, name: str = "Front desk", copy_of: str = "staff") -> Role:
    made: Role = do(roles.add, actor, name, copy_of=copy_of)
    return made


def changed(actor: Actor, key: str, **values: Any) -> Role:
    given = {"name": "Front desk", "permissions": STAFF, "sight": Sight.ALL, "above": "viewer", **values}
    made: Role = do(roles.change, actor, key, **given)
    return made


def order() -> list[str]:
    with database.reading() as session:
        return [entry.role.name or entry.role.key for entry in roles.listing(session, SYSTEM)]


def whose(name: str, role: str, **values: Any) -> Actor:
    with database.transaction() as session:
        user = add_user(session, name, role, branch_id=1, **values)
        return sessions.actor_of(session, user, session.get_one(Role, user.role_id))


def signed_in(actor: Actor) -> str:
    with database.transaction() as session:
        return sessions.start(session, session.get_one(User, actor.user_id))


@pytest.fixture
def lead(alice: Actor) -> Actor:
    """Somebody who may manage users, with a role of the installation between manager and staff."""
    role = desk(alice, "Lead")
    changed(alice, role.key, name="Lead", permissions=[*STAFF, Permission.USERS], above="staff")
    return whose("lena", role.key)


def test_every_permission_and_sight_is_explained() -> None:
    assert PERMISSIONS.keys() == set(Permission) and SIGHTS.keys() == set(Sight)
    assert roles.NAMES.keys() == BUILT_IN_ROLES.keys()


def test_a_new_role_is_a_copy_ranked_right_above(alice: Actor) -> None:
    made = desk(alice)
    assert (set(made.permissions), made.sight) == ({one.value for one in STAFF}, Sight.ALL)
    assert order() == ["admin", "manager", "Front desk", "staff", "viewer"]
    assert desk(alice, "Deputy", copy_of="admin").rank < roles.TOP_RANK
    assert order()[:3] == ["admin", "Deputy", "manager"]


def test_own_roles_keep_their_order_when_others_come_between(alice: Actor) -> None:
    for n in range(6):
        role = desk(alice, f"Role {n}")
        changed(alice, role.key, name=f"Role {n}", above="staff")
    assert order() == ["admin", "manager", *(f"Role {n}" for n in range(6)), "staff", "viewer"]
    with pytest.raises(Conflict):
        for n in range(6, 12):
            desk(alice, f"Role {n}")


def test_the_built_in_roles_are_fixed(alice: Actor) -> None:
    for key in BUILT_IN_ROLES:
        with pytest.raises(Conflict):
            changed(alice, key)
        with pytest.raises(Conflict):
            do(roles.remove, alice, key)
    with database.reading() as session:
        assert {role.key: set(role.permissions) for role in session.exec(select(Role)).all()} == {
            key: {one.value for one in permissions} for key, (_, permissions) in BUILT_IN_ROLES.items()
        }


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "bell\x07"])
def test_a_name_that_cannot_be_taken(name: str, alice: Actor) -> None:
    with pytest.raises(Invalid) as raised:
        desk(alice, name)
    assert raised.value.field == "name"


@pytest.mark.parametrize("name", ["front DESK", "Manager"])
def test_a_name_is_given_once(name: str, alice: Actor) -> None:
    desk(alice)
    with pytest.raises(Conflict):
        desk(alice, name)


@pytest.mark.parametrize("who", ["bob", "victor"])
def test_without_the_permission_nothing_is_seen_or_changed(who: str, cast: dict[str, Actor]) -> None:
    made = desk()
    for attempt in (
        lambda: desk(cast[who], "Mine"),
        lambda: changed(cast[who], made.key),
        lambda: do(roles.remove, cast[who], made.key),
        lambda: do(roles.listing, cast[who]),
        lambda: do(teams.add, cast[who], "Mine"),
        lambda: do(teams.listing, cast[who]),
    ):
        with pytest.raises(NotPermitted):
            attempt()


def test_nobody_gives_a_permission_they_do_not_have(lead: Actor) -> None:
    role = desk(lead)
    for permission in ADMIN - STAFF - {Permission.USERS}:
        with pytest.raises(NotPermitted):
            changed(lead, role.key, permissions=[*STAFF, permission])
    changed(lead, role.key, permissions=[*STAFF, Permission.USERS], above="viewer")
    assert set(desk(lead, "Copied", copy_of="manager").permissions) <= {one.value for one in lead.permissions}


def test_nobody_gives_a_rank_they_do_not_have(lead: Actor, alice: Actor) -> None:
    role = desk(lead, copy_of="viewer")
    above_all = desk(alice, "Above", copy_of="manager")
    with database.reading() as session:
        own = session.get_one(Role, session.get_one(User, lead.user_id).role_id).key
    for above in ("manager", own, above_all.key, "admin"):
        with pytest.raises((NotPermitted, Invalid)):
            changed(lead, role.key, permissions=[], above=above)
    for key in (own, above_all.key):
        with pytest.raises(NotPermitted):
            changed(lead, key)
        with pytest.raises(NotPermitted):
            do(roles.remove, lead, key)


def test_nobody_gives_more_to_see_than_they_see(alice: Actor) -> None:
    narrow = desk(alice, "Narrow", copy_of="manager")
    changed(alice, narrow.key, name="Narrow", permissions=[*STAFF, Permission.USERS], sight=Sight.TEAM, above="manager")
    nora = whose("nora", narrow.key)
    role = desk(nora, copy_of="viewer")
    assert role.sight == Sight.TEAM
    with pytest.raises(NotPermitted):
        changed(nora, role.key, sight=Sight.ALL)
    changed(nora, role.key, sight=Sight.OWN)
    with pytest.raises(NotPermitted):  # `viewer` sees everything
        do(users.add, nora, email="x@example.org", name="X", role="viewer")


def test_a_role_below_with_more_rights_is_not_given(lead: Actor, alice: Actor, bob: Actor) -> None:
    eraser = desk(alice, "Eraser", copy_of="viewer")
    changed(alice, eraser.key, name="Eraser", permissions=[Permission.CONTACTS_READ, Permission.CONTACTS_ERASE])
    with pytest.raises(NotPermitted):
        do(users.change_role, lead, bob.user_id, to=eraser.key)
    erna = whose("erna", eraser.key)
    with pytest.raises(NotPermitted):
        do(users.set_password, lead, erna.user_id, "four words in a row")


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ({"permissions": STAFF | {Permission.EXPORT}}, False),
        ({"name": "Desk"}, False),
        ({"permissions": STAFF - {Permission.IMPORT}}, True),
        ({"sight": Sight.TEAM}, True),
    ],
)
def test_who_loses_something_is_signed_out(values: dict[str, Any], ends: bool, alice: Actor) -> None:
    role = desk(alice)
    token, other = signed_in(whose("dora", role.key)), signed_in(alice)
    changed(alice, role.key, **values)
    assert (sessions.look_up(token) is None) == ends and sessions.look_up(other) is not None


def test_a_role_goes_when_nobody_has_it(alice: Actor, bob: Actor) -> None:
    role = desk(alice)
    do(users.change_role, alice, bob.user_id, to=role.key)
    with pytest.raises(Conflict):
        do(roles.remove, alice, role.key)
    do(users.change_role, alice, bob.user_id, to="staff")
    do(roles.remove, alice, role.key)
    assert order() == ["admin", "manager", "staff", "viewer"]
    with database.reading() as session:
        actions = session.exec(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert (actions[0], actions[-1]) == ("role.added", "role.removed")


def test_a_hundred_tries_at_once_leave_an_administrator_with_every_right(alice: Actor) -> None:
    made = [desk(alice, f"Role {n}", copy_of="admin").key for n in range(3)]
    with database.transaction() as session:
        ids = [alice.user_id or 0, *(add_user(session, f"admin{n}", "admin").id or 0 for n in range(4))]

    def attempt(number: int) -> None:
        tries: list[Callable[[Session], Any]] = [
            lambda s: users.disable(s, SYSTEM, ids[number % 5]),
            lambda s: users.change_role(s, SYSTEM, ids[number % 5], to=made[number % 3]),
            lambda s: roles.remove(s, SYSTEM, made[number % 3]),
            lambda s: roles.remove(s, SYSTEM, "admin"),
            lambda s: roles.change(
                s, SYSTEM, ("admin", *made)[number % 4], name=f"Role {number}", permissions=[], sight=Sight.OWN,
                above="viewer",
            ),
        ]  # fmt: skip
        try:
            with database.transaction() as session:
                tries[number % len(tries)](session)
        except CRMError:
            pass

    with ThreadPoolExecutor(16) as crowd:
        list(crowd.map(attempt, range(100)))
    with database.reading() as session:
        left = [u for u, role in users.list_all(session, SYSTEM) if role.key == "admin" and u.active]
        role = session.get_one(Role, left[0].role_id)
        assert set(role.permissions) == {one.value for one in Permission} and role.sight == Sight.ALL
        assert role.rank == roles.TOP_RANK
    assert len(left) >= 1


def test_a_role_is_not_given_while_it_goes(alice: Actor, bob: Actor) -> None:
    keys = [desk(alice, f"Role {n}").key for n in range(5)]

    def attempt(number: int) -> None:
        key = keys[number % 5]
        try:
            if number % 2:
                do(users.change_role, alice, bob.user_id, to=key)
            else:
                do(roles.remove, alice, key)
        except CRMError:
            pass

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(attempt, range(40)))
    with database.reading() as session:
        user = session.get_one(User, bob.user_id)
        assert session.get(Role, user.role_id) is not None


def test_teams_are_of_a_branch(alice: Actor, charlie: Actor, bob: Actor) -> None:
    with database.transaction() as session:
        theirs = Team(branch_id=2, name="Elsewhere")
        session.add(theirs)
    made = do(teams.add, alice, " Piano  team ")
    assert made.name == "Piano team"
    with pytest.raises(Conflict):
        do(teams.add, alice, "PIANO TEAM")
    do(users.set_team, alice, bob.user_id, made.id)
    assert [(entry.team.name, entry.people) for entry in do(teams.listing, alice)] == [("Piano team", 1)]
    for team_id in (theirs.id, 999_999):
        for attempt in (
            lambda team_id: do(teams.rename, alice, team_id, "Mine"),
            lambda team_id: do(teams.remove, alice, team_id),
            lambda team_id: do(users.set_team, alice, bob.user_id, team_id),
        ):
            with pytest.raises(NotFound) as raised:
                attempt(team_id)
            assert str(raised.value.message) == "There is no such team."
    do(teams.rename, alice, made.id, "Violin")
    assert do(teams.remove, alice, made.id) == 1
    with database.reading() as session:
        assert session.get_one(User, bob.user_id).team_id is None


def test_another_team_signs_out_who_sees_their_team_only(alice: Actor) -> None:
    role = desk(alice)
    changed(alice, role.key, sight=Sight.TEAM)
    dora = whose("dora", role.key)
    first, second = do(teams.add, alice, "First"), do(teams.add, alice, "Second")
    token = signed_in(dora)
    do(users.set_team, alice, dora.user_id, first.id)
    assert sessions.look_up(token) is None
    token = signed_in(dora)
    do(teams.remove, alice, second.id)
    assert sessions.look_up(token) is not None
    do(teams.remove, alice, first.id)
    assert sessions.look_up(token) is None
