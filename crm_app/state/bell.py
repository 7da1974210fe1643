"""The bell: what the user was told and has not read, on every open tab.

One look at the database for all tabs together every two seconds; a tab hears only of a number that is another one.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import reflex as rx

from crm_app import locales
from crm_app.locales import Text, text
from crm_app.models import Notice, NoticeKind
from crm_app.services import database, installation, local_time, notices
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError
from crm_app.state import tabs
from crm_app.state.formats import planned, spoken
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor

log = logging.getLogger(__name__)

WATCH_SECONDS = 2.0
ICONS = {
    NoticeKind.TASK_ASSIGNED: "user-check",
    NoticeKind.TASK_REMINDER: "alarm-clock",
    NoticeKind.EVENT_REMINDER: "calendar-clock",
    NoticeKind.MENTIONED: "at-sign",
}


@dataclass
class NoticeLine:
    id: int
    icon: str
    said: str
    when: str
    link: str
    is_unread: bool


class BellState(rx.State):
    unread: int = 0
    is_open: bool = False
    lines: list[NoticeLine] = []

    @action(permission=None)
    async def load(self):
        """How many are unread; asked by every page that opens. The list closes."""
        self.is_open = False
        self.unread, _ = await asyncio.to_thread(_fetch, await current_actor(self), False)

    @action(permission=None)
    async def toggle(self):
        """Opens the list, or closes it."""
        self.is_open = not self.is_open
        if self.is_open:
            await self._show()

    @action(permission=None)
    async def close(self):
        self.is_open = False

    @action(permission=None)
    async def read(self, notice_id: int):
        """Marks one as read and goes where it leads."""
        actor = await current_actor(self)
        try:
            link = await asyncio.to_thread(_read, actor, notice_id)
        except CRMError as error:
            await say(self, error.message, "error")
            return None
        self.is_open = False
        self.unread, _ = await asyncio.to_thread(_fetch, actor, False)
        return rx.redirect(link) if link else None

    @action(permission=None)
    async def read_all(self):
        await asyncio.to_thread(_read_all, await current_actor(self))
        await self._show()

    async def _show(self) -> None:
        self.unread, self.lines = await asyncio.to_thread(_fetch, await current_actor(self), True)


_told: dict[str, int] = {}  # by Reflex's client token: the number each tab was told last


async def watch(app: Any) -> None:
    """`watch_once` every two seconds, for as long as the server runs."""
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        try:
            await watch_once(app)
        except Exception:  # the watch must outlive a busy database
            log.exception("the bells could not be rung")


async def watch_once(app: Any) -> int:
    """Tells each tab whose number changed since. Returns how many tabs were told."""
    there = tabs.users()
    for token in _told.keys() - there.keys():
        del _told[token]
    if not there:
        return 0
    counted = await asyncio.get_running_loop().run_in_executor(tabs.threads, _unread, frozenset(there.values()))
    changed = {token: counted.get(user_id, 0) for token, user_id in there.items()}
    changed = {token: n for token, n in changed.items() if _told.get(token) != n}
    for token, n in changed.items():
        async with app.modify_state(rx.BaseStateToken(ident=token, cls=BellState)) as root:
            bell = await root.get_state(BellState)
            if bell.unread != n:
                bell.unread = n
        _told[token] = n
    return len(changed)


def _unread(user_ids: frozenset[int]) -> dict[int, int]:
    with database.reading() as session:
        return notices.unread(session, user_ids)


def _fetch(actor: Actor, with_lines: bool) -> tuple[int, list[NoticeLine]]:
    with database.reading() as session:
        count = notices.unread(session, [actor.user_id or 0]).get(actor.user_id or 0, 0)
        if not with_lines:
            return count, []
        zone = installation.current(session).timezone
        return count, [line(notice, actor, zone) for notice in notices.newest(session, actor)]


def line(notice: Notice, actor: Actor, zone: str) -> NoticeLine:
    return NoticeLine(
        id=notice.id or 0,
        icon=ICONS.get(NoticeKind(notice.kind), "bell"),
        said=locales.render(_said(notice, local_time.today(zone), actor.language), actor.language),
        when=spoken(notice.created_at, actor.language, zone),
        link=notice.link,
        is_unread=notice.read_at is None,
    )


def _said(notice: Notice, today: date, language: str) -> Text:
    """The text of its kind; what is missing in the values is left empty."""
    values = {"who": "", "title": "", "contact": "", "day": "", "time": "", **notice.params}
    when = ""
    if values["day"]:
        at = time.fromisoformat(values["time"]) if values["time"] else None
        when = planned(date.fromisoformat(values["day"]), at, today, language)
    if notice.kind == NoticeKind.TASK_ASSIGNED:
        return text("{who} gave you a task: {title}, {when}", who=values["who"], title=values["title"], when=when)
    if notice.kind == NoticeKind.MENTIONED:
        return text("{who} mentioned you: {contact}", who=values["who"], contact=values["contact"])
    return text("{title}, {when}", title=values["title"], when=when)


def _read(actor: Actor, notice_id: int) -> str:
    with database.transaction() as session:
        return notices.read(session, actor, notice_id).link


def _read_all(actor: Actor) -> None:
    with database.transaction() as session:
        notices.read_all(session, actor)
