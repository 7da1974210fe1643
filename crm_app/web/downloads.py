"""Files for signed-in users, made on request and never kept."""

import asyncio
from collections.abc import Callable
from urllib.parse import quote

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from crm_app.locales import render, text
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError
from crm_app.services.imports import templates

Maker = Callable[[Session, Actor], bytes]
_TEMPLATES: dict[str, tuple[Maker, str]] = {
    "csv": (templates.csv_template, "text/csv; charset=utf-8"),
    "xlsx": (templates.xlsx_template, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


async def import_template(request: Request) -> Response:
    """The empty file to fill in, in the user's language."""
    kind = request.path_params["kind"]
    if kind not in _TEMPLATES:
        return PlainTextResponse("not found", 404)
    make, media_type = _TEMPLATES[kind]
    actor: Actor = request.state.signed_in.actor
    try:
        content = await asyncio.to_thread(_make, make, actor)
    except CRMError as error:
        return PlainTextResponse(render(error.message, actor.language), 403)
    name = render(text("Contacts to fill in"), actor.language)
    return attachment(content, f"{name}.{kind}", media_type)


def attachment(content: bytes, name: str, media_type: str) -> Response:
    """A download whose file name survives every alphabet (RFC 6266)."""
    plain = name.encode("ascii", "replace").decode().replace('"', "'")
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return Response(
        content, media_type=media_type, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"}
    )


def _make(make: Maker, actor: Actor) -> bytes:
    with database.reading() as session:
        return make(session, actor)


def routes() -> list[BaseRoute]:
    return [Route("/downloads/import-template.{kind}", import_template, methods=["GET"])]
