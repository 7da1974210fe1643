"""The first step of an import: a file, pasted rows or a sheet behind a link come in."""

import asyncio
from typing import Any

import reflex as rx

from crm_app import locales, routes, settings
from crm_app.jobs import queue
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError, Invalid
from crm_app.services.imports import sheet_link, steps, uploads
from crm_app.services.imports.uploads import Receiver, Stored
from crm_app.state.guard import action
from crm_app.state.import_leaving import leave_import
from crm_app.state.session import current_actor

UPLOAD_ID = "import-file"
_LOST = text("The file did not arrive, so nothing was imported. Check the connection and choose it again.")
MIB = 1024 * 1024


class ImportUploadState(rx.State):
    """`percent` is what the browser says it has sent; -1 = nothing is under way. `fetching`: a sheet is on its way."""

    _receiving: bool = False
    fetching: bool = False
    percent: int = -1
    error: str = ""

    @action(permission=Permission.IMPORT)
    async def load(self):
        self.reset()
        await leave_import(self)

    @action(permission=Permission.IMPORT)
    async def progress(self, progress: dict[str, Any]):
        """What the browser has sent; a late word about an upload that ended already says nothing."""
        share = progress.get("progress")
        if self._receiving and isinstance(share, int | float):
            self.percent = min(100, round(share * 100))

    @action(permission=Permission.IMPORT)
    async def cancelled(self):
        self._receiving, self.percent = False, -1

    @action(permission=Permission.IMPORT)
    async def lost(self):
        """The browser could not send the file to its end, or the server did not take it."""
        actor = await current_actor(self)
        self._receiving, self.percent = False, -1
        self.error = self.error or locales.render(_LOST, actor.language)

    @action(permission=Permission.IMPORT)
    async def rejected(self, files: list[dict[str, Any]]):
        """The browser did not send it: too large, several at once, or no contact file."""
        actor = await current_actor(self)
        codes = {error.get("code") for file in files for error in file.get("errors", [])}
        self.percent = -1
        self.error = locales.render(_rejection(codes), actor.language)

    @action(permission=Permission.IMPORT, background=True)
    async def receive(self, chunks: rx.UploadChunkIterator):
        """Takes the bytes as they come; a cancelled or broken upload leaves nothing behind."""
        async with self:
            actor = await current_actor(self)
            self._receiving, self.percent = True, 0
        name, writer = "", uploads.receiving()
        receiver: Receiver = await asyncio.to_thread(writer.__enter__)
        try:
            async for chunk in chunks:
                if not name:
                    name = chunk.filename
                    async with self:
                        self.error = ""
                await asyncio.to_thread(receiver.write, chunk.data)
        except BaseException as error:
            await asyncio.shield(asyncio.to_thread(_abandon, writer, error))
            if isinstance(error, Invalid):
                async with self:
                    self._fail(error, actor)
                return
            raise
        await asyncio.to_thread(writer.__exit__, None, None, None)
        try:
            import_id = await asyncio.to_thread(_begin, actor, name, receiver.stored)
        except Invalid as error:
            async with self:
                self._fail(error, actor)
            return
        async with self:
            self._receiving, self.percent = False, 100
        yield rx.redirect(routes.import_step(import_id, "read"))

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

    def _fail(self, error: Invalid, actor: Actor) -> None:
        """Says why; a refusal that the browser gave already stays (it also sends a drop without files)."""
        self._receiving, self.percent = False, -1
        self.error = self.error or locales.render(error.message, actor.language)


async def tell_too_large(app: rx.App, token: str) -> None:
    """The gate refused an upload: its tab is told, because the browser tells it nothing."""
    async with app.modify_state(rx.BaseStateToken(ident=token, cls=ImportUploadState)) as state:
        upload = await state.get_state(ImportUploadState)
        actor = await current_actor(upload)
        upload._receiving, upload.percent, upload.error = False, -1, locales.render(_too_large(), actor.language)


def _too_large() -> locales.Text:
    limit = settings.get().upload_limit // MIB
    return text(
        "The file is larger than {limit} MB. Split it, or ask for a higher limit (CRM_UPLOAD_LIMIT).", limit=limit
    )


def _rejection(codes: set[Any]) -> locales.Text:
    """Why the browser's own check refused, from react-dropzone's codes."""
    if "file-too-large" in codes:
        return _too_large()
    if "file-invalid-type" in codes:
        return text("This is not a contact file. Choose an Excel, LibreOffice, CSV, vCard or text file.")
    return text("One file at a time, please.")


def _abandon(writer: Any, error: BaseException) -> None:
    """Ends the block as failed, so that it removes what came in."""
    try:
        writer.__exit__(type(error), error, error.__traceback__)
    except BaseException as again:
        if again is not error:
            raise


def _begin(actor: Actor, name: str, stored: Stored) -> int:
    try:
        with database.transaction() as session:
            made = uploads.create(
                session, actor, file_name=name, size=stored.size, sha256=stored.sha256, folder=stored.folder
            )
            assert made.id is not None
            job = steps.read(session, actor, made.id)
    except BaseException:
        uploads.discard(stored.folder)
        raise
    assert job.id is not None
    queue.push(job.id)
    return made.id


def _begin_pasted(actor: Actor, pasted: str) -> int:
    return _begin(actor, locales.render(text("pasted rows"), actor.language) + ".txt", uploads.from_text(pasted))


def _begin_linked(actor: Actor, link: str) -> int:
    actor.require(Permission.IMPORT)
    return _begin(actor, *sheet_link.fetch(link))
