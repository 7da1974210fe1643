"""The erasure of one person: looked at, confirmed, followed to its end."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.locales import Text
from crm_app.models import Job, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError, NotFound
from crm_app.services.filters.questions import is_id
from crm_app.services.privacy import erasing
from crm_app.services.privacy.erasing import LABELS, Part
from crm_app.state.following import follow
from crm_app.state.guard import action
from crm_app.state.session import current_actor


@dataclass
class CountLine:
    label: str
    count: int


@dataclass
class ErasureView:
    """What would be erased. `number` 0 = there is no such contact."""

    number: int = 0
    name: str = ""
    goes: list[CountLine] = field(default_factory=list)
    emptied: list[CountLine] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)


@dataclass
class Progressing:
    """How far it is. `error` is why it stopped."""

    id: int = 0
    working: bool = False
    done: bool = False
    error: str = ""
    url: str = ""


class PrivacyEraseState(rx.State):
    view: ErasureView = ErasureView()
    progress: Progressing = Progressing()
    error: str = ""
    loaded: bool = False
    card_url: str = ""

    @action(permission=Permission.CONTACTS_ERASE)
    async def load(self):
        actor, number = await current_actor(self), _number(self.number)
        self.error, self.card_url = "", routes.contact(number)
        self.view, self.progress = await asyncio.to_thread(_fetch, actor, number)
        self.loaded = True
        return PrivacyEraseState.watch if self.progress.working else None

    @action(permission=Permission.CONTACTS_ERASE)
    async def start(self, form: dict[str, Any]):
        """Begins; the number was typed to confirm."""
        actor, request = await current_actor(self), self.router.url.query_parameters.get("request", "")
        typed, request_id = str(form.get("typed") or ""), int(request) if is_id(request) else None
        try:
            self.progress, job_id = await asyncio.to_thread(_start, actor, self.view.number, typed, request_id)
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)
            return None
        self.error = ""
        await asyncio.to_thread(queue.push, job_id)
        return PrivacyEraseState.watch

    @action(permission=Permission.CONTACTS_ERASE)
    async def resume(self):
        """Takes it up again after it stopped."""
        actor, erasure_id = await current_actor(self), self.progress.id
        try:
            self.progress, job_id = await asyncio.to_thread(_resume, actor, erasure_id)
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)
            return None
        await asyncio.to_thread(queue.push, job_id)
        return PrivacyEraseState.watch

    @action(permission=Permission.CONTACTS_ERASE, background=True)
    async def watch(self):
        """Follows the erasure to its end."""
        await follow(self, lambda: self.progress.id, _seen, self._follow, lambda seen: seen.working)

    def _follow(self, seen: Progressing) -> None:
        self.progress = seen


def _number(written: str) -> int:
    return int(written) if is_id(written) else 0


def _fetch(actor: Actor, number: int) -> tuple[ErasureView, Progressing]:
    with database.reading() as session:
        try:
            looked = erasing.preview(session, actor, number)
        except NotFound:
            return ErasureView(), Progressing()
        there = erasing.running(session, number)
    say = _sayer(actor)
    view = ErasureView(
        number=looked.number,
        name=looked.name,
        goes=_lines(looked.goes, actor),
        emptied=_lines(looked.emptied, actor),
        stays=[say(one) for one in looked.stays],
        imports=[say(one) for one in looked.imports],
    )
    return view, (_seen(actor, there.id or 0) or Progressing()) if there is not None else Progressing()


def _start(actor: Actor, number: int, typed: str, request_id: int | None) -> tuple[Progressing, int]:
    with database.transaction() as session:
        made = erasing.start(session, actor, number, typed, request_id)
        return Progressing(made.id or 0, working=True), made.job_id or 0


def _resume(actor: Actor, erasure_id: int) -> tuple[Progressing, int]:
    with database.transaction() as session:
        made = erasing.again(session, actor, erasure_id)
        return Progressing(made.id or 0, working=True), made.job_id or 0


def _seen(actor: Actor, erasure_id: int) -> Progressing | None:
    if not erasure_id or not actor.may(Permission.CONTACTS_ERASE):
        return None
    with database.reading() as session:
        try:
            found = erasing.get(session, actor, erasure_id)
        except CRMError:
            return None
        job = session.get(Job, found.job_id) if found.job_id else None
        is_done = found.cleaned_at is not None
        error = ""
        if not is_done and job is not None and job.error is not None:
            error = locales.render(Text.from_json(job.error), actor.language)
        working = not is_done and job is not None and not job.is_finished
        url = routes.certificate(erasure_id) if found.erased_at is not None else ""
        return Progressing(erasure_id, working, is_done, error, url)


def _lines(parts: list[Part], actor: Actor) -> list[CountLine]:
    say = _sayer(actor)
    return [CountLine(say(LABELS[part.key]), part.count) for part in parts]


def _sayer(actor: Actor) -> Any:
    return lambda message: locales.render(message, actor.language)
