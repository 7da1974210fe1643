"""Generated over all handlers of the real app: who may not, changes nothing and is told nothing."""

from typing import Any

import pytest
from sqlmodel import SQLModel, select

from crm_app.models import AuditEntry, Contact, User
from crm_app.models.permission import BUILT_IN_ROLES
from crm_app.services import database, sessions
from crm_app.state.guard import Guard
from crm_app.state.payloads import _signature
from crm_app.state.registry import INTERNAL, registered, rule_of
from tests.conftest import add_user
from tests.state.events import Tab, app, handlers, preprocess

CANARY = "Canary-7f3a"
WHO = ("anonymous", "disabled", *BUILT_IN_ROLES)


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
        users = {name: add_user(session, name, name) for name in BUILT_IN_ROLES}
        users["disabled"] = add_user(session, "gone", "admin")
        for name, user in users.items():
            made[name] = "session=" + sessions.start(session, user)
        users["disabled"].active = False
        session.add(Contact(number=1, branch_id=1, last_name=CANARY, sort_name=CANARY, search_text=CANARY))
    return made


def rows() -> dict[str, list[Any]]:
    """Every row of every table but the audit, which is looked at on its own."""
    with database.engine().connect() as connection:
        tables = {name: table for name, table in SQLModel.metadata.tables.items() if name != "audit_entry"}
        return {name: connection.execute(table.select()).all() for name, table in tables.items()}


def may(who: str, name: str) -> bool:
    rule = rule_of(name)
    if rule is None or who in ("anonymous", "disabled"):
        return False
    return rule.permission is None or rule.permission in BUILT_IN_ROLES[who][1]


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


@pytest.mark.parametrize("who", BUILT_IN_ROLES)
async def test_who_may_is_let_through(who: str, cookies: dict[str, str]) -> None:
    """The guard alone: the handlers themselves have their own tests."""
    allowed = [name for name in handlers() if may(who, name) and not _arguments(name)]
    assert any("hydrate" in name for name in allowed)
    for name in allowed:
        assert await preprocess(Guard(), app, name, cookies[who]) is None, name


def test_nobody_but_the_administrator_has_every_right(db: Any) -> None:
    with database.reading() as session:
        assert session.exec(select(User)).all() == []
    assert all(may("admin", name) for name in handlers() if rule_of(name))


def _arguments(name: str) -> tuple[str, ...]:
    return () if name.endswith(".setvar") else tuple(_signature(handlers()[name])[1])
