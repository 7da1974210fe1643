"""Fetching a sheet again from a page: one click, one import."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from crm_app.jobs import queue
from crm_app.models import Import, User
from crm_app.services import database, sessions
from crm_app.services.actor import Actor
from crm_app.services.imports import sheet_link, uploads
from crm_app.services.imports.uploads import Stored
from crm_app.state.import_fetch import ImportFetchState
from tests.services.imports.conftest import Flow, InlineReader
from tests.state.events import Tab, app

LINK = "https://docs.google.com/spreadsheets/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit#gid=0"


@pytest.fixture
def committed(monkeypatch: pytest.MonkeyPatch, bob: Actor) -> int:
    """An import of a sheet that came in, by bob."""
    from crm_app.services.imports.reading import pool

    monkeypatch.setattr(pool, "reader", InlineReader)
    flow = Flow(bob)
    id_ = flow.checked("first_name,email\nAda,ada@example.org\n")
    flow.commit(id_)
    (flow.folder(id_) / sheet_link.LINK).write_text(LINK)
    return id_


def test_a_double_click_fetches_once_and_opens_the_check(
    committed: int, bob: Actor, monkeypatch: pytest.MonkeyPatch, db: Path
) -> None:
    fetched, pushed = [], []

    def fetch(link: str) -> tuple[str, Stored]:
        fetched.append(link)
        return "people.csv", uploads.from_text("first_name,email\nEve,eve@example.org\n")

    monkeypatch.setattr(sheet_link, "fetch", fetch)
    monkeypatch.setattr(queue, "push", pushed.append)
    with database.transaction() as session:
        user = session.exec(select(User).where(User.id == bob.user_id)).one()
        cookie = "session=" + sessions.start(session, user)

    async def click() -> list[Any]:
        async with Tab(app, cookie) as tab:
            clicks = [await tab.start(ImportFetchState.fetch, import_id=committed) for _ in range(2)]
            await asyncio.gather(*[each.wait_all() for each in clicks])
            return [str(e.payload.get("path", "")).strip('"') for e in tab.answer.events if e.name == "_redirect"]

    redirects = asyncio.run(click())
    with database.reading() as session:
        made = session.exec(select(Import).where(Import.follows_id == committed)).all()
    assert (fetched, len(made), len(pushed)) == ([LINK], 1, 1)
    assert redirects == [f"/imports/{made[0].id}/check"]
