"""Who comes in by the API: a token, its scopes, its branch; no cookie and no page of another place."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import col, select

from crm_app.models import ApiScope, ApiToken, AuditEntry, Contact
from crm_app.services import api_tokens, database
from crm_app.services.actor import Actor
from crm_app.services.errors import Invalid, NotFound, NotPermitted
from crm_app.services.sessions import hash_of
from crm_app.web import pace
from crm_app.web.api.table import ENDPOINTS
from tests.database_rows import rows
from tests.web.api.conftest import Program, integration, person
from tests.web.conftest import HERE, Site

BODIES: dict[str, Any] = {
    "createContact": {"first_name": "Ada"},
    "upsertContact": {"email": "ada@example.org"},
    "changeContact": {"city": "Bonn"},
    "recordInteraction": {"kind": "visit", "source": "till"},
    "changeTags": {"give": ["Fair"]},
    "recordConsent": {"channel": "email", "address": "ada@example.org", "state": "revoked"},
}


def path_of(endpoint: Any, number: int = 1) -> str:
    return str(endpoint.path).replace("{number:int}", str(number))


def actions() -> list[str]:
    with database.reading() as session:
        return list(session.exec(select(AuditEntry.action).order_by(col(AuditEntry.id))))


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: one.name)
@pytest.mark.parametrize("scope", ApiScope)
async def test_a_token_does_what_its_scope_says_and_nothing_else(
    endpoint: Any, scope: ApiScope, gate: Site, alice: Actor
) -> None:
    person(alice, first_name="Ada", email="ada@example.org")
    program = Program(gate.http, integration(alice, scope).secret)
    before = rows("api_token")  # says when a token was used last
    answer = await program.ask(endpoint.method, path_of(endpoint), BODIES.get(endpoint.name))
    if endpoint.scope is scope:
        assert answer.status_code in endpoint.answers, answer.text
    else:
        assert answer.status_code == 403 and answer.json()["error"]["code"] == "scope_missing"
        assert actions()[-1] == "api.refused" and rows("api_token") == before


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: one.name)
async def test_a_program_of_another_branch_is_told_nothing_and_changes_nothing_here(
    endpoint: Any, gate: Site, alice: Actor, charlie: Actor
) -> None:
    number = person(alice, first_name="Canary", email="ada@example.org")
    program, before = Program(gate.http, integration(charlie).secret), here()
    answer = await program.ask(endpoint.method, path_of(endpoint, number), BODIES.get(endpoint.name))
    if "{number" in endpoint.path:
        assert answer.status_code == 404, answer.text
    assert "Canary" not in answer.text and here() == before


def here() -> list[list[Any]]:
    """What stands of the branch of alice."""
    found = rows()
    own = [row for row in found["contact"] if row.branch_id == 1]
    ids = {row.id for row in own}
    about = ("contact_point", "contact_tag", "activity", "interaction")
    return [own, *([row for row in found[name] if row.contact_id in ids] for name in about)]


@pytest.mark.parametrize("token", ["", "crm_nothing", "Basic abc", "crm_" + "x" * 5000, "crm_é"])
async def test_without_a_token_that_works_nothing_is_said(token: str, gate: Site, alice: Actor) -> None:
    for endpoint in ENDPOINTS[:4]:
        headers = {"authorization": f"Bearer {token}".encode()} if token else {}
        pace.FAILURES.clear()
        answer = await gate.http.request(endpoint.method, "/api/v1" + path_of(endpoint), headers=headers)
        assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["error"]["code"] == "unauthorized"


async def test_a_revoked_one_is_nobody(gate: Site, alice: Actor) -> None:
    made = integration(alice)
    with database.transaction() as session:
        for _ in range(2):
            api_tokens.revoke(session, alice, made.token.id or 0)
    assert (await Program(gate.http, made.secret).get("/tags")).status_code == 401
    assert actions().count("api_token.revoked") == 1


async def test_a_session_is_no_token(gate: Site, alice: Actor) -> None:
    gate.be(alice)
    assert (await gate.http.get("/api/v1/contacts")).status_code == 401
    answer = await gate.http.post("/api/v1/contacts", json={"first_name": "Ada"}, headers={"origin": HERE})
    assert answer.status_code == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999"])
async def test_pages_of_another_place_are_refused_even_with_a_token(origin: str, shop: Program) -> None:
    for method, body in (("GET", None), ("POST", {"first_name": "Ada"}), ("OPTIONS", None)):
        answer = await shop.ask(method, "/contacts", body, origin=origin)
        assert answer.status_code == 403 and "access-control-allow-origin" not in answer.headers
    with database.reading() as session:
        assert session.exec(select(Contact)).all() == []


async def test_the_rule_of_origins_stands_outside_of_the_api(gate: Site, shop: Program) -> None:
    for path in ("/change", "/login", "/apis/v1/contacts"):
        assert (
            await gate.http.post(path, json={}, headers={"authorization": f"Bearer {shop.token}"})
        ).status_code == 403


@pytest.mark.parametrize("endpoint", [one for one in ENDPOINTS if "{number" in one.path], ids=lambda one: one.name)
async def test_a_contact_of_another_branch_is_not_there(
    endpoint: Any, gate: Site, alice: Actor, charlie: Actor
) -> None:
    number = person(alice)
    stranger = Program(gate.http, integration(charlie).secret)
    foreign = await stranger.ask(endpoint.method, path_of(endpoint, number), BODIES.get(endpoint.name))
    missing = await stranger.ask(endpoint.method, path_of(endpoint, 999), BODIES.get(endpoint.name))
    assert foreign.status_code == missing.status_code == 404
    assert foreign.text.replace(str(number), "") == missing.text.replace("999", "")
    assert (await Program(gate.http, integration(alice).secret).get(f"/contacts/{number}")).json()["version"] == 1


async def test_who_guesses_tokens_is_stopped_and_the_others_go_on(gate: Site, shop: Program) -> None:
    wrong = Program(gate.http, "crm_guess")
    codes = [(await wrong.get("/tags")).status_code for _ in range(25)]
    assert codes == [401] * 20 + [429] * 5 and actions().count("api.throttled") == 1
    stopped = await wrong.get("/tags")
    assert 0 < int(stopped.headers["retry-after"]) <= 60 and stopped.json()["error"]["code"] == "too_many_requests"


async def test_a_token_that_is_too_fast_waits(shop: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace.PER_TOKEN, "most", 3)
    codes = [(await shop.get("/tags")).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]


def test_a_minute_later_it_goes_on() -> None:
    clock = [0.0]
    paced = pace.Pace(2, 60, lambda: clock[0])
    assert [paced.take("a") for _ in range(3)] == [0, 0, 60] and paced.take("b") == 0
    clock[0] = 61
    assert paced.take("a") == 0


async def test_its_use_is_noted(shop: Program) -> None:
    await shop.get("/tags")
    with database.reading() as session:
        assert session.exec(select(ApiToken)).one().last_used_at is not None


def test_only_the_hash_is_stored_and_the_audit_names_no_secret(alice: Actor) -> None:
    made = integration(alice, ApiScope.TAGS_READ)
    assert len(made.secret) > 40 and made.token.token_hash == hash_of(made.secret)
    with database.reading() as session:
        (entry,) = session.exec(select(AuditEntry))
    assert entry.data == {"token": made.token.id, "scopes": "tags:read"}


def test_who_may_not_change_settings_makes_and_sees_none(alice: Actor, bob: Actor, charlie: Actor) -> None:
    made = integration(alice)
    with database.transaction() as session:
        with pytest.raises(NotPermitted):
            api_tokens.make(session, bob, "Shop", ["tags:read"])
        with pytest.raises(NotPermitted):
            api_tokens.listing(session, bob)
        other = replace(alice, branch_ids=charlie.branch_ids, branch_id=2)
        assert api_tokens.listing(session, other) == []
        for id_ in (made.token.id or 0, 999):
            with pytest.raises(NotFound):
                api_tokens.revoke(session, other, id_)


@pytest.mark.parametrize(
    ("name", "scopes"), [("", ["tags:read"]), ("x" * 101, ["tags:read"]), ("A", []), ("A", ["all"])]
)
def test_it_needs_a_name_and_a_scope(name: str, scopes: list[str], alice: Actor) -> None:
    with database.transaction() as session, pytest.raises(Invalid):
        api_tokens.make(session, alice, name, scopes)
