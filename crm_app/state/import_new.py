"""The first step of an import: pasted rows or a sheet behind a link come in; a file goes to `web/uploads.py`."""

import asyncio
from typing import Any

import reflex as rx

from crm_app import locales, routes
from crm_app.jobs import reading
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError, Invalid
from crm_app.services.imports import sheet_link, uploads
from crm_app.services.imports.reading import pool
from crm_app.state.guard import action
from crm_app.state.import_leaving import leave_import
from crm_app.state.session import current_actor


class ImportNewState(rx.State):
    """`fetching`: a sheet is on its way."""

    fetching: bool = False
    error: str = ""

    @action(permission=Permission.IMPORT)
    async def load(self):
        self.reset()
        await leave_import(self)
        await asyncio.to_thread(pool.warm)

    @action(permission=Permission.IMPORT)
    async def paste(self, form: dict[str, Any]):
        actor = await current_actor(self)
        try:
            import_id = await asyncio.to_thread(_begin_pasted, actor, str(form.get("rows") or ""))
        except Invalid as error:
            self.error = locales.render(error.message, actor.language)
            return None
        return rx.redirect(routes.import_step(import_id, "read"))

    @action(permission=Permission.IMPORT, background=True)
    async def fetch_sheet(self, form: dict[str, Any]):
        """Fetches a sheet by its link; one at a time a tab."""
        async with self:
            if self.fetching:
                return
            actor = await current_actor(self)
            self.fetching, self.error = True, ""
        try:
            import_id = await asyncio.to_thread(_begin_linked, actor, str(form.get("link") or ""))
        except CRMError as error:
            async with self:
                self.fetching, self.error = False, locales.render(error.message, actor.language)
            return
        except BaseException:
            async with self:
                self.fetching = False
            raise
        yield rx.redirect(routes.import_step(import_id, "read"))


def _begin_pasted(actor: Actor, pasted: str) -> int:
    return reading.begin(actor, locales.render(text("pasted rows"), actor.language) + ".txt", uploads.from_text(pasted))


def _begin_linked(actor: Actor, link: str) -> int:
    actor.require(Permission.IMPORT)
    return reading.begin(actor, *sheet_link.fetch(link))
