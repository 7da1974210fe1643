"""Calendars for programs that subscribe to them: the address is the key, there is no session."""

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from crm_app import routes as paths
from crm_app.services import database, feeds
from crm_app.services.errors import CRMError

_HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
CALENDAR = "text/calendar; charset=utf-8"


async def feed(request: Request) -> Response:
    """The tasks and events of whose address this is; unknown and revoked ones give the same answer."""
    try:
        content = await asyncio.to_thread(_content, request.path_params["token"])
    except CRMError:
        return PlainTextResponse("not found", 404, _HEADERS)
    return Response(content, media_type=CALENDAR, headers=_HEADERS)


def _content(token: str) -> bytes:
    with database.reading() as session:
        return feeds.content(session, token)


def routes() -> list[BaseRoute]:
    return [Route(paths.CALENDAR_FEED, feed, methods=["GET"])]
