"""Files for signed-in users: made on request and never kept, the files of exports and those kept with contacts."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from crm_app import cookies, settings
from crm_app import routes as paths
from crm_app.locales import render, text
from crm_app.models.base import now
from crm_app.services import attachments, database, export_jobs, feeds, tickets
from crm_app.services.actor import Actor
from crm_app.services.errors import Busy, Conflict, CRMError, NotFound, NotPermitted
from crm_app.services.filters.questions import is_id
from crm_app.services.imports import access
from crm_app.services.privacy import certificate as certificates
from crm_app.services.privacy import exporting
from crm_app.web.feeds import CALENDAR

_MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_STATUS: dict[type[CRMError], int] = {NotPermitted: 403, NotFound: 404, Conflict: 409, Busy: 503}
_INERT = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
_SENT_BYTES = 64 * 1024


async def import_template(request: Request) -> Response:
    """The empty file to fill in, in the user's language."""
    kind = request.path_params["kind"]
    if kind not in _MEDIA_TYPES:
        return PlainTextResponse("not found", 404)
    actor: Actor = request.state.signed_in.actor
    try:
        content = await asyncio.to_thread(_template, kind, actor)
    except CRMError as error:
        return _refused(error, actor)
    name = render(text("Contacts to fill in"), actor.language)
    return attachment(content, f"{name}.{kind}", _MEDIA_TYPES[kind])


async def export(request: Request) -> Response:
    """The file of an export, to the session whose ticket comes with the address."""
    value, ticket = request.path_params["export_id"], request.query_params.get("ticket", "")
    actor: Actor = request.state.signed_in.actor
    export_id = int(value) if is_id(value) else 0
    token = cookies.session_token(request.headers.get("cookie", ""))
    try:
        if not export_jobs.is_valid(ticket, token, export_id):
            raise NotPermitted(text("This link is over. Open the export once more and download it there."))
        file, kind = await asyncio.to_thread(_export, actor, export_id)
    except CRMError as error:
        return _refused(error, actor)
    name = f"{render(text('Contacts'), actor.language)} {now().date().isoformat()}.{kind}"
    return _sent(file, name, _MEDIA_TYPES[kind])


async def failed_rows(request: Request) -> Response:
    """The rows of an import that stayed out, with the reason, in the format of its file."""
    value = request.path_params["import_id"]
    actor: Actor = request.state.signed_in.actor
    try:
        file, name = await asyncio.to_thread(_failed, actor, int(value) if is_id(value) else 0)
    except CRMError as error:
        return _refused(error, actor)
    kind = _MEDIA_TYPES["xlsx"] if name.endswith(".xlsx") else "text/csv"  # the encoding is the file's own
    return _sent(file, name, kind)


async def attachment_file(request: Request) -> Response:
    """A file kept with a contact, as a download whatever is in it."""
    value = request.path_params["attachment_id"]
    actor: Actor = request.state.signed_in.actor
    try:
        file, name, kind = await asyncio.to_thread(_attachment, actor, int(value) if is_id(value) else 0)
    except CRMError as error:
        return _refused(error, actor)
    return _sent(file, name, kind)


async def person(request: Request) -> Response:
    """Everything held of a person, as a ZIP, to the session whose ticket comes with the address."""
    value, ticket = request.path_params["number"], request.query_params.get("ticket", "")
    actor: Actor = request.state.signed_in.actor
    number = int(value) if is_id(value) else 0
    token = cookies.session_token(request.headers.get("cookie", ""))
    try:
        if not tickets.is_valid(ticket, token, exporting.ticket_of(number)):
            raise NotPermitted(text("This link is over. Go back to the contact and download it there."))
        file = await asyncio.to_thread(_person, actor, number)
    except CRMError as error:
        return _refused(error, actor)
    name = render(text("Contact {number}", number=str(number)), actor.language)
    return _sent(file, f"{name} {now().date().isoformat()}.zip", "application/zip")


async def certificate(request: Request) -> Response:
    """The certificate of an erasure, as a page to keep."""
    value = request.path_params["erasure_id"]
    actor: Actor = request.state.signed_in.actor
    erasure_id = int(value) if is_id(value) else 0
    try:
        content = await asyncio.to_thread(_certificate, actor, erasure_id)
    except CRMError as error:
        return _refused(error, actor)
    name = render(text("Certificate of erasure"), actor.language)
    return attachment(content, f"{name} {erasure_id}.html", "text/html; charset=utf-8")


async def event(request: Request) -> Response:
    """One event for a calendar program."""
    value = request.path_params["event_id"]
    actor: Actor = request.state.signed_in.actor
    try:
        content, title = await asyncio.to_thread(_event, actor, int(value) if is_id(value) else 0)
    except CRMError as error:
        return _refused(error, actor)
    return attachment(content, f"{title[:80]}.ics", CALENDAR)


def _sent(file: BinaryIO, name: str, media_type: str) -> Response:
    size = os.fstat(file.fileno()).st_size
    headers = _as_attachment(name) | {"Content-Type": media_type, "Content-Length": str(size)}
    return StreamingResponse(_parts(file), headers=headers)


def attachment(content: bytes, name: str, media_type: str) -> Response:
    """A download whose file name survives every alphabet (RFC 6266)."""
    return Response(content, media_type=media_type, headers=_as_attachment(name))


def _as_attachment(name: str) -> dict[str, str]:
    printable = "".join(sign if sign.isprintable() else "_" for sign in name)
    plain = printable.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "_")
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(printable, safe='')}"
    return {"Content-Disposition": disposition, "Cache-Control": "no-store", **_INERT}


def _refused(error: CRMError, actor: Actor) -> Response:
    return PlainTextResponse(render(error.message, actor.language), _STATUS.get(type(error), 422))


def _template(kind: str, actor: Actor) -> bytes:
    from crm_app.services.imports import templates  # openpyxl with numpy: 15 MB that a server needs now and then

    with database.reading() as session:
        return templates.csv_template(session, actor) if kind == "csv" else templates.xlsx_template(session, actor)


def _export(actor: Actor, export_id: int) -> tuple[BinaryIO, str]:
    with database.reading() as session:
        path = export_jobs.file_of(session, actor, export_id)
    return path.open("rb"), path.suffix.removeprefix(".")


def _event(actor: Actor, event_id: int) -> tuple[bytes, str]:
    with database.reading() as session:
        return feeds.of_event(session, actor, event_id)


def _failed(actor: Actor, import_id: int) -> tuple[BinaryIO, str]:
    """The open file and what to call it. It has no name on disk any more: closing it removes it."""
    from crm_app.services.imports import failed_rows as rows  # the check with it: 6 MB

    with database.reading() as session:
        name = rows.file_name(access.get(session, actor, import_id), actor.language)
        with TemporaryDirectory(prefix="failed-", dir=settings.get().imports_dir) as place:
            target = Path(place) / "rows"
            rows.write(session, actor, import_id, target)
            return target.open("rb"), name


def _person(actor: Actor, number: int) -> BinaryIO:
    """The open file; it has no name on disk any more: closing it removes it."""
    place = settings.get().exports_dir
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="person-", dir=place) as folder:
        target = Path(folder) / "person.zip"
        with database.reading() as session:
            found = exporting.write(session, actor, number, target)
        with database.transaction() as session:
            exporting.note(session, actor, found)
        return target.open("rb")


def _certificate(actor: Actor, erasure_id: int) -> bytes:
    with database.reading() as session:
        return certificates.write(session, actor, erasure_id)


def _attachment(actor: Actor, attachment_id: int) -> tuple[BinaryIO, str, str]:
    with database.reading() as session:
        found, file = attachments.open_file(session, actor, attachment_id)
        return file, found.name, found.media_type


def _parts(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while part := file.read(_SENT_BYTES):
            yield part


def routes() -> list[BaseRoute]:
    return [
        Route(paths.ATTACHMENT, attachment_file, methods=["GET"]),
        Route(paths.EVENT_FILE, event, methods=["GET"]),
        Route(paths.PERSON_EXPORT, person, methods=["GET"]),
        Route(paths.CERTIFICATE, certificate, methods=["GET"]),
        Route(paths.EXPORT_FILE, export, methods=["GET"]),
        Route(paths.IMPORT_TEMPLATE + ".{kind}", import_template, methods=["GET"]),
        Route(paths.FAILED_ROWS, failed_rows, methods=["GET"]),
    ]
