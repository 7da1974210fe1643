"""The start page: its figures as lines with a link each."""

import asyncio
from dataclasses import dataclass

import reflex as rx
from babel.dates import format_skeleton

from crm_app import routes
from crm_app.models import Permission
from crm_app.services import database, overview
from crm_app.services.actor import Actor
from crm_app.services.contacts import listing
from crm_app.services.overview import IDLE_DAYS, WEEKS, Count, Overview
from crm_app.state.guard import action
from crm_app.state.session import current_actor

__all__ = ["IDLE_DAYS", "WEEKS", "Bar", "StartState"]


@dataclass
class Bar:
    """A figure with its list behind it; `share` is percent of the largest of its kind, `tone` the colour's class."""

    label: str = ""
    total: int = 0
    capped: bool = False
    url: str = ""
    share: int = 0
    tone: str = ""


class StartState(rx.State):
    """What the user sees in the morning."""

    loaded: bool = False
    is_empty: bool = False
    new: Bar = Bar()
    mine: Bar = Bar()
    loose: Bar = Bar()
    idle: Bar = Bar()
    statuses: list[Bar] = []
    weeks: list[Bar] = []
    sources: list[Bar] = []
    came: Bar = Bar()
    won: Bar = Bar()

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        actor = await current_actor(self)
        found = await asyncio.to_thread(_fetch, actor)
        self.is_empty = found.is_empty
        self.new, self.mine = _bar(found.new), _bar(found.mine)
        self.loose, self.idle = _bar(found.loose), _bar(found.idle)
        self.came, self.won = _bar(found.came), _bar(found.won, most=found.came.total)
        self.statuses = _bars(
            [
                (status.name if status else "", count, f"dot-{status.colour if status else 'gray'}")
                for status, count in found.statuses
            ]
        )
        self.weeks = _bars(
            [(format_skeleton("MMMd", day, locale=actor.language), count, "") for day, count in found.weeks]
        )
        self.sources = _bars([(source, count, "") for source, count in found.sources])
        self.loaded = True


def _fetch(actor: Actor) -> Overview:
    with database.reading() as session:
        return overview.of(session, actor)


def _bars(lines: list[tuple[str, Count, str]]) -> list[Bar]:
    most = max((count.total for _, count, _ in lines), default=0)
    return [_bar(count, label=label, tone=tone, most=most) for label, count, tone in lines]


def _bar(count: Count, *, label: str = "", tone: str = "", most: int = 0) -> Bar:
    return Bar(
        label=label,
        total=min(count.total, listing.COUNT_LIMIT),
        capped=count.total > listing.COUNT_LIMIT,
        url=count.wanted.url(routes.CONTACTS),
        share=round(100 * count.total / most) if most else 0,
        tone=tone,
    )
