"""The plain pages in front of the app, reachable without a session: sign-in, set-up, one-time links, their style."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from crm_app.locales import text
from crm_app.services.errors import Busy
from crm_app.web import login, login_code, login_link, setup
from crm_app.web.headers import IMMUTABLE
from crm_app.web.rendering import message, stylesheet, stylesheet_version, use_fonts_of
from crm_app.web.visitors import Visitors

OnSessionEnded = Callable[[int], Awaitable[None]]


def make(
    visitors: Visitors,
    *,
    on_session_ended: OnSessionEnded,
    public_routes: Sequence[BaseRoute] = (),
    build: Path | None = None,
) -> Starlette:
    """The edge's own application; `public_routes` are further pages for people without an account."""
    use_fonts_of(build)
    made = Starlette(routes=[*_routes(), *public_routes], exception_handlers={Busy: _busy, 404: _not_found})
    made.router.redirect_slashes = False
    made.state.visitors = visitors
    made.state.on_session_ended = on_session_ended
    made.state.build = build
    return made


def handles(edge: Starlette, scope: Scope) -> bool:
    """Whether the edge has a route for this request, whatever its method."""
    return any(route.matches(scope)[0] is not Match.NONE for route in edge.routes)


def _routes() -> list[BaseRoute]:
    return [
        Route("/login", login.show_login, methods=["GET"]),
        Route("/login", login.sign_in, methods=["POST"]),
        Route("/logout", login.show_logout, methods=["GET"]),
        Route("/logout", login.sign_out, methods=["POST"]),
        Route("/setup", setup.show, methods=["GET"]),
        Route("/setup", setup.complete, methods=["POST"]),
        Route("/setup/{token}", setup.show, methods=["GET"]),
        Route("/setup/{token}", setup.complete, methods=["POST"]),
        Route("/login/code", login_code.show, methods=["GET"]),
        Route("/login/code", login_code.sign_in, methods=["POST"]),
        Route("/link/{token}", login_link.show, methods=["GET"]),
        Route("/link/{token}", login_link.use, methods=["POST"]),
        Route("/edge/{name}", _stylesheet, methods=["GET"]),
        Route("/ping", _ping, methods=["GET"]),
        Route("/favicon.ico", _icon, methods=["GET"]),
        Route("/robots.txt", _robots, methods=["GET"]),
    ]


async def _ping(_request: Request) -> Response:
    return PlainTextResponse("pong")


async def _robots(_request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


async def _stylesheet(request: Request) -> Response:
    if request.path_params["name"] != f"{stylesheet_version()}.css":
        return PlainTextResponse("not found", 404)
    return Response(stylesheet(), media_type="text/css", headers={"Cache-Control": IMMUTABLE})


async def _icon(request: Request) -> Response:
    built = request.app.state.build / "favicon.ico" if request.app.state.build else None
    if built is not None and built.is_file():
        return FileResponse(built, headers={"Cache-Control": "public, max-age=86400"})
    drawn = Path(__file__).parent / "static" / "favicon.svg"
    return FileResponse(drawn, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


async def _not_found(request: Request, _error: Exception) -> Response:
    title, body = text("Not found"), text("There is nothing at this address. It may have been typed wrongly.")
    return message(request, title, body, status=404, link=("/", text("To the start page")))


async def _busy(request: Request, error: Exception) -> Response:
    assert isinstance(error, Busy)
    answer = message(request, text("One moment"), error.message, status=503)
    answer.headers["Retry-After"] = "5"
    return answer
