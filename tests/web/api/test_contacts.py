"""Contacts, orders, tags and consents by the API, as a shop's program uses it."""

import asyncio
from typing import Any

import pytest
from sqlmodel import select

from crm_app.models import (
    Activity,
    AuditEntry,
    Channel,
    Consent,
    ConsentState,
    Contact,
    CustomField,
    FieldType,
    Interaction,
    SuppressionReason,
)
from crm_app.models.base import now
from crm_app.services import api_replies, database
from crm_app.services.actor import Actor
from crm_app.services.consent import ledger, suppression
from crm_app.services.contacts import cards
from crm_app.services.courses import catalogue, enrolling
from crm_app.services.courses.enrolling import Terms
from crm_app.services.filters import tree
from crm_app.services.filters.tree import Condition, Group
from tests.web.api.conftest import Program, integration, person
from tests.web.conftest import Site


def count(model: Any) -> int:
    with database.reading() as session:
        return len(session.exec(select(model)).all())


async def test_a_contact_is_created_read_changed_and_listed(shop: Program) -> None:
    with database.transaction() as session:
        session.add(CustomField(key="lessons", label="Lessons", type=FieldType.NUMBER))
    made = await shop.post(
        "/contacts",
        {"first_name": "Ada", "email": "ada@example.org", "birth_date": "1990-03-01", "active": True, "tags": ["Fair"],
         "custom": {"lessons": 1.234}},
    )  # fmt: skip
    assert made.status_code == 201 and made.json()["outcome"] == "created"
    number = made.json()["number"]
    read = await shop.get(f"/contacts/{number}")
    contact = read.json()
    assert (contact["first_name"], contact["birth_date"], contact["tags"]) == ("Ada", "1990-03-01", ["Fair"])
    assert contact["custom"] == {"lessons": 1.234} and read.headers["etag"] == '"1"'
    assert read.headers["cache-control"] == "no-store"
    changed = await shop.ask("PATCH", f"/contacts/{number}", {"city": "Bonn", "birth_date": None})
    assert changed.json() == {
        "outcome": "updated", "number": number, "version": 2, "changed": ["birth_date", "city"], "warnings": {},
    }  # fmt: skip
    listed = (await shop.get("/contacts?q=ada")).json()
    assert [one["city"] for one in listed["contacts"]] == ["Bonn"] and listed["total"] == 1
    with database.reading() as session:
        assert {one.data.get("via") for one in session.exec(select(Activity))} == {"Shop"}


async def test_the_list_goes_on_behind_a_number(shop: Program, alice: Actor) -> None:
    numbers = [person(alice, last_name=name) for name in "ABCDE"]
    met, after = [], ""
    for _ in range(5):
        page = (await shop.get(f"/contacts?limit=2{after}")).json()
        met += [one["number"] for one in page["contacts"]]
        if page["after"] is None:
            break
        after = f"&after={page['after']}"
    assert met == numbers


async def test_it_takes_the_conditions_of_the_list_and_never_widens_them(shop: Program, alice: Actor) -> None:
    person(alice, first_name="Ada", city="Bonn")
    person(alice, first_name="Ben")
    where = tree.dumps(Group(items=(Condition("city", "is", ("Bonn",)),)))
    found = (await shop.ask("GET", f"/contacts?where={where}")).json()
    assert [one["first_name"] for one in found["contacts"]] == ["Ada"]
    impossible = tree.dumps(Group(items=(Condition("status", "any", ("9" * 18,)),)))
    assert (await shop.get(f"/contacts?where={impossible}")).status_code in (200, 422)
    for wrong in (
        "where=nonsense", "lifecycle=everybody", "segment=99", "limit=0", "after=x", "where=%00",
        "status=active", "course=1&status=gone", "offer=1",
    ):  # fmt: skip
        assert (await shop.get(f"/contacts?{wrong}")).status_code in (404, 422), wrong


async def test_it_lists_who_takes_part_in_a_course(shop: Program, alice: Actor) -> None:
    ada = person(alice, first_name="Ada")
    person(alice, first_name="Ben")
    with database.transaction() as session:
        course = catalogue.add(session, alice, {"name": "Violin", "status": "open"})
        enrolling.enrol(session, alice, course.id or 0, cards.get(session, alice, ada), None, Terms())
    for query, people in (("", ["Ada"]), ("&status=active", ["Ada"]), ("&status=waiting", []), ("&overdue=1", [])):
        found = (await shop.get(f"/contacts?course={course.id}{query}")).json()
        assert [one["first_name"] for one in found["contacts"]] == people, query


async def test_an_upsert_meets_the_contact_it_means(shop: Program) -> None:
    first = await shop.post("/contacts/upsert", {"external_id": "K-1", "email": "ada@example.org", "first_name": "Ada"})
    again = await shop.post("/contacts/upsert", {"external_id": "K-1", "city": "Bonn", "first_name": ""})
    assert (first.status_code, again.status_code, again.json()["outcome"]) == (201, 200, "updated")
    assert again.json()["changed"] == ["city"]
    same = await shop.post("/contacts/upsert", {"external_id": "K-1", "city": "Bonn"})
    assert same.json()["outcome"] == "unchanged" and count(Contact) == 1


async def test_where_several_match_it_is_refused_in_words(shop: Program, alice: Actor) -> None:
    for name in ("Ada", "Ben"):
        person(alice, first_name=name, email="family@example.org")
    answer = await shop.post("/contacts/upsert", {"email": "family@example.org"})
    assert answer.status_code == 409
    assert answer.json()["error"] == {
        "code": "ambiguous", "field": "email", "fields": {},
        "message": "2 contacts match (numbers 1, 2). Give another key.",
    }  # fmt: skip
    chosen = await shop.post("/contacts/upsert", {"number": 2, "city": "Bonn"})
    assert chosen.json()["number"] == 2


async def test_who_was_erased_does_not_come_back(shop: Program) -> None:
    with database.transaction() as session:
        suppression.add(session, [(Channel.EMAIL, "gone@example.org")], SuppressionReason.ERASED)
    for path in ("/contacts", "/contacts/upsert"):
        answer = await shop.post(path, {"email": " Gone@EXAMPLE.org"})
        assert answer.status_code == 409 and answer.json()["error"]["code"] == "erased"
    assert count(Contact) == 0


async def test_all_that_is_wrong_is_said_at_once_and_never_repeated(shop: Program) -> None:
    answer = await shop.post("/contacts", {"email": "no-address", "birth_date": "someday", "first_name": "Ada"})
    error = answer.json()["error"]
    assert answer.status_code == 422 and set(error["fields"]) == {"email", "birth_date"} and error["code"] == "invalid"
    assert (await shop.post("/contacts", {"shoe": "41"})).json()["error"]["field"] == "shoe"
    assert "41-secret" not in (await shop.post("/contacts", {"first_name": {"x": "41-secret"}})).text
    assert (await shop.post("/contacts", {"first_name": "A\0"})).status_code == 422
    assert (await shop.post("/contacts", {})).status_code == 422
    assert count(Contact) == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b'{"first_name": "\xff"}', b'{"first_name": "\\ud800"}'])
async def test_what_is_no_json_is_said_so(body: bytes, shop: Program) -> None:
    headers = {"authorization": f"Bearer {shop.token}", "content-type": "application/json"}
    answer = await shop.http.post("/api/v1/contacts", content=body, headers=headers)
    assert answer.status_code in (400, 422) and set(answer.json()["error"]) == {"code", "message", "field", "fields"}


async def test_other_kinds_sizes_methods_and_places_are_refused_in_the_same_shape(shop: Program) -> None:
    headers = {"authorization": f"Bearer {shop.token}", "content-type": "application/json"}
    form = await shop.http.post("/api/v1/contacts", data={"a": "b"}, headers={**headers, "content-type": "text/plain"})
    large = await shop.http.post("/api/v1/contacts", content=b"x" * 300_000, headers=headers)
    found = [form, large, await shop.ask("DELETE", "/contacts"), await shop.get("/nothing"),
             await shop.get("/contacts/99999999999999999999"), await shop.get("/contacts/x")]  # fmt: skip
    assert [one.status_code for one in found] == [415, 413, 405, 404, 404, 404]
    assert all(one.json()["error"]["message"] for one in found) and found[2].headers["allow"] == "GET, HEAD, POST"


async def test_a_version_that_is_old_changes_nothing(shop: Program, alice: Actor) -> None:
    number = person(alice)
    old = await shop.ask("PATCH", f"/contacts/{number}", {"city": "Bonn"}, if_match='"7"')
    assert old.status_code == 412
    assert (await shop.ask("PATCH", f"/contacts/{number}", {"city": "Bonn"}, if_match='"1"')).status_code == 200


async def test_twenty_at_once_with_one_key_have_one_effect(shop: Program) -> None:
    answers = await asyncio.gather(
        *[shop.post("/contacts", {"first_name": "Ada"}, idempotency_key="order-7") for _ in range(20)]
    )
    assert {one.status_code for one in answers} == {201} and len({one.text for one in answers}) == 1
    assert sum("idempotent-replayed" not in one.headers for one in answers) == 1
    assert count(Contact) == 1 and count(Activity) == 1


async def test_a_key_means_one_request_of_one_token_for_a_day(shop: Program, gate: Site, alice: Actor) -> None:
    body = {"first_name": "Ada"}
    await shop.post("/contacts", body, idempotency_key="k")
    for path, other in (("/contacts", {"first_name": "Ben"}), ("/contacts/upsert", body)):
        answer = await shop.post(path, other, idempotency_key="k")
        assert answer.status_code == 422 and answer.json()["error"]["code"] == "key_reused"
    till = Program(gate.http, integration(alice, name="Till").secret)
    assert (await till.post("/contacts", body, idempotency_key="k")).status_code == 201
    assert count(Contact) == 2
    with database.transaction() as session:
        assert api_replies.purge(session, now()) == 0
        assert api_replies.purge(session, now() + api_replies.KEPT) == 2
    await shop.post("/contacts", body, idempotency_key="k")
    assert count(Contact) == 3


async def test_what_was_refused_may_be_tried_again_with_its_key(shop: Program) -> None:
    assert (await shop.post("/contacts", {"email": "x"}, idempotency_key="k")).status_code == 422
    assert (await shop.post("/contacts", {"email": "x@example.org"}, idempotency_key="k")).status_code == 201
    assert (await shop.post("/contacts", {"email": "x@example.org"}, idempotency_key="k" * 201)).status_code == 422


async def test_orders_are_recorded_once_and_listed(shop: Program, alice: Actor) -> None:
    number = person(alice)
    order = {"kind": "order", "source": "online shop", "at": "2026-03-01T10:30:00+01:00", "amount": "49.9",
             "external_id": "R-1", "description": "10 lessons"}  # fmt: skip
    made = await shop.post(f"/contacts/{number}/interactions", order)
    again = await shop.post(f"/contacts/{number}/interactions", order)
    assert (made.status_code, again.status_code, again.json()["is_new"]) == (201, 200, False)
    assert made.json()["interaction"] | {"id": 0} == {
        "id": 0, "kind": "order", "source": "online shop", "at": "2026-03-01T09:30:00Z", "description": "10 lessons",
        "amount": "49.90", "currency": "EUR", "external_id": "R-1",
    }  # fmt: skip
    other = await shop.post(f"/contacts/{number}/interactions", order | {"amount": "50"})
    assert other.status_code == 409 and count(Interaction) == 1
    for visit in range(3):
        await shop.post(
            f"/contacts/{number}/interactions", {"kind": "visit", "source": "till", "description": str(visit)}
        )
    page = (await shop.get(f"/contacts/{number}/interactions?limit=3")).json()
    rest = (await shop.get(f"/contacts/{number}/interactions?limit=3&after={page['after']}")).json()
    assert [one["description"] for one in page["interactions"]] == ["2", "1", "0"]
    assert [one["kind"] for one in rest["interactions"]] == ["order"] and rest["after"] is None
    naive = await shop.post(f"/contacts/{number}/interactions", order | {"at": "2026-03-01T10:30:00"})
    assert naive.status_code == 422


async def test_tags_are_given_and_taken(shop: Program, alice: Actor) -> None:
    number = person(alice)
    path = f"/contacts/{number}/tags"
    assert (await shop.post(path, {"give": ["Fair, Berlin", "Piano"]})).json()["tags"] == ["Fair, Berlin", "Piano"]
    again = await shop.post(path, {"give": ["piano"], "take": ["FAIR, berlin", "Unknown"]})
    assert (again.json()["tags"], again.json()["version"]) == (["Piano"], 3)
    assert (await shop.post(path, {"give": ["Piano"]})).json()["version"] == 3
    assert [one["name"] for one in (await shop.get("/tags")).json()["tags"]] == ["Fair, Berlin", "Piano"]


async def test_a_consent_is_vouched_for_with_its_proof_and_never_raised(shop: Program, alice: Actor) -> None:
    number = person(alice, email="ada@example.org")
    event = {"channel": "email", "address": "Ada@example.org", "state": "imported", "at": "2026-01-05T08:00:00Z",
             "text": "I want the newsletter", "text_version": "3", "place": "checkout", "number": number}  # fmt: skip
    assert (await shop.post("/consents", event)).json() == {"state": "imported", "is_recorded": True}
    assert (await shop.post("/consents", event)).json() == {"state": "imported", "is_recorded": False}
    with database.reading() as session:
        (entry,) = session.exec(select(Consent))
    assert (entry.source, entry.source_name, entry.contact_number) == ("api", "Shop · checkout", number)
    assert (entry.text, entry.text_version, entry.user_id) == ("I want the newsletter", "3", None)
    for state in ("sent", "confirmed", "none"):
        assert (await shop.post("/consents", event | {"state": state})).status_code == 422
    for wrong in ({"at": None}, {"text": " ", "place": ""}, {"address": "nobody"}, {"at": "2999-01-01T00:00:00Z"}):
        assert (await shop.post("/consents", event | wrong)).status_code == 422, wrong
    assert (await shop.post("/consents", event | {"number": 999})).status_code == 404


async def test_a_withdrawal_counts_at_once_and_is_never_lifted_by_a_program(shop: Program, alice: Actor) -> None:
    with database.transaction() as session:
        ledger.record(
            session,
            alice,
            Channel.EMAIL,
            "ada@example.org",
            ConsentState.CONFIRMED,
            proof=ledger.Proof(reason="At the fair"),
        )
    event = {"channel": "email", "address": " ADA@example.org", "state": "revoked"}
    assert (await shop.post("/consents", event)).json() == {"state": "revoked", "is_recorded": True}
    assert (await shop.post("/consents", event)).json() == {"state": "revoked", "is_recorded": False}
    vouched = {**event, "state": "imported", "at": "2026-01-05T08:00:00Z", "text": "Yes"}
    assert (await shop.post("/consents", vouched)).json() == {"state": "revoked", "is_recorded": False}
    with database.reading() as session:
        assert not ledger.is_mailable(session, Channel.EMAIL, "ada@example.org")
        named = session.exec(select(AuditEntry.actor).where(AuditEntry.action == "consent.revoked")).all()
    assert named == ["API: Shop"]
