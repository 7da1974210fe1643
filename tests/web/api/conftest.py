"""Programs in front of the gate: each with a token of its own, and none with a session."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from crm_app.models import ApiScope, Permission
from crm_app.services import api_tokens, database
from crm_app.services.actor import Actor
from crm_app.services.api_tokens import Made
from crm_app.services.contacts import cards
from crm_app.web import pace
from tests.web.conftest import Site, make_site

ROOT = "/api/v1"


@dataclass
class Program:
    """One integration that asks."""

    http: httpx.AsyncClient
    token: str

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        sent = {"authorization": f"Bearer {self.token}"} | {name.replace("_", "-"): v for name, v in headers.items()}
        json = {} if body is None else {"json": body}
        return await self.http.request(method, ROOT + path, headers=sent, **json)

    async def get(self, path: str) -> httpx.Response:
        return await self.ask("GET", path)

    async def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.ask("POST", path, body, **headers)


def integration(actor: Actor, *scopes: ApiScope, name: str = "Shop") -> Made:
    """Made by somebody who may change the settings, in the branch of `actor`."""
    with database.transaction() as session:
        maker = replace(actor, permissions=actor.permissions | {Permission.SETTINGS})
        return api_tokens.make(session, maker, name, scopes or tuple(ApiScope))


def person(actor: Actor, **texts: str) -> int:
    with database.transaction() as session:
        return cards.create(session, actor, texts or {"first_name": "Ada"}).number


@pytest.fixture(autouse=True)
def no_requests_before() -> Iterator[None]:
    pace.PER_TOKEN.clear()
    pace.FAILURES.clear()
    yield
    pace.PER_TOKEN.clear()
    pace.FAILURES.clear()


@pytest.fixture
async def gate(db: Any) -> AsyncIterator[Site]:
    made = make_site()
    yield made
    await made.http.aclose()


@pytest.fixture
def shop(gate: Site, alice: Actor) -> Program:
    """With every scope, of alice's branch."""
    return Program(gate.http, integration(alice).secret)
