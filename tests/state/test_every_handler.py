"""Generated over all handlers of the real app: who may not, changes nothing and is told nothing."""

import asyncio
from contextlib import suppress
from datetime import date
from typing import Any, Literal, get_args, get_origin

import pytest
from sqlmodel import Session, select

from crm_app.models import AuditEntry, Branch, CalendarEvent, Comment, Contact, Permission, Role, Task, User
from crm_app.models.permission import BUILT_IN_ROLES
from crm_app.services import database, sessions
from crm_app.state.guard import Guard
from crm_app.state.payloads import _signature
from crm_app.state.registry import INTERNAL, registered, rule_of
from tests.conftest import add_user
from tests.database_rows import Rows, rows
from tests.state.events import Tab, app, handlers, preprocess

CANARY = "Canary-7f3a"
DESK = frozenset({Permission.CONTACTS_READ, Permission.EXPORT, Permission.USERS})  # an own role, out of line
RIGHTS = {**{key: permissions for key, (_, permissions) in BUILT_IN_ROLES.items()}, "desk": DESK}
WHO = ("anonymous", "disabled", *RIGHTS)
SECONDS = 5.0  # a handler that follows something does not end by itself


def is_ours(fn: Any) -> bool:
    return fn.__module__.partition(".")[0] == "crm_app"


def test_the_registry_is_the_set_of_our_handlers() -> None:
    ours = {fn.__code__ for fn in handlers().values() if is_ours(fn)}
    marked = {code for code in registered() if "/crm_app/" in code.co_filename}
    unmarked = {fn.__qualname__ for fn in handlers().values() if is_ours(fn) and fn.__code__ not in marked}
    assert unmarked == set(), "use `action(permission=…)` in place of `rx.event`, or a name with an underscore"
    assert {code.co_qualname for code in marked - ours} == set(), "marked, but no handler of any state"


def test_of_reflexs_own_handlers_only_the_known_ones_are_let_in() -> None:
    foreign = {name: fn for name, fn in handlers().items() if not is_ours(fn)}
    let_in = {(fn.__module__, fn.__qualname__) for name, fn in foreign.items() if rule_of(name) is not None}
    assert let_in == INTERNAL
    refused = {fn.__qualname__ for name, fn in foreign.items() if rule_of(name) is None}
    assert all("setvar" in name or "SharedState" in name for name in refused), refused


def test_every_argument_of_ours_has_a_type_to_check_against() -> None:
    for fn in handlers().values():
        if is_ours(fn):
            _signature(fn)


@pytest.fixture
def cookies(db: Any) -> dict[str, str]:
    """A signed-in browser for each role, and a contact that must not show."""
    made = {"anonymous": "session=" + "x" * 43}
    with database.transaction() as session:
        session.add(Role(key="desk", name="Desk", rank=15, permissions=sorted(DESK)))
        session.add(Branch(id=2, name="Elsewhere"))
        session.flush()
        users = {name: add_user(session, name, name) for name in RIGHTS}
        users["elsewhere"] = add_user(session, "elsewhere", "admin", branch_id=2)
        users["disabled"] = add_user(session, "gone", "admin")
        for name, user in users.items():
            made[name] = "session=" + sessions.start(session, user)
        users["disabled"].active = False
        session.add(Contact(number=1, branch_id=1, last_name=CANARY, sort_name=CANARY, search_text=CANARY))
    return made


def fill_branch(session: Session) -> None:
    """What somebody of another branch could ask for by its id, in each table that has a contact of this one."""
    session.add(Task(contact_id=1, title=CANARY, due_day=date(2030, 1, 1)))
    session.add(CalendarEvent(contact_id=1, title=CANARY, starts_on=date(2030, 1, 1), ends_on=date(2030, 1, 1)))
    session.add(Comment(contact_id=1, text=CANARY))


def here() -> Rows:
    """What stands of this branch."""
    found = rows()
    return {
        "contact": [row for row in found["contact"] if row.branch_id == 1],
        "user": [row for row in found["user"] if row.branch_id == 1],
        "team": found["team"],
        **{name: found[name] for name in ("task", "calendar_event", "comment", "activity", "contact_point", "consent")},
        **{name: found[name] for name in ("contact_tag", "relation", "attachment", "message", "recovery_code")},
    }


def may(who: str, name: str) -> bool:
    rule = rule_of(name)
    if rule is None or who in ("anonymous", "disabled"):
        return False
    return rule.permission is None or rule.permission in RIGHTS[who]


@pytest.mark.parametrize("who", WHO)
async def test_who_may_not_changes_nothing_and_is_told_nothing(who: str, cookies: dict[str, str]) -> None:
    before = rows()
    refused = sorted(name for name in handlers() if not may(who, name))
    assert refused, "`setvar` at least"
    async with Tab(app, cookies[who]) as tab:
        for name in refused:
            answer = await tab.fire(name, **dict.fromkeys(_arguments(name), 1))
            assert rows() == before, name
            shown = answer.shown()
            assert CANARY not in shown and "@example.org" not in shown and answer.error is None, name
            if who in ("anonymous", "disabled"):
                assert answer.deltas == [] and answer.redirects == ["/signed-out"], name
            else:
                assert {state.rpartition(".")[2] for state in answer.names()} <= {
                    "crm_app___state___messages____message_state",
                    "reflex___state____state",
                }, name
    with database.reading() as session:
        noted = session.exec(select(AuditEntry.action)).all()
    assert noted == ([] if who in ("anonymous", "disabled") else ["refused"] * len(refused))


@pytest.mark.parametrize("who", RIGHTS)
async def test_who_may_is_let_through(who: str, cookies: dict[str, str]) -> None:
    """The guard alone: the handlers themselves have their own tests."""
    allowed = [name for name in handlers() if may(who, name) and not _arguments(name)]
    assert any("hydrate" in name for name in allowed)
    for name in allowed:
        assert await preprocess(Guard(), app, name, cookies[who]) is None, name


async def test_an_administrator_of_another_branch_is_told_nothing_and_changes_nothing_here(
    cookies: dict[str, str],
) -> None:
    """Every handler that takes an id, called with those of this branch: they are as good as missing."""
    with database.transaction() as session:
        fill_branch(session)
    before = here()
    taking = [name for name in handlers() if may("admin", name) and _arguments(name) and is_ours(handlers()[name])]
    assert len(taking) > 100
    for name in sorted(taking):
        async with Tab(app, cookies["elsewhere"]) as tab:
            with suppress(TimeoutError):
                await asyncio.wait_for(tab.fire(name, **_first_of_all(name)), SECONDS)
        assert CANARY not in tab.answer.shown(), name
        assert here() == before, name


def test_nobody_but_the_administrator_has_every_right(db: Any) -> None:
    with database.reading() as session:
        assert session.exec(select(User)).all() == []
    assert all(may("admin", name) for name in handlers() if rule_of(name))


def _first_of_all(name: str) -> dict[str, Any]:
    """Values of the right types, and wherever an id could stand the one that everything of `fill_branch` has."""
    hints = {} if name.endswith(".setvar") else _signature(handlers()[name])[0]
    return {argument: _one(hint) for argument, hint in hints.items()}


def _one(hint: Any) -> Any:
    plain = {bool: True, int: 1, str: "1", float: 1.0}
    if hint in plain:
        return plain[hint]
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    return [_one(get_args(hint)[0])] if get_origin(hint) is list else {}


def _arguments(name: str) -> tuple[str, ...]:
    return () if name.endswith(".setvar") else tuple(_signature(handlers()[name])[1])
