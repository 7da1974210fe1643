from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from crm_app.models import AuditEntry, Permission, Role, User
from crm_app.services import database, users
from crm_app.services.actor import SYSTEM, Actor
from crm_app.state import tabs
from crm_app.state.session import SessionState, current_actor
from tests.state.events import Tab
from tests.state.sample import CANARY, Front, SampleState, cookie_of


def rows(without: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """Every row of every table."""
    with database.engine().connect() as connection:
        return {
            name: connection.execute(table.select()).all()
            for name, table in SQLModel.metadata.tables.items()
            if name not in without
        }


@pytest.mark.parametrize("cookie", ["", "session=", "session=wrong", "session=" + "x" * 500, "other=1"])
async def test_without_a_session_nothing_runs_and_the_tab_is_sent_away(cookie: str, front: Front) -> None:
    async with Tab(front, cookie) as tab:
        answer = await tab.fire(SampleState.hello)
    assert answer.redirects == ["/signed-out"] and answer.deltas == []
    assert tabs._tabs == {}


async def test_with_a_session_a_registered_handler_runs(front: Front, victor: Actor) -> None:
    async with Tab(front, cookie_of(victor)) as tab:
        answer = await tab.fire(SampleState.hello, text="good morning")
        assert answer.value(SampleState, "text") == "good morning" and answer.redirects == []
        assert (await tab.fire(SampleState.shared)).value(SampleState, "text") == "shared"
        assert (await tab.fire(SampleState.who)).value(SampleState, "text") == "Victor"


@pytest.mark.parametrize("name", ["forgotten", "undecorated", "set_text", "setvar"])
async def test_what_is_not_registered_is_refused_to_everybody(name: str, front: Front, alice: Actor) -> None:
    payload = {"setvar": {"var_name": "text", "value": CANARY}, "set_text": {"value": CANARY}}.get(name, {})
    async with Tab(front, cookie_of(alice)) as tab:
        answer = await tab.fire(f"{SampleState.get_full_name()}.{name}", **payload)
        assert (await tab.state(SampleState)).text == ""
    assert CANARY not in answer.shown() and len(front.refusals) == 1


async def test_the_root_states_setvar_is_refused(front: Front, alice: Actor) -> None:
    async with Tab(front, cookie_of(alice)) as tab:
        await tab.fire("reflex___state____state.setvar", var_name="is_hydrated", value=CANARY)
    assert len(front.refusals) == 1


async def test_ordinary_vars_cannot_be_set_through_browser_storage(front: Front, alice: Actor) -> None:
    name = "reflex___state____state.reflex___state____update_vars_internal_state.update_vars_internal"
    async with Tab(front, cookie_of(alice)) as tab:
        answer = await tab.fire(name, vars={f"{SampleState.get_full_name()}.text": CANARY})
        assert (await tab.state(SampleState)).text == "" and CANARY not in answer.shown()


async def test_a_missing_right_is_refused_and_noted_and_changes_nothing_else(front: Front, victor: Actor) -> None:
    cookie = cookie_of(victor)
    before = rows(without=("audit_entry",))
    async with Tab(front, cookie) as tab:
        answer = await tab.fire(SampleState.edit, text=CANARY)
        assert (await tab.state(SampleState)).text == ""
    assert rows(without=("audit_entry",)) == before
    assert CANARY not in answer.shown()
    with database.reading() as session:
        entry = session.exec(select(AuditEntry)).one()
    assert (entry.action, entry.user_id, entry.ip) == ("refused", victor.user_id, "192.0.2.1")
    assert entry.data["handler"].endswith("sample_state.edit") and CANARY not in repr(entry.data)
    assert front.refusals == [("You do not have the right for this. Ask an administrator of this CRM.", "en")]


async def test_an_event_chained_by_a_handler_is_judged_too(front: Front, victor: Actor, alice: Actor) -> None:
    async with Tab(front, cookie_of(victor)) as tab:
        assert CANARY not in (await tab.fire(SampleState.forward)).shown()
    async with Tab(front, cookie_of(alice)) as tab:
        assert CANARY in (await tab.fire(SampleState.forward)).shown()


async def test_what_a_handler_chains_keeps_its_arguments(front: Front, alice: Actor) -> None:
    async with Tab(front, cookie_of(alice)) as tab:
        answer = await tab.fire(SampleState.chain)
    assert answer.value(SampleState, "number") == 3
    assert answer.value(SampleState, "text") == "[('a', [1, None])]" and front.refusals == []


async def test_rights_taken_away_count_at_the_next_event(front: Front, bob: Actor) -> None:
    async with Tab(front, cookie_of(bob)) as tab:
        assert (await tab.fire(SampleState.edit, text="one")).value(SampleState, "text") == "one"
        with database.transaction() as session:
            role = session.exec(select(Role).where(Role.key == "staff")).one()
            role.permissions = [Permission.CONTACTS_READ.value]
            session.add(role)
        assert (await tab.fire(SampleState.edit, text="two")).value(SampleState, "text") is None


async def test_a_session_ended_elsewhere_counts_at_the_next_event(front: Front, bob: Actor) -> None:
    async with Tab(front, cookie_of(bob)) as tab:
        await tab.fire(SampleState.hello)
        with database.transaction() as session:
            users.disable(session, SYSTEM, bob.user_id or 0)
        answer = await tab.fire(SampleState.hello, text="again")
    assert answer.redirects == ["/signed-out"] and answer.deltas == []


@pytest.mark.parametrize(
    "payload",
    [
        {"text": {"evil": 1}},
        {"text": ["a"]},
        {"text": 7},
        {"text": None},
        {"text": "\ud800"},
        {},
        {"text": "x", "number": {"a": 1}},
        {"text": "x", "number": "seven"},
        {"text": "x", "number": 1.5},
        {"text": "x", "number": 2**63},
        {"text": "x", "kind": "c"},
        {"text": "x", "password_hash": "x"},
        {"text": "x", "branch_id": 2},
    ],
)
async def test_a_payload_that_does_not_fit_never_reaches_the_handler(
    payload: dict[str, Any], front: Front, alice: Actor
) -> None:
    async with Tab(front, cookie_of(alice)) as tab:
        await tab.fire(SampleState.hello, text="before")
        answer = await tab.fire(SampleState.edit, **payload)
        assert (await tab.state(SampleState)).text == "before" and answer.error is None
    assert front.refusals == [("This page is out of date. Reload it and try again.", "en")]


async def test_a_payload_that_fits_is_turned_into_its_type(front: Front, alice: Actor) -> None:
    async with Tab(front, cookie_of(alice)) as tab:
        answer = await tab.fire(SampleState.edit, text="x", number="7", kind="b")
        assert answer.value(SampleState, "number") == 7


async def test_forms_arrive_as_dictionaries(front: Front, alice: Actor) -> None:
    async with Tab(front, cookie_of(alice)) as tab:
        sent = {"__reflex_form_data__": [["name", "Ann"], ["tag", "a"], ["tag", "b"]]}
        assert (await tab.fire(SampleState.save, form=sent)).value(
            SampleState, "text"
        ) == "[('name', 'Ann'), ('tag', 'b')]"
        assert (await tab.fire(SampleState.save, form={"a": 1})).value(SampleState, "text") == "[('a', 1)]"
        for broken in ("text", 7, {"__reflex_form_data__": "x"}, {"__reflex_form_data__": [["a"]]}):
            assert (await tab.fire(SampleState.save, form=broken)).value(SampleState, "text") is None


def test_an_argument_without_a_type_is_a_mistake_of_ours() -> None:
    from crm_app.state.payloads import _signature

    def handler(self: Any, text): ...  # type: ignore[no-untyped-def]

    with pytest.raises(TypeError, match="type hint"):
        _signature(handler)


async def test_who_signs_in_on_the_same_tab_sees_nothing_of_the_one_before(
    front: Front, alice: Actor, bob: Actor
) -> None:
    async with Tab(front, cookie_of(alice)) as tab:
        await tab.fire(SampleState.administer)
        await tab.fire(SessionState.load)
        tab.cookie = cookie_of(bob)
        answer = await tab.fire("reflex___state____state.hydrate")
        assert CANARY not in answer.shown() and "Alice" not in answer.shown()
        assert (await tab.state(SampleState)).text == ""
        await tab.fire(SampleState.hello, text="mine")
        await tab.fire(SampleState.hello, text="still mine")
        assert (await tab.state(SampleState)).text == "still mine"


async def test_work_of_the_one_before_does_not_go_on_for_the_next(front: Front, alice: Actor, bob: Actor) -> None:
    async with Tab(front, cookie_of(alice)) as tab:
        front.event_processor = tab.processor
        working = await tab.start(SampleState.work)
        await tab.fire(SampleState.hello)
        tab.cookie = cookie_of(bob)
        answer = await tab.fire(SampleState.hello, text="mine")
        assert answer.value(SampleState, "text") == "mine" and working.cancelled()


async def test_nothing_of_the_session_reaches_the_browser(front: Front, alice: Actor) -> None:
    cookie = cookie_of(alice)
    async with Tab(front, cookie) as tab:
        answers = [await tab.fire("reflex___state____state.hydrate"), await tab.fire(SessionState.load)]
    shown = "".join(answer.shown() for answer in answers)
    assert cookie.partition("=")[2] not in shown and "alice@example.org" not in shown and "argon2" not in shown
    sent = answers[1].deltas[-1][SessionState.get_full_name()]
    rights = {"may_edit", "may_import", "may_change_settings", "may_send", "may_handle_privacy", "mail_notices"}
    rights |= {"may_manage_users", "may_read_log", "sees_branches"}
    assert {name.removesuffix("_rx_state_") for name in sent} <= {"name", "initials", "role", "language"} | rights


async def test_everybody_chooses_a_language_and_an_unknown_one_changes_nothing(front: Front, victor: Actor) -> None:
    async with Tab(front, cookie_of(victor)) as tab:
        assert (await tab.fire(SessionState.set_my_language, language="de")).value(SessionState, "language") == "de"
        assert (await tab.fire(SessionState.set_my_language, language="x")).value(SessionState, "language") is None
    with database.reading() as session:
        assert session.get_one(User, victor.user_id).language == "de"


async def test_current_actor_asks_the_database_each_time(front: Front, bob: Actor) -> None:
    from crm_app.services.errors import NotPermitted

    state = SimpleNamespace(router=SimpleNamespace(headers=SimpleNamespace(cookie=cookie_of(bob))))
    assert (await current_actor(state)).user_id == bob.user_id  # type: ignore[arg-type]
    with database.transaction() as session:
        users.disable(session, SYSTEM, bob.user_id or 0)
    with pytest.raises(NotPermitted):
        await current_actor(state)  # type: ignore[arg-type]
