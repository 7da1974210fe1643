"""Fetching the sheet of an import again: one click, and the new rows are checked."""

import asyncio

import reflex as rx

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.models import Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError
from crm_app.services.imports import fetching_again, sheet_link, uploads
from crm_app.state.guard import action
from crm_app.state.session import current_actor


class ImportFetchState(rx.State):
    """`fetching` is the import whose sheet is on its way, 0 = none; `error` belongs to the import `failed`."""

    fetching: int = 0
    failed: int = 0
    error: str = ""

    @action(permission=Permission.IMPORT)
    async def load(self):
        """Forgets what was said before."""
        self.failed, self.error = 0, ""

    @action(permission=Permission.IMPORT, background=True)
    async def fetch(self, import_id: int):
        """Fetches the sheet and opens the check of the new import; one at a time a tab."""
        async with self:
            if self.fetching:
                return
            actor = await current_actor(self)
            self.fetching, self.failed, self.error = import_id, 0, ""
        made, error = 0, ""
        try:
            made = await asyncio.to_thread(_fetch, actor, import_id)
        except CRMError as refused:
            error = locales.render(refused.message, actor.language)
        finally:
            async with self:
                self.fetching, self.failed, self.error = 0, import_id if error else 0, error
        if made:
            yield rx.redirect(routes.import_step(made, "check"))


def _fetch(actor: Actor, import_id: int) -> int:
    with database.reading() as session:
        link = fetching_again.link(session, actor, import_id)
    name, stored = sheet_link.fetch(link)
    try:
        with database.transaction() as session:
            job = fetching_again.begin(session, actor, import_id, name, stored)
    except BaseException:
        uploads.discard(stored.folder)
        raise
    if job.id is not None:
        queue.push(job.id)
    return job.subject_id
