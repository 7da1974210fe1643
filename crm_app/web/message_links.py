"""What newsletters ask for when an installation counts who opens them: a picture of one point, and links led on."""

from collections.abc import Callable
from contextlib import suppress

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from crm_app import routes as paths
from crm_app.services import database
from crm_app.services.errors import Busy
from crm_app.services.messages import tracking
from crm_app.web import forms

_HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}


async def picture(request: Request) -> Response:
    """The picture, whoever asks: strangers learn nothing from it."""
    token = request.path_params["token"]
    if await forms.in_thread(_is_picture, token):
        await _noted(lambda session: tracking.opened(session, token))
    return Response(tracking.POINT, media_type="image/gif", headers=_HEADERS)


async def link(request: Request) -> Response:
    """On to where the message leads, and nowhere else."""
    token, url = request.path_params["token"], request.query_params.get("u", "")
    if not await forms.in_thread(_is_ours, token, url):
        return PlainTextResponse("not found", 404, _HEADERS)
    await _noted(lambda session: tracking.followed(session, token, url))
    return RedirectResponse(url, 303, _HEADERS)


def _is_ours(token: str, url: str) -> bool:
    with database.reading() as session:
        return tracking.is_ours(session, token, url)


def _is_picture(token: str) -> bool:
    with database.reading() as session:
        return tracking.is_picture(session, token)


async def _noted(note: Callable[[Session], bool]) -> None:
    """A busy database must not keep anybody from reading on: then it is not counted."""
    with suppress(Busy):
        await forms.in_thread(_in_transaction, note)


def _in_transaction(note: Callable[[Session], bool]) -> bool:
    with database.transaction() as session:
        return note(session)


def routes() -> list[BaseRoute]:
    return [
        Route(paths.MESSAGE_PICTURE, picture, methods=["GET"]),
        Route(paths.MESSAGE_LINK, link, methods=["GET"]),
    ]
