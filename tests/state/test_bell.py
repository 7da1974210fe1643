"""The bell: each tab hears of its own user's number, when it changes and not more often."""

from contextlib import asynccontextmanager
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from crm_app.models import Notice, NoticeKind
from crm_app.services import database, notices
from crm_app.services.actor import Actor
from crm_app.state import bell, tabs
from crm_app.state.bell import BellState


class Server:
    """What `watch_once` uses of the app: states by tab, and how often one was touched."""

    def __init__(self) -> None:
        self.bells: dict[str, SimpleNamespace] = {}
        self.touched: list[str] = []

    @asynccontextmanager
    async def modify_state(self, token: Any) -> Any:
        self.touched.append(token.ident)
        state = self.bells.setdefault(token.ident, SimpleNamespace(unread=0))

        async def get_state(_cls: type) -> Any:
            return state

        yield SimpleNamespace(get_state=get_state)


@pytest.fixture(autouse=True)
def nobody() -> None:
    tabs._tabs.clear()
    bell._told.clear()


def open_tab(token: str, actor: Actor) -> None:
    tabs._tabs[token] = tabs.Tab(1, actor.permissions, "sid", actor.user_id or 0)


def tell(actor: Actor) -> None:
    with database.transaction() as session:
        notices.add(session, user_id=actor.user_id or 0, kind=NoticeKind.MENTIONED, who="Alice", contact="Ada")


async def test_every_tab_of_the_user_hears_of_it_and_nobody_elses(bob: Actor, alice: Actor) -> None:
    server = Server()
    for token, actor in (("one", bob), ("two", bob), ("hers", alice)):
        open_tab(token, actor)
    assert await bell.watch_once(server) == 3  # what each begins with
    server.touched.clear()
    tell(bob)
    assert await bell.watch_once(server) == 2
    assert {token: one.unread for token, one in server.bells.items()} == {"one": 1, "two": 1, "hers": 0}
    assert await bell.watch_once(server) == 0 and len(server.touched) == 2
    with database.transaction() as session:
        notices.read_all(session, bob)
    assert await bell.watch_once(server) == 2 and server.bells["one"].unread == 0


async def test_a_hundred_open_tabs_cost_one_query(bob: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    real = bell._unread
    monkeypatch.setattr(bell, "_unread", lambda ids: (asked.append(ids), real(ids))[1])
    for n in range(100):
        open_tab(f"tab{n}", bob)
    server = Server()
    await bell.watch_once(server)
    tell(bob)
    await bell.watch_once(server)
    assert asked == [frozenset({bob.user_id})] * 2 and len(server.touched) == 200
    tabs._tabs.clear()
    assert await bell.watch_once(server) == 0 and len(asked) == 2 and bell._told == {}


@pytest.mark.parametrize(
    ("kind", "params", "said"),
    [
        ("task_assigned", {"who": "Bob", "title": "Ring", "day": "2030-05-06", "time": "10:00"},
         "Aufgabe von Bob: Ring, heute 10:00"),
        ("task_reminder", {"title": "Ring", "day": "2030-05-07", "time": ""}, "Ring, morgen"),
        ("event_reminder", {"title": "Lesson", "day": "2030-05-06", "time": "10:00"}, "Lesson, heute 10:00"),
        ("mentioned", {"who": "Bob", "contact": "Ada"}, "Von Bob erwähnt: Ada"),
        ("mentioned", {}, "Von  erwähnt: "),
    ],
)  # fmt: skip
def test_each_kind_has_its_words_in_the_readers_language(kind: str, params: dict[str, str], said: str) -> None:
    from crm_app import locales

    notice = Notice(user_id=1, kind=kind, params=params)
    assert locales.render(bell._said(notice, date(2030, 5, 6), "de"), "de") == said
    assert NoticeKind(kind) in bell.ICONS


async def test_who_is_signed_in_reads_their_own(bob: Actor, alice: Actor) -> None:
    from tests.state.events import Tab, app
    from tests.state.sample import cookie_of

    tell(bob)
    async with Tab(app, cookie_of(bob)) as tab:
        await tab.fire(BellState.load)
        await tab.fire(BellState.toggle)
        state = await tab.state(BellState)
        assert (state.unread, state.is_open, len(state.lines)) == (1, True, 1)
        await tab.fire(BellState.read_all)
        assert (await tab.state(BellState)).unread == 0
    async with Tab(app, cookie_of(alice), token="other") as tab:
        await tab.fire(BellState.toggle)
        assert (await tab.state(BellState)).lines == []
