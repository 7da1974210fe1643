"""Signed hooks: the way Google Forms and others bring their answers."""

import asyncio
import hmac
import json
import time
from hashlib import sha256
from typing import Any

import httpx
import pytest
from sqlmodel import select

from crm_app.models import Activity, ActivityKind, ApiScope, Contact
from crm_app.services import api_tokens, database
from crm_app.services.actor import Actor
from crm_app.services.api_tokens import Made
from tests.web.api.conftest import integration, person
from tests.web.conftest import Site

ANSWERS = {
    "form": "Trial lesson",
    "contact": {"first_name": "Ada", "email": "ada@example.org", "tags": ["Form"]},
    "answers": {"Which instrument?": "Piano", "When?": ""},
}


@pytest.fixture
def google(alice: Actor) -> Made:
    return integration(alice, ApiScope.CONTACTS_WRITE, name="Google Forms")


def signed(made: Made, body: bytes, at: int | None = None) -> dict[str, str]:
    stamp = str(at if at is not None else int(time.time()))
    signature = hmac.digest(made.signing_secret.encode(), stamp.encode() + b"." + body, sha256).hex()
    return {"x-crm-timestamp": stamp, "x-crm-signature": f"sha256={signature}", "content-type": "application/json"}


async def send(gate: Site, made: Made, body: Any = None, headers: dict[str, str] | None = None) -> httpx.Response:
    content = json.dumps(ANSWERS if body is None else body).encode()
    return await gate.http.post(
        f"/api/v1/hooks/{made.token.key}", content=content, headers=headers or signed(made, content)
    )


async def test_answers_bring_the_contact_and_stand_in_the_timeline(gate: Site, google: Made) -> None:
    answer = await send(gate, google)
    assert (answer.status_code, answer.json()) == (201, {"outcome": "created"})
    with database.reading() as session:
        (entry,) = session.exec(select(Activity).where(Activity.kind == ActivityKind.FORM_FILLED))
    assert (entry.source, entry.data) == ("Trial lesson", {"answers": [["Which instrument?", "Piano"]]})


async def test_a_stranger_fills_blanks_and_overwrites_nothing(gate: Site, google: Made, alice: Actor) -> None:
    number = person(alice, first_name="Ada", email="ada@example.org")
    answer = await send(
        gate, google, ANSWERS | {"contact": {"email": "ada@example.org", "first_name": "Eve", "city": "Bonn"}}
    )
    assert answer.json() == {"outcome": "known"}
    with database.reading() as session:
        (contact,) = session.exec(select(Contact))
    assert (contact.number, contact.first_name, contact.city) == (number, "Ada", "Bonn")


async def test_the_same_request_counts_once_twenty_at_a_time(gate: Site, google: Made) -> None:
    body = json.dumps(ANSWERS).encode()
    headers = signed(google, body)
    answers = await asyncio.gather(*[send(gate, google, headers=headers) for _ in range(20)])
    assert sorted(one.status_code for one in answers) == [201] + [409] * 19
    assert answers[-1].status_code == 201 or answers[-1].json()["error"]["code"] == "replayed"


@pytest.mark.parametrize("age", [-301, 301, 10**9])
async def test_an_old_or_early_one_is_refused(age: int, gate: Site, google: Made) -> None:
    body = json.dumps(ANSWERS).encode()
    answer = await send(gate, google, headers=signed(google, body, int(time.time()) + age))
    assert answer.status_code == 401


async def test_a_wrong_signature_a_stranger_and_a_revoked_one_give_one_answer(
    gate: Site, google: Made, alice: Actor
) -> None:
    body = json.dumps(ANSWERS).encode()
    right = signed(google, body)
    texts = set()
    for change in ({"x-crm-signature": "sha256=" + "0" * 64}, {"x-crm-timestamp": "1"}, {"x-crm-signature": ""}):
        answer = await send(gate, google, headers=right | change)
        assert answer.status_code == 401
        texts.add(answer.text)
    other = await send(gate, google, ANSWERS | {"form": "Other"}, headers=right)
    stranger = await gate.http.post("/api/v1/hooks/nothing", content=body, headers=right)
    with database.transaction() as session:
        api_tokens.revoke(session, alice, google.token.id or 0)
    revoked = await send(gate, google, headers=right)
    assert {other.status_code, stranger.status_code, revoked.status_code} == {401}
    assert texts | {other.text, stranger.text, revoked.text} == {answer.text}
    with database.reading() as session:
        assert session.exec(select(Contact)).all() == []


async def test_it_needs_the_scope(gate: Site, alice: Actor) -> None:
    reading = integration(alice, ApiScope.CONTACTS_READ)
    assert (await send(gate, reading)).status_code == 403
