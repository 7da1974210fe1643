"""The way of a request: how fast, whose token, which scope, what is asked, once only, then the service; JSON out.

All of it runs in a thread of the API's own, so that a flood of requests takes none from the pages.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlmodel import Session
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from crm_app.models import ApiToken
from crm_app.services import api_replies, api_tokens, audit, database
from crm_app.services.actor import Actor
from crm_app.services.api_replies import Reply
from crm_app.services.errors import Busy, CRMError
from crm_app.services.logins import address_of
from crm_app.web import pace
from crm_app.web.api import hooks
from crm_app.web.api.endpoints import Answer, Call, Endpoint
from crm_app.web.api.problems import JSON, Refusal, answer, of_error, of_schema, too_fast

log = logging.getLogger(__name__)
IDEMPOTENCY, REPLAYED = "Idempotency-Key", "Idempotent-Replayed"
_LARGEST = 2**63
_threads = ThreadPoolExecutor(8, thread_name_prefix="api")
_STRANGER = Actor(None, "API: unknown token")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the threads get it."""

    endpoint: Endpoint
    method: str
    path: Mapping[str, Any]
    address: str
    target: str  # path and query
    query: Mapping[str, str]
    headers: Headers
    body: bytes
    is_hook: bool = False


def handler(endpoint: Endpoint, *, is_hook: bool = False) -> Callable[[Request], Awaitable[Response]]:
    """The Starlette side of an endpoint."""

    async def handle(request: Request) -> Response:
        try:
            body = await request.body()
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it; the gate answers what was too large
        target = request.url.path + ("?" + request.url.query if request.url.query else "")
        asked = Asked(
            endpoint=endpoint,
            method=request.method,
            path=request.path_params,
            address=address_of(request.client.host if request.client else ""),
            target=target,
            query=dict(request.query_params),
            headers=request.headers,
            body=body,
            is_hook=is_hook,
        )
        return await asyncio.get_running_loop().run_in_executor(_threads, partial(_answered, asked))

    return handle


def _answered(asked: Asked) -> Response:
    try:
        return _hook(asked) if asked.is_hook else _request(asked)
    except Refusal as refusal:
        return answer(refusal)
    except CRMError as error:
        return answer(of_error(error))


def _request(asked: Asked) -> Response:
    """Raises Refusal and what the services raise."""
    _refuse_many_failures(asked)
    scheme, _, secret = asked.headers.get("authorization", "").partition(" ")
    with database.reading() as session:
        token = api_tokens.find(session, secret.strip()) if scheme.lower() == "bearer" else None
    if token is None:
        _count_failure(asked)
        raise Refusal(401, "Send a token that works: Authorization: Bearer …", headers={"WWW-Authenticate": "Bearer"})
    actor = _let_in(asked, token)
    key = _key(asked)
    if not asked.endpoint.writes:
        with database.reading() as session:
            return _sent(asked.endpoint.work(_call(asked, session, actor, token)))
    with database.transaction() as session:
        request = sha256(f"{asked.method} {asked.target}\0".encode() + asked.body).hexdigest()
        if key and (earlier := api_replies.earlier(session, token.id or 0, key, request)):
            return Response(earlier.body, earlier.status, {REPLAYED: "true"}, JSON)
        done = asked.endpoint.work(_call(asked, session, actor, token))
        if key:
            reply = Reply(done.status, done.content.model_dump_json(), done.contact_id)
            api_replies.keep(session, token.id or 0, key, request, reply)
        return _sent(done)


def _hook(asked: Asked) -> Response:
    """A signature stands in the place of the token, and is good for once. Raises like `_request`."""
    _refuse_many_failures(asked)
    try:
        with database.reading() as session:
            token, signature = hooks.verified(session, str(asked.path["key"]), asked.headers, asked.body)
    except Refusal:
        _count_failure(asked)
        raise
    actor = _let_in(asked, token)
    key = f"hook {signature}"
    with database.transaction() as session:
        if api_replies.earlier(session, token.id or 0, key, signature) is not None:
            raise Refusal(409, "This request was taken before.", code="replayed")
        done = asked.endpoint.work(_call(asked, session, actor, token))
        api_replies.keep(session, token.id or 0, key, signature, Reply(done.status, ""))
        return _sent(done)


def _refuse_many_failures(asked: Asked) -> None:
    """Who tries tokens gets no answer about any."""
    if seconds := pace.FAILURES.wait(asked.address):
        raise too_fast(seconds)


def _count_failure(asked: Asked) -> None:
    pace.FAILURES.take(asked.address)
    if pace.FAILURES.wait(asked.address):  # once, when it becomes too many
        _note(_STRANGER, "api.throttled", asked.address)


def _let_in(asked: Asked, token: ApiToken) -> Actor:
    """Who acts. Raises Refusal when it is too fast or lacks the scope."""
    if seconds := pace.PER_TOKEN.take(str(token.id)):
        raise too_fast(seconds)
    _touch(token)
    scope = asked.endpoint.scope
    actor = api_tokens.actor_of(token, scope)
    if scope.value not in token.scopes:
        _note(actor, "api.refused", asked.address, token=token.id or 0, scope=scope.value)
        raise Refusal(403, f"The token lacks the scope {scope.value}.", code="scope_missing")
    return actor


def _call(asked: Asked, session: Session, actor: Actor, token: ApiToken) -> Call:
    """Raises Refusal for what does not fit the endpoint's schemas."""
    endpoint = asked.endpoint
    for value in asked.path.values():
        if isinstance(value, int) and value >= _LARGEST:
            raise Refusal(404, "There is nothing at this address.")
    return Call(
        session=session,
        actor=actor,
        token=token,
        path=asked.path,
        query=_query(endpoint.query, asked.query) if endpoint.query else None,
        body=_body(endpoint.body, asked) if endpoint.body else None,
        if_match=asked.headers.get("if-match", ""),
    )


def _query(model: type[BaseModel], given: Mapping[str, str]) -> BaseModel:
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        raise of_schema(error, "query") from None


def _body(model: type[BaseModel], asked: Asked) -> BaseModel:
    kind = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise Refusal(415, "Send JSON: Content-Type: application/json.")
    try:
        return model.model_validate_json(asked.body)
    except ValidationError as error:
        raise of_schema(error, "body") from None


def _key(asked: Asked) -> str:
    """Raises Refusal for a key that is none."""
    key = asked.headers.get(IDEMPOTENCY, "").strip()
    if key and (len(key) > api_replies.KEY_LENGTH or not (key.isascii() and key.isprintable())):
        raise Refusal(422, f"{IDEMPOTENCY} takes up to 200 printable ASCII characters.", field=IDEMPOTENCY)
    return key


def _sent(done: Answer) -> Response:
    return Response(done.content.model_dump_json(), done.status, done.headers, JSON)


def _touch(token: ApiToken) -> None:
    if api_tokens.is_touch_due(token):
        try:
            with database.transaction() as session:
                api_tokens.touch(session, token.id or 0)
        except Busy:
            log.info("the use of a token could not be noted: the database was busy")


def _note(actor: Actor, action: str, address: str, **about: int | str) -> None:
    try:
        with database.transaction() as session:
            audit.record(session, actor, action, ip=address, **about)
    except Busy:
        log.warning("a refusal could not be written: the database was busy")
