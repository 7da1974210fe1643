"""Files for signed-in users, made on request and never kept."""

import asyncio
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from crm_app.locales import render, text
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError

_MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


async def import_template(request: Request) -> Response:
    """The empty file to fill in, in the user's language."""
    kind = request.path_params["kind"]
    if kind not in _MEDIA_TYPES:
        return PlainTextResponse("not found", 404)
    actor: Actor = request.state.signed_in.actor
    try:
        content = await asyncio.to_thread(_template, kind, actor)
    except CRMError as error:
        return PlainTextResponse(render(error.message, actor.language), 403)
    name = render(text("Contacts to fill in"), actor.language)
    return attachment(content, f"{name}.{kind}", _MEDIA_TYPES[kind])


def attachment(content: bytes, name: str, media_type: str) -> Response:
    """A download whose file name survives every alphabet (RFC 6266)."""
    plain = name.encode("ascii", "replace").decode().replace('"', "'")
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return Response(
        content, media_type=media_type, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"}
    )


def _template(kind: str, actor: Actor) -> bytes:
    from crm_app.services.imports import templates  # openpyxl with numpy: 15 MB that a server needs now and then

    with database.reading() as session:
        return templates.csv_template(session, actor) if kind == "csv" else templates.xlsx_template(session, actor)


def routes() -> list[BaseRoute]:
    return [Route("/downloads/import-template.{kind}", import_template, methods=["GET"])]
