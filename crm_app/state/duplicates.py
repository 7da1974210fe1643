"""Contacts that are probably one: found by a search in the background, looked at side by side, merged or told apart."""

import asyncio

import reflex as rx

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.locales import text
from crm_app.models import JobKind, Permission
from crm_app.services import database, jobs
from crm_app.services.actor import Actor
from crm_app.services.duplicates import merging, ruled_out, unmerging, work
from crm_app.services.errors import CRMError
from crm_app.state.duplicates_view import (
    VIEWS,
    FieldLine,
    GroupLine,
    Person,
    Standing,
    number_of,
    page_of,
    side_by_side,
    standing_of,
    url_of,
)
from crm_app.state.following import follow
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor

MOST = 20  # contacts side by side


class DuplicatesState(rx.State):
    standing: Standing = Standing()
    loaded: bool = False
    may_search: bool = False
    may_merge: bool = False
    view: str = ""
    lines: list[GroupLine] = []
    total: int = 0
    next_url: str = ""
    # One group, side by side.
    comparing: bool = False
    group_id: int = 0
    asked_for: list[int] = []  # contacts by number, where it is no group of a search
    people: list[Person] = []
    numbers: list[int] = []
    kept: int = 0
    fields: list[FieldLine] = []
    asking: bool = False  # whether all certain ones are to be merged
    merged_id: int = 0  # the last merge of this tab, to take back
    merged_text: str = ""
    error: str = ""
    _versions: dict[int, int] = {}

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Reads the URL: a page of groups, or one group."""
        actor = await current_actor(self)
        params = self.router.url.query_parameters
        self.may_search, self.may_merge = actor.may(Permission.CONTACTS_BULK), actor.may(Permission.CONTACTS_EDIT)
        view = params.get("view", "")
        self.view = view if view in VIEWS else ""
        self.asking, self.error = False, ""
        self.standing = await asyncio.to_thread(standing_of, actor)
        self.group_id = number_of(params.get("group", ""))
        self.asked_for = [number_of(word) for word in params.get("contacts", "").split(",")[:MOST] if word]
        self.comparing = bool(self.group_id or self.asked_for)
        if self.comparing:
            await self._compare(actor, 0)
        else:
            after = number_of(params.get("after", "")) or None
            self.lines, self.total, following = await asyncio.to_thread(page_of, actor, self.view, after)
            self.next_url = url_of(self.view, after=following) if following else ""
        self.loaded = True
        return DuplicatesState.watch if self.standing.working and self.may_search else None

    @action(permission=Permission.CONTACTS_BULK, background=True)
    async def watch(self):
        """Follows the work to its end, then shows what it found."""
        if await follow(self, lambda: None, _looked_at, self._show, lambda seen: bool(seen.working)):
            yield DuplicatesState.load

    @action(permission=Permission.CONTACTS_BULK)
    async def search(self):
        return await self._begin(JobKind.DUPLICATES)

    @action(permission=Permission.CONTACTS_BULK)
    async def ask(self, wanted: bool):
        """Opens the question before all certain groups are merged, or closes it."""
        self.asking = wanted

    @action(permission=Permission.CONTACTS_BULK)
    async def merge_certain(self):
        self.asking = False
        return await self._begin(JobKind.MERGE)

    @action(permission=Permission.CONTACTS_BULK)
    async def stop(self):
        actor = await current_actor(self)
        await asyncio.to_thread(_stop, actor)

    @action(permission=Permission.CONTACTS_EDIT)
    async def keep(self, number: int):
        """Another contact is the one that stays."""
        await self._compare(await current_actor(self), number)

    @action(permission=Permission.CONTACTS_EDIT)
    async def choose(self, name: str, number: int):
        """From which contact a field's value comes."""
        for line in self.fields:
            if line.field == name:
                for value in line.options:
                    value.chosen = value.number == number
        self.fields = list(self.fields)

    @action(permission=Permission.CONTACTS_EDIT)
    async def merge(self):
        """Makes the contacts of the group one, as chosen."""
        actor = await current_actor(self)
        wishes = {line.field: value.number for line in self.fields for value in line.options if value.chosen}
        others = [person.number for person in self.people if person.number != self.kept]
        try:
            merge_id = await asyncio.to_thread(_merge, actor, self.kept, others, wishes, dict(self._versions))
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)
            return None
        self.merged_id = merge_id
        numbers = ", ".join(f"#{number}" for number in others)
        message = text("{numbers} went into #{kept}.", numbers=numbers, kept=self.kept)
        self.merged_text = locales.render(message, actor.language)
        return rx.redirect(routes.contact(self.kept) if self.asked_for else url_of(self.view))

    @action(permission=Permission.CONTACTS_EDIT)
    async def unmerge(self):
        """Takes the last merge of this tab apart again."""
        actor = await current_actor(self)
        try:
            await asyncio.to_thread(_unmerge, actor, self.merged_id)
        except CRMError as error:
            await say(self, error.message, "error")
            return None
        self.merged_id, self.merged_text = 0, ""
        await say(self, text("They are apart again. The next search finds them once more."))
        return DuplicatesState.load

    @action(permission=Permission.CONTACTS_EDIT)
    async def tell_apart(self, numbers: list[int]):
        """They are not one, now and in every later search; said of the contacts, for a search may replace the group."""
        actor = await current_actor(self)
        try:
            await asyncio.to_thread(_tell_apart, actor, numbers)
        except CRMError as error:
            await say(self, error.message, "error")
            return DuplicatesState.load
        await say(self, text("Remembered: these are different. No later search shows them together."))
        return rx.redirect(url_of(self.view)) if self.comparing else DuplicatesState.load

    async def _begin(self, kind: JobKind):
        actor = await current_actor(self)
        try:
            job_id = await asyncio.to_thread(_start, actor, kind)
        except CRMError as error:
            await say(self, error.message, "error")
            return None
        await asyncio.to_thread(queue.push, job_id)
        self.standing = await asyncio.to_thread(standing_of, actor)
        return DuplicatesState.watch

    async def _compare(self, actor: Actor, kept: int) -> None:
        try:
            found = await asyncio.to_thread(side_by_side, actor, self.group_id, list(self.asked_for), kept)
        except CRMError as error:
            self.people, self.numbers, self.fields = [], [], []
            self.error = locales.render(error.message, actor.language)
            return
        self.people, self.kept, self.fields = found.people, found.kept, found.fields
        self._versions = found.versions
        self.numbers = [person.number for person in self.people]

    def _show(self, seen: Standing) -> None:
        self.standing = seen


def _looked_at(actor: Actor, _: None) -> Standing:
    return standing_of(actor)


def _start(actor: Actor, kind: JobKind) -> int:
    with database.transaction() as session:
        return work.start(session, actor, kind).id or 0


def _stop(actor: Actor) -> None:
    with database.transaction() as session:
        for kind in work.KINDS:
            job = work.latest(session, kind)
            if job is not None and not job.is_finished:
                jobs.cancel(session, job)


def _merge(actor: Actor, kept: int, others: list[int], wishes: dict[str, int], versions: dict[int, int]) -> int:
    with database.transaction() as session:
        return merging.merge(session, actor, kept, others, wishes, versions=versions).id or 0


def _unmerge(actor: Actor, merge_id: int) -> None:
    with database.transaction() as session:
        unmerging.unmerge(session, actor, merge_id)


def _tell_apart(actor: Actor, numbers: list[int]) -> None:
    with database.transaction() as session:
        ruled_out.rule_out(session, actor, numbers)
