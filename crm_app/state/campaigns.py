"""The campaigns, and a new one to the contacts of a list or a segment."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx

from crm_app import locales, routes
from crm_app.locales import Text, text
from crm_app.models import Campaign, CampaignState, MessageState, Permission
from crm_app.services import database, segments
from crm_app.services.actor import Actor
from crm_app.services.contacts import listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import CRMError
from crm_app.services.filters.questions import is_id
from crm_app.services.messages import campaigns
from crm_app.state.choice import Choice
from crm_app.state.formats import exact, spoken
from crm_app.state.guard import action
from crm_app.state.message_words import CAMPAIGN_STATES, audience
from crm_app.state.session import current_actor

PAGE = 50
_NOT_KNOWN = text("This link has a condition that is not known.")


@dataclass
class CampaignLine:
    key: str
    url: str
    name: str
    state: str
    dot: str
    when: str
    exact: str
    sent: int
    failed: int
    total: int


class CampaignListState(rx.State):
    """`asking`: the form of a new one is open; `whom` says of whom, where the URL brought a filter."""

    lines: list[CampaignLine] = []
    asking: bool = False
    whom: str = ""
    total: int = 0
    segments: list[Choice] = []
    error: str = ""
    more: int = 0  # the last one shown, 0 at the end
    loaded: bool = False

    @action(permission=Permission.MESSAGES)
    async def load(self):
        actor = await current_actor(self)
        self.lines, self.more = await asyncio.to_thread(_lines, actor, None)
        self.loaded, self.error, self.whom, self.total = True, "", "", 0
        self.asking = "new" in self.router.url.query_parameters
        if self.asking:
            await self._count(actor)

    @action(permission=Permission.MESSAGES)
    async def show_more(self):
        further, self.more = await asyncio.to_thread(_lines, await current_actor(self), self.more or None)
        self.lines = [*self.lines, *further]

    @action(permission=Permission.MESSAGES)
    async def ask(self):
        """Opens the form of a new one, to everybody or a segment; closes it."""
        self.asking, self.error, self.whom = not self.asking, "", ""
        if self.asking:
            actor = await current_actor(self)
            self.segments = await asyncio.to_thread(_segments, actor)

    @action(permission=Permission.MESSAGES)
    async def make(self, form: dict[str, Any]):
        """Makes the draft and opens it."""
        actor, chosen = await current_actor(self), str(form.get("segment") or "")
        try:
            wanted = self._wanted()
            if not self.whom and is_id(chosen):
                wanted = ContactFilter(segment_id=int(chosen))
            made = await asyncio.to_thread(_make, actor, str(form.get("name") or ""), wanted)
        except ValueError:
            self.error = locales.render(_NOT_KNOWN, actor.language)
            return None
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)
            return None
        return rx.redirect(routes.campaign(made))

    async def _count(self, actor: Actor) -> None:
        try:
            self.whom, self.total = await asyncio.to_thread(_counted, actor, self._wanted())
        except ValueError:
            self.error = locales.render(_NOT_KNOWN, actor.language)
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)

    def _wanted(self) -> ContactFilter:
        """Raises ValueError for what is not understood."""
        params: dict[str, Any] = dict(self.router.url.query_parameters)
        return ContactFilter.from_params(params) if "new" in params else ContactFilter()


def _lines(actor: Actor, before: int | None) -> tuple[list[CampaignLine], int]:
    with database.reading() as session:
        found = campaigns.listing(session, actor, before=before, limit=PAGE + 1)
        shown = found[:PAGE]
        counts = campaigns.counted(session, [one.id or 0 for one in shown])
        lines = [_line(one, counts[one.id or 0], actor) for one in shown]
    return lines, (shown[-1].id or 0) if len(found) > PAGE else 0


def _line(one: Campaign, counts: campaigns.Counts, actor: Actor) -> CampaignLine:
    state, dot = CAMPAIGN_STATES[CampaignState(one.state)]
    at = one.started_at or one.scheduled_at or one.created_at
    return CampaignLine(
        key=str(one.id),
        url=routes.campaign(one.id or 0),
        name=one.name,
        state=_said(state, actor),
        dot=f"dot-{dot}",
        when=spoken(at, actor.language, actor.timezone),
        exact=exact(at, actor.language, actor.timezone),
        sent=counts.of(MessageState.SENT),
        failed=counts.of(MessageState.FAILED, MessageState.UNCERTAIN),
        total=counts.total - counts.of(MessageState.LEFT_OUT),
    )


def _segments(actor: Actor) -> list[Choice]:
    with database.reading() as session:
        return [Choice(str(one.segment.id), one.segment.name) for one in segments.listing(session, actor)]


def _counted(actor: Actor, wanted: ContactFilter) -> tuple[str, int]:
    with database.reading() as session:
        return audience(session, actor, wanted), listing.count(session, actor, wanted, limit=10_000_000)


def _make(actor: Actor, name: str, wanted: ContactFilter) -> int:
    with database.transaction() as session:
        return campaigns.make(session, actor, name, wanted).id or 0


def _said(message: Text, actor: Actor) -> str:
    return locales.render(message, actor.language)
