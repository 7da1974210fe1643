"""The gate around a small inner app that notes what reaches it."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route

from crm_app import routes, settings
from crm_app.models import User
from crm_app.services import database, passwords, sessions
from crm_app.services.actor import Actor
from crm_app.web import consent, feeds, gate, message_links, public_forms

HERE = "http://127.0.0.1:8000"
PUBLIC = (consent, feeds, message_links, public_forms)
PASSWORD = "four words in a row"


@dataclass
class Inner:
    """Stands for Reflex: answers like it and keeps what it was given."""

    paths: list[str] = field(default_factory=list)
    scopes: list[dict[str, Any]] = field(default_factory=list)
    body: int = 0
    was_cut: bool = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        self.paths.append(scope["path"])
        self.scopes.append(scope)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            return
        while True:
            message = await receive()
            self.body += len(message.get("body", b""))
            self.was_cut = message["type"] == "http.disconnect"
            if self.was_cut or not message.get("more_body"):
                break
        kind = "text/html; charset=utf-8"
        for ending, name in ((".js", "text/javascript"), (".json", "application/json")):
            kind = name if scope["path"].endswith(ending) else kind
        status = 404 if "missing" in scope["path"] else 200
        headers = [(b"content-type", kind.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"<h1>inside</h1>"})


@dataclass
class Site:
    """A browser in front of the gate."""

    http: httpx.AsyncClient
    app: Any
    inner: Inner
    ended: list[int]

    async def post(self, path: str, data: dict[str, str] | None = None, **values: Any) -> httpx.Response:
        """A form sent from one of our own pages."""
        headers = {"origin": HERE, **values.pop("headers", {})}
        return await self.http.post(path, data=data, headers=headers, **values)

    async def sign_in(self, email: str = "alice@example.org", password: str = PASSWORD) -> httpx.Response:
        return await self.post("/login", {"email": email, "password": password})

    def be(self, actor: Actor) -> str:
        """Signs in without the form. Returns the cookie's value."""
        with database.transaction() as session:
            token = sessions.start(session, session.get_one(User, actor.user_id))
        self.http.cookies.set("session", token)
        return token


async def _whoami(request: Request) -> PlainTextResponse:
    await request.body()
    return PlainTextResponse(request.state.signed_in.user.name)


async def _open(request: Request) -> PlainTextResponse:
    return PlainTextResponse("open")


def make_site(
    build: Path | None = None,
    client: tuple[str, int] = ("127.0.0.1", 50000),
    base: str = HERE,
    private: Sequence[BaseRoute] = (),
) -> Site:
    inner, ended = Inner(), []

    async def on_session_ended(session_id: int) -> None:
        ended.append(session_id)

    app = gate.make(
        build=build,
        on_session_ended=on_session_ended,
        public_routes=[Route("/open", _open), *(route for room in PUBLIC for route in room.routes())],
        private_routes=[
            Route("/whoami", _whoami),
            Route("/change", _whoami, methods=["POST"]),
            *(private or [Route(routes.UPLOAD, inner, methods=["POST"])]),
        ],
    )(inner)
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app, client=client), base_url=base)
    return Site(http, app, inner, ended)


@pytest.fixture
def set_up(alice: Actor) -> Actor:
    """An installation with alice, who has a password."""
    with database.transaction() as session:
        user = session.get_one(User, alice.user_id)
        user.password_hash = passwords.hash_of(PASSWORD)
        session.add(user)
    return alice


@pytest.fixture
async def site(db: Path) -> AsyncIterator[Site]:
    made = make_site()
    yield made
    await made.http.aclose()


@pytest.fixture
def with_settings(monkeypatch: pytest.MonkeyPatch, db: Path) -> Callable[..., None]:
    def change(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"CRM_{name.upper()}", value)
        settings.get.cache_clear()

    return change


async def open_socket(app: Any, headers: dict[str, str], path: str = "/_event", client: str = "127.0.0.1") -> str:
    """Opens a websocket; returns the first thing the server says."""
    said: list[dict[str, Any]] = []
    scope = {
        "type": "websocket",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"token=secret",
        "scheme": "ws",
        "client": (client, 50000),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "subprotocols": [],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    await app(scope, receive, send)
    return str(said[0]["type"])
