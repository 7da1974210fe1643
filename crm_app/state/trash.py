"""The trash: what is in it, brought back, and deleted for good."""

import asyncio
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import reflex as rx

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.locales import Text, ntext, text
from crm_app.models import Contact, Installation, Permission
from crm_app.services import database, installation
from crm_app.services.actor import Actor
from crm_app.services.changes import actions
from crm_app.services.changes.start import start
from crm_app.services.contacts import trash
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import CRMError, NotPermitted
from crm_app.services.filters.questions import is_id
from crm_app.state.formats import exact, short_date, spoken
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor

POLL_SECONDS = 0.4
_NOBODY = text("Nobody of them is in the trash any more.")


@dataclass
class TrashLine:
    """`ends` is the day on which it goes by itself; empty = not at all."""

    number: int = 0
    url: str = ""
    name: str = ""
    about: str = ""
    who: str = ""
    when: str = ""
    exact: str = ""
    ends: str = ""


@dataclass
class Emptying:
    """How far the deletion of everything is."""

    working: bool = False
    percent: int = 0


class TrashState(rx.State):
    """The trash as the URL has it."""

    rows: list[TrashLine] = []
    numbers: list[int] = []  # of the page
    ticked: list[int] = []
    total: int = 0
    next_url: str = ""
    narrowed: bool = False
    loaded: bool = False
    told: str = ""  # how long contacts stay
    asking: str = ""  # "some" or "all" to be deleted for good
    emptying: Emptying = Emptying()
    may_restore: bool = False
    may_restore_all: bool = False
    may_delete: bool = False

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        actor = await current_actor(self)
        self.may_restore, self.may_delete = actor.may(Permission.CONTACTS_EDIT), actor.may(Permission.CONTACTS_ERASE)
        self.may_restore_all = actor.may(Permission.CONTACTS_BULK)
        params = self.router.url.query_parameters
        query, after = params.get("q", ""), params.get("after", "")
        self.rows, self.total, following, self.told = await asyncio.to_thread(
            _fetch, actor, query, int(after) if is_id(after) else None
        )
        more = {"q": query, "after": following}
        kept = {key: value for key, value in more.items() if value}
        self.next_url = f"{routes.TRASH}?{urlencode(kept)}" if following else ""
        self.numbers, self.ticked = [row.number for row in self.rows], []
        self.narrowed, self.asking, self.loaded = bool(query), "", True
        self.emptying = await asyncio.to_thread(_emptying, actor)
        return TrashState.watch if self.emptying.working else None

    @action(permission=Permission.CONTACTS_READ)
    async def tick(self, number: int):
        there = [one for one in self.ticked if one != number]
        self.ticked = there if len(there) < len(self.ticked) else [*there, number]
        self.asking = ""

    @action(permission=Permission.CONTACTS_READ)
    async def tick_page(self):
        """All of a page, or none of it when all were ticked."""
        self.ticked = [] if len(self.ticked) == len(self.numbers) else list(self.numbers)
        self.asking = ""

    @action(permission=Permission.CONTACTS_EDIT)
    async def restore(self, numbers: list[int]):
        actor = await current_actor(self)
        done = await asyncio.to_thread(_restore, actor, numbers)
        await say(self, restored(done) if done else _NOBODY, "success" if done else "info")
        return TrashState.load

    @action(permission=Permission.CONTACTS_BULK)
    async def restore_all(self):
        """Brings everybody back as a change of many, which can be undone."""
        actor = await current_actor(self)
        try:
            job_id, import_id = await asyncio.to_thread(_restore_all, actor)
        except CRMError as error:
            await say(self, error.message, "error")
            return TrashState.load
        await asyncio.to_thread(queue.push, job_id)
        return rx.redirect(routes.import_step(import_id, "done"))

    @action(permission=Permission.CONTACTS_ERASE)
    async def ask(self, what: Literal["", "some", "all"]):
        """Opens the question before contacts are deleted for good, or closes it."""
        self.asking = what

    @action(permission=Permission.CONTACTS_ERASE)
    async def delete(self, numbers: list[int]):
        actor = await current_actor(self)
        done = await asyncio.to_thread(_delete, actor, numbers)
        message = ntext("{n} contact is deleted for good.", "{n} contacts are deleted for good.", done)
        await say(self, message if done else _NOBODY, "success" if done else "info")
        return TrashState.load

    @action(permission=Permission.CONTACTS_ERASE)
    async def empty(self):
        """Deletes everybody in the trash for good, in the background."""
        actor = await current_actor(self)
        self.asking = ""
        await asyncio.to_thread(queue.push, await asyncio.to_thread(_empty, actor))
        self.emptying = await asyncio.to_thread(_emptying, actor)
        return TrashState.watch

    @action(permission=Permission.CONTACTS_ERASE, background=True)
    async def watch(self):
        """Follows the emptying to its end, then shows what is left."""
        while True:
            async with self:
                try:
                    actor = await current_actor(self)
                except NotPermitted:
                    return
            seen = await asyncio.to_thread(_emptying, actor)
            async with self:
                self.emptying = seen
            if not seen.working:
                break
            await asyncio.sleep(POLL_SECONDS)
        yield TrashState.load


def line(entry: trash.Entry, settings: Installation, actor: Actor) -> TrashLine:
    """A contact of the trash in words."""
    contact, at = entry.contact, entry.contact.trashed_at
    assert at is not None
    ends = trash.until(settings, at)
    return TrashLine(
        number=contact.number,
        url=routes.contact(contact.number),
        name=contact.display_name,
        about=_about(contact),
        who=entry.who,
        when=spoken(at, actor.language, actor.timezone),
        exact=exact(at, actor.language, actor.timezone),
        ends=short_date(ends.astimezone(ZoneInfo(actor.timezone)), actor.language) if ends else "",
    )


def restored(done: int) -> Text:
    """What is said once contacts are back."""
    return ntext("{n} contact is back in the list.", "{n} contacts are back in the list.", done)


def _about(contact: Contact) -> str:
    return next((value for value in (contact.email, contact.mobile, contact.phone, contact.city) if value), "")


def _fetch(actor: Actor, query: str, after: int | None) -> tuple[list[TrashLine], int, int | None, str]:
    with database.reading() as session:
        page, settings = trash.page(session, actor, query=query, after=after), installation.current(session)
        told = text("Contacts stay here until somebody deletes them.")
        if settings.trash_days:
            told = ntext(
                "Contacts stay here for {n} day, then they are deleted for good.",
                "Contacts stay here for {n} days, then they are deleted for good.",
                settings.trash_days,
            )
        lines = [line(entry, settings, actor) for entry in page.entries]
        return lines, page.total, page.after, _said(told, actor)


def _emptying(actor: Actor) -> Emptying:
    if not actor.may(Permission.CONTACTS_ERASE):
        return Emptying()
    with database.reading() as session:
        job = trash.emptying(session, actor)
    if job is None or job.is_finished:
        return Emptying()
    return Emptying(True, min(99, 100 * job.done // max(1, job.total)))


def _restore(actor: Actor, numbers: list[int]) -> int:
    with database.transaction() as session:
        return trash.restore(session, actor, numbers)


def _restore_all(actor: Actor) -> tuple[int, int]:
    with database.transaction() as session:
        job = start(session, actor, ContactFilter(inactive=True), actions.restore())
        return job.id or 0, job.subject_id


def _delete(actor: Actor, numbers: list[int]) -> int:
    with database.transaction() as session:
        return trash.delete_for_good(session, actor, numbers)


def _empty(actor: Actor) -> int:
    with database.transaction() as session:
        return trash.start_emptying(session, actor).id or 0


def _said(message: Text, actor: Actor) -> str:
    return locales.render(message, actor.language)
