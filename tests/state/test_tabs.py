import asyncio
from typing import Any

import pytest
from sqlmodel import select

from crm_app.models import Permission, Role
from crm_app.services import database, sessions, users
from crm_app.services.actor import SYSTEM, Actor
from crm_app.state import tabs
from tests.state.events import Tab, until
from tests.state.sample import Front, SampleState, cookie_of

PUSHED = [("tab", "/signed-out")]


class Server:
    """What `push_out` uses of the app: sockets that note what happens to them."""

    def __init__(self, tab: Tab | None = None) -> None:
        self.event_namespace = self.sio = self
        self.event_processor = tab.processor if tab else None
        self.token_to_sid = {"tab": "sid"}
        self.sent: list[tuple[str, str]] = []
        self.cut: list[str] = []

    async def emit_update(self, update: Any, token: str) -> None:
        self.sent.append((token, str(update.events[0].payload["path"]).strip('"')))

    async def disconnect(self, sid: str, namespace: str) -> None:
        assert namespace == "/_event"
        self.cut.append(sid)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabs, "_FAREWELL_SECONDS", 0)
    tabs._tabs.clear()


def session_id(cookie: str) -> int:
    found = sessions.look_up(cookie.partition("=")[2])
    assert found is not None
    return found.session_id


async def test_an_event_makes_the_tab_the_sessions_own(front: Front, alice: Actor) -> None:
    cookie = cookie_of(alice)
    async with Tab(front, cookie) as tab:
        assert not tabs.of_session(session_id(cookie))
        await tab.fire(SampleState.hello)
    assert tabs.of_session(session_id(cookie)).keys() == {"tab"}
    assert not tabs.of_session(session_id(cookie) + 1)


async def test_pushing_out_stops_background_work_and_cuts_the_socket(front: Front, alice: Actor) -> None:
    cookie = cookie_of(alice)
    async with Tab(front, cookie) as tab:
        server = Server(tab)
        working = await tab.start(SampleState.work)
        state = await tab.state(SampleState)
        await until(lambda: state.steps > 3)
        assert await tabs.push_out(server, session_id(cookie)) == 1
        await until(lambda: working.done() and not tab.processor._tasks)
        steps = state.steps
        for _ in range(20):
            await asyncio.sleep(0)
        assert state.steps == steps and working.cancelled()
    assert (server.sent, server.cut) == (PUSHED, ["sid"])
    assert await tabs.push_out(server, session_id(cookie)) == 0


@pytest.mark.parametrize("what", ["logout", "disable", "demote", "role", "password"])
async def test_what_another_process_ends_is_found_by_the_watch(
    what: str, front: Front, alice: Actor, bob: Actor
) -> None:
    cookie = cookie_of(bob)
    async with Tab(front, cookie) as tab:
        server = Server(tab)
        await tab.fire(SampleState.hello)
        assert await tabs.watch_once(server) == 0
        with database.transaction() as session:
            if what == "logout":
                sessions.end(session, cookie.partition("=")[2])
            elif what == "disable":
                users.disable(session, SYSTEM, bob.user_id or 0)
            elif what == "demote":
                users.change_role(session, SYSTEM, bob.user_id or 0, to="viewer")
            elif what == "password":
                users.set_password(session, SYSTEM, bob.user_id or 0, "four words in a row")
            else:
                role = session.exec(select(Role).where(Role.key == "staff")).one()
                role.permissions = [Permission.CONTACTS_READ.value]
                session.add(role)
        assert await tabs.watch_once(server) == 1
        assert await tabs.watch_once(server) == 0
    assert (server.sent, server.cut) == (PUSHED, ["sid"])


async def test_higher_rights_push_nobody_out(front: Front, bob: Actor) -> None:
    async with Tab(front, cookie_of(bob)) as tab:
        await tab.fire(SampleState.hello)
        with database.transaction() as session:
            users.change_role(session, SYSTEM, bob.user_id or 0, to="manager")
        assert await tabs.watch_once(Server(tab)) == 0


async def test_a_tab_that_is_gone_is_forgotten(front: Front, bob: Actor) -> None:
    async with Tab(front, cookie_of(bob)) as tab:
        await tab.fire(SampleState.hello)
        server = Server(tab)
        server.token_to_sid = {}
        assert await tabs.watch_once(server) == 0
    assert tabs._tabs == {} and server.cut == []


async def test_the_watch_outlives_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    async def broken(app: Any) -> int:
        calls.append(app)
        raise RuntimeError("database is busy")

    monkeypatch.setattr(tabs, "watch_once", broken)
    monkeypatch.setattr(tabs, "WATCH_SECONDS", 0)
    watching = asyncio.create_task(tabs.watch(None))
    await until(lambda: len(calls) > 2)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
