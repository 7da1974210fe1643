"""The first step of an import: pasted rows or a sheet behind a link come in; a file goes to `web/uploads.py`."""

import asyncio
from typing import Any

import reflex as rx

from crm_app import locales, routes
from crm_app.jobs import reading
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError
from crm_app.services.imports import into_course, sheet_link, uploads
from crm_app.services.imports.columns import IntoCourse
from crm_app.services.imports.reading import pool
from crm_app.state.guard import action
from crm_app.state.session import current_actor


class ImportNewState(rx.State):
    """`fetching`: a sheet is on its way. The URL may name a course."""

    fetching: bool = False
    error: str = ""
    course: str = ""  # the name of the course that the file is meant for
    _course_id: int | None = None

    @action(permission=Permission.IMPORT)
    async def load(self):
        self.reset()
        await self._look_at_course()
        await asyncio.to_thread(pool.warm)

    async def _look_at_course(self) -> None:
        written = self.router.url.query_parameters.get("course", "")
        if not written:
            return
        actor = await current_actor(self)
        self._course_id = int(written) if written.isascii() and written.isdigit() and len(written) < 19 else 0
        try:
            self.course = await asyncio.to_thread(_course, actor, self._course_id)
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)

    @action(permission=Permission.IMPORT)
    async def paste(self, form: dict[str, Any]):
        actor = await current_actor(self)
        try:
            import_id = await asyncio.to_thread(_begin_pasted, actor, str(form.get("rows") or ""), self._course_id)
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)
            return None
        return rx.redirect(routes.import_step(import_id, "read"))

    @action(permission=Permission.IMPORT, background=True)
    async def fetch_sheet(self, form: dict[str, Any]):
        """Fetches a sheet by its link; one at a time a tab."""
        async with self:
            if self.fetching:
                return
            actor, course_id = await current_actor(self), self._course_id
            self.fetching, self.error = True, ""
        try:
            import_id = await asyncio.to_thread(_begin_linked, actor, str(form.get("link") or ""), course_id)
        except CRMError as error:
            async with self:
                self.fetching, self.error = False, locales.render(error.message, actor.language)
            return
        except BaseException:
            async with self:
                self.fetching = False
            raise
        yield rx.redirect(routes.import_step(import_id, "read"))


def _course(actor: Actor, course_id: int) -> str:
    with database.reading() as session:
        return into_course.require(session, actor, actor.branch_id, IntoCourse(course_id)).name


def _begin_pasted(actor: Actor, pasted: str, course_id: int | None) -> int:
    name = locales.render(text("pasted rows"), actor.language) + ".txt"
    return reading.begin(actor, name, uploads.from_text(pasted), course_id)


def _begin_linked(actor: Actor, link: str, course_id: int | None) -> int:
    actor.require(Permission.IMPORT)
    return reading.begin(actor, *sheet_link.fetch(link), course_id)
