"""One campaign: what it sends to whom, who gets it and who not, and how far it is."""

import asyncio
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import reflex as rx
from sqlmodel import Session

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.locales import Text, text
from crm_app.models import LeftOut, MessageState, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError, Invalid, NotFound
from crm_app.services.filters.questions import is_id
from crm_app.services.messages import campaigns
from crm_app.state import campaign_view
from crm_app.state.campaign_view import CampaignView, Recipient, Sample
from crm_app.state.choice import Choice
from crm_app.state.following import follow
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor

LOOK_SECONDS = 1.0  # a campaign may take hours


class CampaignState(rx.State):
    """The campaign whose id stands in the URL. `shown` is the row of figures whose contacts are listed."""

    view: CampaignView = CampaignView()
    templates: list[Choice] = []
    groups: list[Choice] = []
    samples: list[Sample] = []
    sample: int = 0
    shown: str = ""
    recipients: list[Recipient] = []
    more: int = 0
    asking: str = ""  # "send", "later", "stop" or "remove"
    error: str = ""
    missing: bool = False
    loaded: bool = False
    key: int = 0

    @action(permission=Permission.MESSAGES)
    async def load(self):
        actor = await current_actor(self)
        self.asking = self.error = self.shown = ""
        self.recipients, self.more, self.sample = [], 0, 0
        self.templates, self.groups = await asyncio.to_thread(campaign_view.choices, actor)
        await self._show(actor)
        self.loaded, self.key = True, self.key + 1
        return CampaignState.watch if self.view.is_moving else None

    @action(permission=Permission.MESSAGES, background=True)
    async def watch(self):
        """Follows it as long as something moves."""

        def show(seen: CampaignView) -> None:
            self.view = seen

        ended = await follow(
            self, lambda: self._id, campaign_view.look, show, lambda seen: seen.is_moving, seconds=LOOK_SECONDS
        )
        if ended is not None:
            async with self:
                await self._show(await current_actor(self))

    @action(permission=Permission.MESSAGES)
    async def save(self, form: dict[str, Any]):
        """Name, template and group; who gets it is worked out next."""
        id_ = self._id
        chosen = [str(form.get(name) or "") for name in ("template", "group")]
        template, group = (int(one) if is_id(one) else None for one in chosen)
        name = str(form.get("name") or "")

        def verb(session: Session, actor: Actor) -> None:
            campaigns.change(session, actor, id_, name=name, template_id=template, group_id=group)

        if await self._do(verb):
            return CampaignState.prepare
        return None

    @action(permission=Permission.MESSAGES)
    async def prepare(self):
        """Works out who gets it, as durable work."""
        id_, started = self._id, []
        if await self._do(lambda session, actor: started.append(campaigns.prepare(session, actor, id_).id)):
            await asyncio.to_thread(queue.push, started[0])
            return CampaignState.watch
        return None

    @action(permission=Permission.MESSAGES)
    async def ask(self, what: str):
        self.asking, self.error = what, ""

    @action(permission=Permission.MESSAGES)
    async def send(self):
        """Everybody who is planned gets it now."""
        id_ = self._id
        if await self._do(lambda session, actor: campaigns.start(session, actor, id_)):
            await say(self, text("The campaign goes out."))
            return CampaignState.watch
        return None

    @action(permission=Permission.MESSAGES)
    async def send_later(self, form: dict[str, Any]):
        actor, id_ = await current_actor(self), self._id
        try:
            at = datetime.fromisoformat(f"{form.get('day')}T{form.get('time')}").replace(
                tzinfo=ZoneInfo(actor.timezone)
            )
        except ValueError:
            self.error = locales.render(text("Please choose a day and a time."), actor.language)
            return
        if await self._do(lambda session, actor: campaigns.start(session, actor, id_, at=at)):
            await say(self, text("The campaign is scheduled."))

    @action(permission=Permission.MESSAGES)
    async def pause(self):
        id_ = self._id
        await self._do(lambda session, actor: campaigns.pause(session, actor, id_))

    @action(permission=Permission.MESSAGES)
    async def go_on(self):
        id_ = self._id
        if await self._do(lambda session, actor: campaigns.go_on(session, actor, id_)):
            return CampaignState.watch
        return None

    @action(permission=Permission.MESSAGES)
    async def unschedule(self):
        id_ = self._id
        await self._do(lambda session, actor: campaigns.unschedule(session, actor, id_))

    @action(permission=Permission.MESSAGES)
    async def stop(self):
        id_ = self._id
        await self._do(lambda session, actor: campaigns.stop(session, actor, id_))

    @action(permission=Permission.MESSAGES)
    async def remove(self):
        id_ = self._id
        if await self._do(lambda session, actor: campaigns.remove(session, actor, id_), show=False):
            await say(self, text("The draft is deleted."))
            return rx.redirect(routes.MESSAGES)
        return None

    @action(permission=Permission.MESSAGES)
    async def list_those(self, key: str):
        """The contacts behind a figure; the same again closes the list."""
        self.shown = "" if key == self.shown else key
        self.recipients, self.more = [], 0
        if self.shown:
            await self.list_more()

    @action(permission=Permission.MESSAGES)
    async def list_more(self):
        actor = await current_actor(self)
        state, _, reason = self.shown.partition(":")
        if state not in set(MessageState) or (reason and reason not in set(LeftOut)):
            return
        further, self.more = await asyncio.to_thread(
            campaign_view.recipients,
            actor,
            self._id,
            MessageState(state),
            LeftOut(reason) if reason else None,
            self.more,
        )
        self.recipients = [*self.recipients, *further]

    @action(permission=Permission.MESSAGES)
    async def show_sample(self, by: int):
        """The next preview, or the one before."""
        if self.samples:
            self.sample = (self.sample + by) % len(self.samples)

    @property
    def _id(self) -> int:
        given = str(self.campaign_id)
        return int(given) if is_id(given) else 0

    async def _show(self, actor: Actor) -> None:
        seen = await asyncio.to_thread(campaign_view.look, actor, self._id)
        self.missing, self.view = seen is None, seen or CampaignView()
        self.samples = await asyncio.to_thread(campaign_view.samples, actor, self._id) if seen else []
        self.sample = min(self.sample, max(0, len(self.samples) - 1))

    async def _do(self, verb: Any, *, show: bool = True) -> bool:
        """Carries it out; False when it was refused, and why is shown."""
        actor, self.error = await current_actor(self), ""
        try:
            await asyncio.to_thread(_written, actor, verb)
        except NotFound:
            self.missing = True
            return False
        except (Invalid, CRMError) as error:
            self.error = _said(error.message, actor)
            return False
        self.asking = ""
        if show:
            await self._show(actor)
        return True


def _written(actor: Actor, verb: Any) -> None:
    with database.transaction() as session:
        verb(session, actor)


def _said(message: Text, actor: Actor) -> str:
    return locales.render(message, actor.language)
