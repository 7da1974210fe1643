"""The read step of a file that brings failed rows back: which import they belong to, and going on with it."""

import asyncio
from zoneinfo import ZoneInfo

import reflex as rx

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.locales import Text, ntext
from crm_app.models import Import, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError, NotFound
from crm_app.services.imports import continuing, returning, steps
from crm_app.services.imports.returning import Returned
from crm_app.state.guard import action
from crm_app.state.import_wizard import ImportWizardState
from crm_app.state.messages import say
from crm_app.state.session import current_actor


class ImportReturnState(rx.State):
    """`sentence` says whose rows these are, empty for other files; `rows` of them can be taken."""

    sentence: str = ""
    remarks: list[str] = []
    refusal: str = ""
    rows: int = 0

    @action(permission=Permission.IMPORT)
    async def load(self):
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        found = await asyncio.to_thread(_look, actor, wizard._id)
        self.sentence = (
            _said(sentence(found.original, len(found.rows) + len(found.there), actor), actor) if found else ""
        )
        self.remarks = [_said(one, actor) for one in returning.remarks(found)] if found else []
        self.refusal = _said(found.refusal, actor) if found and found.refusal else ""
        self.rows = len(found.rows) if found and not found.refusal else 0

    @action(permission=Permission.IMPORT)
    async def go_on(self):
        """Takes the rows with the import they belong to, and checks them."""
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        try:
            await asyncio.to_thread(_start, actor, wizard._id)
        except CRMError as error:
            await say(self, error.message, "error")
            return [ImportReturnState.load, ImportWizardState.load]
        return rx.redirect(routes.import_step(wizard._id, "check"))

    @action(permission=Permission.IMPORT)
    async def as_new(self):
        """Makes a file of its own of rows that were to go on with their import."""
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        try:
            await asyncio.to_thread(_read_again, actor, wizard._id)
        except CRMError as error:
            await say(self, error.message, "error")
        return ImportWizardState.load


def sentence(original: Import, rows: int, actor: Actor) -> Text:
    """Whose rows a file brings."""
    return ntext(
        "This is a row of “{name}”, of {date}.",
        "These are {n} rows of “{name}”, of {date}.",
        rows,
        name=original.called,
        date=(original.committed_at or original.created_at).astimezone(ZoneInfo(actor.timezone)).date(),
    )


def _said(message: Text, actor: Actor) -> str:
    return locales.render(message, actor.language)


def _look(actor: Actor, import_id: int) -> Returned | None:
    with database.reading() as session:
        try:
            return continuing.look(session, actor, import_id)
        except NotFound:
            return None


def _start(actor: Actor, import_id: int) -> None:
    with database.transaction() as session:
        job = continuing.start(session, actor, import_id)
    if job.id is not None:
        queue.push(job.id)


def _read_again(actor: Actor, import_id: int) -> None:
    with database.transaction() as session:
        job = steps.read(session, actor, import_id)
    if job.id is not None:
        queue.push(job.id)
