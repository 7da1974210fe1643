"""The API as an application of its own behind the gate: no session, no cookie, no page of another place."""

import logging

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from crm_app.web.api import document
from crm_app.web.api.handling import handler
from crm_app.web.api.problems import CODES, JSON, Refusal, answer
from crm_app.web.api.table import ENDPOINTS, HOOK, ROOT

log = logging.getLogger(__name__)
BODY_LIMIT = 256 * 1024


def make() -> Starlette:
    """Version 1."""
    handlers = {HTTPException: _http, Exception: _broken}
    made = Starlette(routes=_routes(), exception_handlers=handlers)  # type: ignore[arg-type]
    made.router.redirect_slashes = False
    return made


def is_ours(path: str) -> bool:
    return path == "/api" or path.startswith("/api/")


def without_cookies(scope: Scope) -> Scope:
    """Whoever is signed in on a page of ours is nobody here."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name.lower() != b"cookie"]}


async def refuse_origin(scope: Scope, receive: Receive, send: Send) -> None:
    """Pages of another place read nothing here: programs name no origin."""
    await answer(Refusal(403, "Requests of web pages are not answered here."))(scope, receive, send)


async def refuse_large(scope: Scope, receive: Receive, send: Send) -> None:
    refusal = Refusal(413, f"The body is larger than {BODY_LIMIT} bytes.", headers={"Connection": "close"})
    await answer(refusal)(scope, receive, send)


def _routes() -> list[BaseRoute]:
    """One route a path and method; the fixed paths before those with a place in them."""
    made: list[BaseRoute] = [Route(f"{ROOT}/openapi.json", _document, methods=["GET"])]
    made += [Route(ROOT + one.path, handler(one), methods=[one.method], name=one.name) for one in ENDPOINTS]
    made.append(Route(ROOT + HOOK.path, handler(HOOK, is_hook=True), methods=["POST"], name=HOOK.name))
    return made


async def _document(_request: Request) -> Response:
    return Response(document.document(), media_type=JSON)


async def _http(request: Request, error: HTTPException) -> Response:
    words = {404: "There is nothing at this address.", 405: "The address does not take this method."}
    status = error.status_code if error.status_code in CODES else 400
    headers = dict(error.headers or {})
    if status == 405:
        headers["Allow"] = ", ".join(_methods(request))
    return answer(Refusal(status, words.get(status, "The request is malformed."), headers=headers))


async def _broken(_request: Request, error: Exception) -> Response:
    log.error("an endpoint failed: %s", type(error).__name__)
    return answer(Refusal(500, "Something went wrong here. It was noted."))


def _methods(request: Request) -> list[str]:
    """What any of the routes of this path takes."""
    found: set[str] = set()
    for route in request.app.router.routes:
        if isinstance(route, Route) and route.path_regex.match(request.url.path):
            found |= route.methods or set()
    return sorted(found)
