"""Contacts that are probably one: found by a search in the background, looked at side by side, merged or told apart."""

import asyncio
from dataclasses import dataclass, field

import reflex as rx

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.locales import Text, ntext, text
from crm_app.models import Contact, JobKind, Permission
from crm_app.services import database, jobs
from crm_app.services.actor import Actor
from crm_app.services.duplicates import batch, groups, merging, proposal, ruled_out, running, unmerging, work
from crm_app.services.duplicates.groups import Group
from crm_app.services.errors import CRMError, NotPermitted
from crm_app.state.contact_view import Presenter
from crm_app.state.formats import spoken
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor

POLL_SECONDS = 0.5
_VIEWS = {"": None, "certain": True, "likely": False}


@dataclass
class Person:
    """One contact of a group, in a line."""

    number: int
    url: str
    name: str
    more: str


@dataclass
class GroupLine:
    id: int
    score: int
    certain: bool
    reasons: list[str]
    people: list[Person]
    numbers: list[int]
    url: str


@dataclass
class Value:
    """What one contact has for a field; `number` 0 = all texts together."""

    number: int
    text: str
    chosen: bool


@dataclass
class FieldLine:
    field: str
    label: str
    conflict: bool
    options: list[Value] = field(default_factory=list)


@dataclass
class Standing:
    """Where search and merge stand."""

    working: str = ""  # "duplicates" or "merge" while one is at work
    percent: int = 0
    sentence: str = ""
    error: str = ""
    certain: int = 0
    fewer: int = 0


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
    group_id: int = 0
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
        self.view = view if view in _VIEWS else ""
        self.asking, self.error = False, ""
        self.standing = await asyncio.to_thread(_standing, actor)
        wanted = _number(params.get("group", ""))
        if wanted:
            await self._compare(actor, wanted, 0)
        else:
            self.group_id = 0
            after = _number(params.get("after", "")) or None
            self.lines, self.total, following = await asyncio.to_thread(_page, actor, self.view, after)
            self.next_url = _url(self.view, after=following) if following else ""
        self.loaded = True
        return DuplicatesState.watch if self.standing.working and self.may_search else None

    @action(permission=Permission.CONTACTS_BULK, background=True)
    async def watch(self):
        """Follows the work to its end, then shows what it found."""
        while True:
            async with self:
                try:
                    actor = await current_actor(self)
                except NotPermitted:
                    return
            standing = await asyncio.to_thread(_standing, actor)
            async with self:
                self.standing = standing
            if not standing.working:
                break
            await asyncio.sleep(POLL_SECONDS)
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
        await self._compare(await current_actor(self), self.group_id, number)

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
        return rx.redirect(_url(self.view))

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
        return rx.redirect(_url(self.view)) if self.group_id else DuplicatesState.load

    async def _begin(self, kind: JobKind):
        actor = await current_actor(self)
        try:
            job_id = await asyncio.to_thread(_start, actor, kind)
        except CRMError as error:
            await say(self, error.message, "error")
            return None
        await asyncio.to_thread(queue.push, job_id)
        self.standing = await asyncio.to_thread(_standing, actor)
        return DuplicatesState.watch

    async def _compare(self, actor: Actor, group_id: int, kept: int) -> None:
        try:
            found = await asyncio.to_thread(_side_by_side, actor, group_id, kept)
        except CRMError as error:
            self.group_id, self.people, self.numbers, self.fields = group_id, [], [], []
            self.error = locales.render(error.message, actor.language)
            return
        self.group_id = group_id
        self.people, self.kept, self.fields, self._versions = found
        self.numbers = [person.number for person in self.people]


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0


def _url(view: str, **more: int) -> str:
    params = {"view": view, **more} if view else more
    return routes.DUPLICATES + ("?" + "&".join(f"{key}={value}" for key, value in params.items()) if params else "")


def _standing(actor: Actor) -> Standing:
    with database.reading() as session:
        search = running.latest(session)
        found = Standing()
        if search is None:
            message = text("Nobody has looked for duplicates yet.")
        else:
            message = ntext(
                "Last looked {when}. One contact is new or changed since.",
                "Last looked {when}. {n} contacts are new or changed since.",
                running.changed_since(session, search),
                when=spoken(search.finished_at or search.started_at, actor.language, actor.timezone),
            )
        found.sentence = locales.render(message, actor.language)
        if actor.may(Permission.CONTACTS_BULK):
            preview = batch.preview(session, actor)
            found.certain, found.fewer = preview.groups, preview.fewer
        for kind in work.KINDS:
            job = work.latest(session, kind)
            if job is not None and not job.is_finished:
                found.working = kind.value
                found.percent = min(100, job.done * 100 // job.total) if job.total else 0
            elif job is not None and job.error:
                found.error = locales.render(Text.from_json(job.error), actor.language)
        return found


def _page(actor: Actor, view: str, after: int | None) -> tuple[list[GroupLine], int, int | None]:
    with database.reading() as session:
        page = groups.page(session, actor, certain=_VIEWS[view], after=after)
        return [_line(group, actor, view) for group in page.groups], page.total, page.after


def _line(group: Group, actor: Actor, view: str) -> GroupLine:
    return GroupLine(
        id=group.id,
        score=group.score,
        certain=group.is_certain,
        reasons=[locales.render(reason, actor.language) for reason in group.reasons],
        people=[_person(contact) for contact in group.contacts],
        numbers=[contact.number for contact in group.contacts],
        url=_url(view, group=group.id),
    )


def _person(contact: Contact) -> Person:
    shown = (contact.company, contact.email, contact.mobile or contact.phone, contact.city)
    more = " · ".join(one for one in shown if one and one != contact.display_name)
    return Person(contact.number, routes.contact(contact.number), contact.display_name, more)


def _side_by_side(actor: Actor, group_id: int, kept: int) -> tuple[list[Person], int, list[FieldLine], dict[int, int]]:
    with database.reading() as session:
        group = groups.get(session, actor, group_id)
        stays = next((one for one in group.contacts if one.number == kept), proposal.suggested_kept(group.contacts))
        others = [one.number for one in group.contacts if one.number != stays.number]
        presenter = Presenter(session, actor)
        lines = []
        for choice in merging.choices(session, actor, stays.number, others):
            values = [
                Value(number, presenter.value(choice.field, merging.plain(value)), number == choice.suggested)
                for number, value in choice.values.items()
            ]
            if choice.field in proposal.COMBINED:
                together = locales.render(text("All of them together"), actor.language)
                values.append(Value(proposal.ALL, together, choice.suggested == proposal.ALL))
            lines.append(FieldLine(choice.field, presenter.label(choice.field), choice.is_conflict, values))
        versions = {one.number: one.version for one in group.contacts}
        return [_person(one) for one in group.contacts], stays.number, lines, versions


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
