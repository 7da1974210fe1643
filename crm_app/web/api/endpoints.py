"""What an endpoint is: where, which scope, what goes in and out. Routes and document are made of the same list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session

from crm_app.models import ApiScope, ApiToken
from crm_app.services.actor import Actor


@dataclass(frozen=True, slots=True)
class Call:
    """One request, understood: `query` and `body` are what the endpoint's models made of it."""

    session: Session
    actor: Actor
    token: ApiToken
    path: Mapping[str, Any]
    query: Any
    body: Any
    if_match: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`contact_id` is whom it tells of, for answers that are kept."""

    content: BaseModel
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    contact_id: int | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`writes`: it runs in a transaction and takes an Idempotency-Key. `problems` are the statuses of refusals beside
    those that any request may get.
    """

    method: str
    path: str  # below /api/v1, as Starlette has it
    name: str
    summary: str
    scope: ApiScope
    work: Callable[[Call], Answer]
    answers: Mapping[int, type[BaseModel]]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    problems: tuple[int, ...] = ()
    takes_version: bool = False
    tag: str = "contacts"

    @property
    def writes(self) -> bool:
        return self.method != "GET"
