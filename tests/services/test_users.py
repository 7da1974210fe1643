from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from crm_app.models import AuditEntry, Permission, Role, User
from crm_app.services import database, installation, passwords, sessions, users
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.errors import Conflict, CRMError, Invalid, NotFound, NotPermitted
from tests.conftest import add_user

GOOD = "four words in a row"


@pytest.fixture
def martha(cast: dict[str, Actor]) -> Actor:
    """A manager who may administer accounts, as an installation could decide."""
    with database.transaction() as session:
        role = session.exec(select(Role).where(Role.key == "manager")).one()
        role.permissions = [*role.permissions, Permission.USERS.value]
        session.add(role)
        user = add_user(session, "martha", "manager", branch_id=1)
        return sessions.actor_of(session, user, role)


def audit() -> list[str]:
    with database.reading() as session:
        return [entry.action for entry in session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()]


def is_signed_in(token: str) -> bool:
    return sessions.look_up(token) is not None


def signed_in(actor: Actor) -> str:
    with database.transaction() as session:
        return sessions.start(session, session.get_one(User, actor.user_id))


def test_an_account_is_added_without_password_and_noted(alice: Actor) -> None:
    with database.transaction() as session:
        user = users.add(session, alice, email=" Dora@Example.org", name=" Dora  Example ", role="staff", language="de")
    assert (user.email, user.name, user.password_hash, user.language) == (
        "dora@example.org",
        "Dora Example",
        None,
        "de",
    )
    assert audit() == ["user.added"]
    with database.reading() as session:
        entry = session.exec(select(AuditEntry)).one()
    assert entry.data == {"user": user.id, "role": "staff"} and entry.user_id == alice.user_id


def test_language_and_time_zone_are_the_installations_unless_given(alice: Actor) -> None:
    with database.transaction() as session:
        installation.change(session, alice, language="de", timezone="Europe/Vienna")
        user = users.add(session, alice, email="dora@example.org", name="Dora", role="staff")
    assert (user.language, user.timezone) == ("de", "Europe/Vienna")


@pytest.mark.parametrize("who", ["bob", "victor"])
def test_without_the_permission_nothing_is_seen_or_changed(who: str, cast: dict[str, Actor]) -> None:
    target = cast["alice"].user_id or 0
    tries = [
        lambda s, a: users.add(s, a, email="x@example.org", name="X", role="viewer"),
        lambda s, a: users.list_all(s, a),
        lambda s, a: users.disable(s, a, target),
        lambda s, a: users.enable(s, a, target),
        lambda s, a: users.change_role(s, a, target, to="viewer"),
        lambda s, a: users.set_password(s, a, target, GOOD),
        lambda s, a: users.set_language(s, a, target, "de"),
        lambda s, a: users.by_email(s, a, "alice@example.org"),
    ]
    for attempt in tries:
        with pytest.raises(NotPermitted), database.transaction() as session:
            attempt(session, cast[who])
    assert audit() == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "nonsense"}, "email"),
        ({"email": "a b@example.org"}, "email"),
        ({"email": "a@b@example.org"}, "email"),
        ({"email": "x" * 250 + "@example.org"}, "email"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "bell\x07"}, "name"),
        ({"role": "emperor"}, "role"),
        ({"language": "tlh"}, "language"),
    ],
)
def test_what_cannot_be_taken_names_its_field(values: dict[str, str], field: str, alice: Actor) -> None:
    given = {"email": "dora@example.org", "name": "Dora", "role": "staff", "language": "en", **values}
    with pytest.raises(Invalid) as raised, database.transaction() as session:
        users.add(session, alice, **given)
    assert raised.value.field == field


def test_one_address_one_account(alice: Actor) -> None:
    with pytest.raises(Conflict), database.transaction() as session:
        users.add(session, alice, email="BOB@example.org", name="Bob again", role="staff")


@pytest.mark.parametrize(
    ("role", "is_given"), [("viewer", True), ("staff", True), ("manager", False), ("admin", False)]
)
def test_nobody_grants_a_role_at_or_above_their_own(role: str, is_given: bool, martha: Actor, bob: Actor) -> None:
    def add() -> None:
        with database.transaction() as session:
            users.add(session, martha, email="new@example.org", name="New", role=role)

    def promote() -> None:
        with database.transaction() as session:
            users.change_role(session, martha, bob.user_id or 0, to=role)

    for attempt in (add, promote):
        if is_given:
            attempt()
        else:
            with pytest.raises(NotPermitted):
                attempt()


def test_nobody_touches_an_account_at_or_above_their_own(martha: Actor, alice: Actor) -> None:
    for target in (alice, martha):
        for attempt in (users.disable, users.enable):
            with pytest.raises(NotPermitted), database.transaction() as session:
                attempt(session, martha, target.user_id or 0)
    with pytest.raises(NotPermitted), database.transaction() as session:
        users.set_password(session, martha, alice.user_id or 0, GOOD)
    with pytest.raises(NotPermitted), database.transaction() as session:
        users.change_role(session, martha, martha.user_id or 0, to="admin")


def test_administrators_make_administrators(alice: Actor, bob: Actor) -> None:
    with database.transaction() as session:
        users.change_role(session, alice, bob.user_id or 0, to="admin")
    assert audit() == ["user.role"]


def test_an_account_of_another_branch_is_not_there(alice: Actor, charlie: Actor) -> None:
    with database.transaction() as session:
        for attempt in (users.get, users.disable):
            for user_id in (charlie.user_id or 0, 999_999):
                with pytest.raises(NotFound) as raised:
                    attempt(session, alice, user_id)
                assert str(raised.value.message) == "There is no such account."
        assert charlie.user_id not in [user.id for user, _ in users.list_all(session, alice)]


def test_disable_ends_sessions_is_noted_and_can_be_repeated(alice: Actor, bob: Actor) -> None:
    token = signed_in(bob)
    for _ in range(2):
        with database.transaction() as session:
            users.disable(session, alice, bob.user_id or 0)
    assert not is_signed_in(token)
    assert audit() == ["user.disabled"]
    with database.transaction() as session:
        users.enable(session, alice, bob.user_id or 0)
        users.enable(session, alice, bob.user_id or 0)
    assert audit() == ["user.disabled", "user.enabled"]
    assert not is_signed_in(token)


def test_lower_rights_end_sessions_and_higher_ones_do_not(alice: Actor, bob: Actor) -> None:
    token = signed_in(bob)
    with database.transaction() as session:
        users.change_role(session, alice, bob.user_id or 0, to="manager")
    assert is_signed_in(token)
    with database.transaction() as session:
        users.change_role(session, alice, bob.user_id or 0, to="viewer")
    assert not is_signed_in(token)


def test_the_last_active_administrator_stays(alice: Actor) -> None:
    for attempt in (
        lambda s: users.disable(s, alice, alice.user_id or 0),
        lambda s: users.disable(s, SYSTEM, alice.user_id or 0),
        lambda s: users.change_role(s, alice, alice.user_id or 0, to="staff"),
    ):
        with pytest.raises(Conflict), database.transaction() as session:
            attempt(session)


def test_a_hundred_removals_at_once_leave_one_administrator(alice: Actor) -> None:
    with database.transaction() as session:
        ids = [alice.user_id or 0, *(add_user(session, f"admin{n}", "admin").id or 0 for n in range(4))]

    def remove(number: int) -> bool:
        try:
            with database.transaction() as session:
                if number % 2:
                    users.disable(session, SYSTEM, ids[number % 5])
                else:
                    users.change_role(session, SYSTEM, ids[number % 5], to="staff")
            return True
        except CRMError:
            return False

    with ThreadPoolExecutor(16) as crowd:
        list(crowd.map(remove, range(100)))
    with database.reading() as session:
        left = [u for u, role in users.list_all(session, SYSTEM) if role.key == "admin" and u.active]
    assert len(left) == 1


def test_a_new_password_ends_the_other_sessions(alice: Actor, bob: Actor) -> None:
    here, there = signed_in(bob), signed_in(bob)
    kept = sessions.look_up(here)
    assert kept is not None
    with database.transaction() as session:
        users.set_password(session, bob, bob.user_id or 0, GOOD, keep_session=kept.session_id)
    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
    with database.reading() as session:
        assert passwords.verify(session.get_one(User, bob.user_id).password_hash, GOOD)
    with database.transaction() as session:
        users.set_password(session, alice, bob.user_id or 0, GOOD + "!")
    assert not is_signed_in(here)
    assert audit() == ["user.password", "user.password"]


def test_a_weak_password_changes_nothing(bob: Actor) -> None:
    token = signed_in(bob)
    with pytest.raises(Invalid), database.transaction() as session:
        users.set_password(session, bob, bob.user_id or 0, "short")
    assert is_signed_in(token) and audit() == []


def test_ones_own_password_needs_the_present_one(bob: Actor) -> None:
    with database.transaction() as session:
        users.set_password(session, bob, bob.user_id or 0, GOOD)
    with pytest.raises(Invalid) as raised, database.transaction() as session:
        users.change_own_password(session, bob, current="wrong", new="another good one")
    assert raised.value.field == "current"
    with database.transaction() as session:
        users.change_own_password(session, bob, current=GOOD, new="another good one")


def test_everybody_chooses_their_language(victor: Actor) -> None:
    with database.transaction() as session:
        assert users.set_language(session, victor, victor.user_id or 0, "de").language == "de"
    with pytest.raises(Invalid), database.transaction() as session:
        users.set_language(session, victor, victor.user_id or 0, "xx")


def test_the_audit_holds_no_address_and_no_password(alice: Actor, bob: Actor) -> None:
    with database.transaction() as session:
        users.add(session, alice, email="dora@example.org", name="Dora", role="staff")
        users.set_password(session, alice, bob.user_id or 0, GOOD)
    with database.reading() as session:
        everything = repr([entry.data for entry in session.exec(select(AuditEntry)).all()])
    assert "dora" not in everything.lower() and GOOD not in everything
