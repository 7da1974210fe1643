"""The gate: an ASGI application around everything. Without a session nothing behind it runs, and no body is read.

Order of questions: who asks (proxies) · is it a program (API: a token in place of a session) · from which page
(origins) · is it a public page (edge) · is there a session · how large is it (limits) · then the app. Query strings are
never logged.
"""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import BaseRoute, Match, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from crm_app import routes, settings
from crm_app.locales import text
from crm_app.services.sessions import SignedIn
from crm_app.web import edge as edge_pages
from crm_app.web import headers, limits, origins, proxies
from crm_app.web.api import app as api
from crm_app.web.redirects import login_address
from crm_app.web.rendering import message
from crm_app.web.visitors import Visitors

log = logging.getLogger(__name__)

_SAFE = ("GET", "HEAD", "OPTIONS")
_MIB = 1024 * 1024
# Mail programs post to it by themselves and name no origin (RFC 8058); the token in the address is the key.
_ONE_CLICK = routes.UNSUBSCRIBE.partition("{")[0]


async def _nothing(_value: int) -> None:
    return None


def make(
    *,
    build: Path | None = None,
    on_session_ended: edge_pages.OnSessionEnded = _nothing,
    public_routes: Sequence[BaseRoute] = (),
    private_routes: Sequence[BaseRoute] = (),
    private_limit: int = _MIB,
) -> Callable[[ASGIApp], ASGIApp]:
    """What `rx.App(api_transformer=…)` takes.

    `build` is the folder of the finished frontend · `on_session_ended(session id)` closes its tabs · `public_routes`
    need no session · `private_routes` do, and find it in `request.state.signed_in`; they take bodies of up to
    `private_limit` bytes, the upload of a file takes `CRM_UPLOAD_LIMIT` or, with a contact, `CRM_ATTACHMENT_LIMIT`.
    """

    def transform(app: ASGIApp) -> ASGIApp:
        visitors = Visitors()
        edge = edge_pages.make(visitors, on_session_ended=on_session_ended, public_routes=public_routes, build=build)
        return Gate(
            app,
            edge=edge,
            visitors=visitors,
            private=Router(list(private_routes), redirect_slashes=False),
            private_limit=private_limit,
            policy=headers.policy_of(build),
        )

    return transform


class Gate:
    """See the module. One per process; it holds no truth, the database does."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        edge: Starlette,
        visitors: Visitors,
        private: Router,
        private_limit: int,
        policy: str,
    ) -> None:
        self.app, self.edge, self.visitors, self.private = app, edge, visitors, private
        self.private_limit, self.policy = private_limit, policy
        self.api = api.make()
        self.trusted = proxies.networks(settings.get().trusted_proxies)
        self.allowed = origins.allowed_origins()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._websocket(proxies.resolved(scope, self.trusted), receive, send)
        elif scope["type"] == "http":
            scope = proxies.resolved(scope, self.trusted)
            await self._http(scope, receive, headers.sending(scope, send, self.policy))
        else:
            await self.app(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = Headers(scope=scope).get("origin", "")
        is_ours = scope["path"].rstrip("/") == "/_event" and origins.is_allowed(origin, self.allowed)
        if is_ours and await self.visitors.of(scope):
            await self.app(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": 1008})  # before accept: the browser sees 403

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        origin = Headers(scope=scope).get("origin", "")
        is_one_click = method == "POST" and not origin and path.startswith(_ONE_CLICK)
        if api.is_ours(path):
            await self._api(scope, receive, send, origin)
        elif (origin or not (method in _SAFE or is_one_click)) and not origins.is_allowed(origin, self.allowed):
            # Browsers name the origin of a GET only when a script of another place wants to read the answer.
            await _refuse_origin(scope, receive, send)
        elif edge_pages.handles(self.edge, scope):
            await limits.limited(
                self.edge, scope, receive, send, limit=limits.FORM_LIMIT, refuse=PlainTextResponse("too large", 413)
            )
        elif _is_asset(path) and method in _SAFE:
            await self.app(scope, receive, send)
        elif signed_in := await self.visitors.of(scope):
            await self._inside(scope, receive, send, signed_in)
        elif path.startswith("/_event"):
            await PlainTextResponse("forbidden", 403)(scope, receive, send)
        elif method in ("GET", "HEAD") and _is_page(path):
            target = login_address(path, scope["query_string"].decode("latin-1"))
            await RedirectResponse(target, 303, {"Cache-Control": "no-store"})(scope, receive, send)
        else:
            await PlainTextResponse("sign in first", 401)(scope, receive, send)

    async def _api(self, scope: Scope, receive: Receive, send: Send, origin: str) -> None:
        """Programs name no origin; a page that does may be ours at most, and its cookies count for nothing."""
        if origin and not origins.is_allowed(origin, self.allowed):
            await api.refuse_origin(scope, receive, send)
            return
        scope = api.without_cookies(scope)
        await limits.limited(self.api, scope, receive, send, limit=api.BODY_LIMIT, refuse=api.refuse_large)

    async def _inside(self, scope: Scope, receive: Receive, send: Send, signed_in: SignedIn) -> None:
        path, method = scope["path"], scope["method"]
        scope = {**scope, "state": {**scope.get("state", {}), "signed_in": signed_in}}
        if path.startswith("/_"):
            # Events come by websocket only, files by a route of our own.
            await PlainTextResponse("not found", 404)(scope, receive, send)
        elif any(route.matches(scope)[0] is not Match.NONE for route in self.private.routes):
            limit = self._limit(path)
            too_large = PlainTextResponse("too large", 413, {"Connection": "close"})
            await limits.limited(self.private, scope, receive, send, limit=limit, refuse=too_large)
        elif method in ("GET", "HEAD"):
            await self.app(_with_slash(scope) if _is_page(path) else scope, receive, send)
        else:
            await PlainTextResponse("method not allowed", 405, {"Allow": "GET, HEAD"})(scope, receive, send)

    def _limit(self, path: str) -> int:
        """How many bytes a request may bring to a route of ours."""
        if path == routes.UPLOAD:
            return settings.get().upload_limit
        before, after = routes.CONTACT_FILES.split("{number}")
        is_attachment = path.startswith(before) and path.endswith(after)
        return settings.get().attachment_limit if is_attachment else self.private_limit


async def _refuse_origin(scope: Scope, receive: Receive, send: Send) -> None:
    log.info("a request from another origin was refused")
    body = text(
        "This request came from an address this CRM does not know as its own. Open the CRM at its own address and "
        "try again. Administrators: set CRM_PUBLIC_URL to the address people type."
    )
    await message(Request(scope), text("Refused"), body, status=403)(scope, receive, send)


def _is_asset(path: str) -> bool:
    """A file of the build whose name holds its hash; not another one reached by climbing out of the folder."""
    return path.startswith("/assets/") and not {"", ".", ".."} & set(path.split("/")[1:])


def _is_page(path: str) -> bool:
    return not path.startswith("/_") and "." not in path.rpartition("/")[2]


def _with_slash(scope: Scope) -> Scope:
    """Asks the static files for `/contacts/` when the browser says `/contacts`: no redirect to an absolute address."""
    if scope["path"].endswith("/"):
        return scope
    changed = {**scope, "path": scope["path"] + "/"}
    if raw := scope.get("raw_path"):
        changed["raw_path"] = raw + b"/"
    return changed
