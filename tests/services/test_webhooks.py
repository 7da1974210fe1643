"""What other systems are told: each event once it happened, signed, again until somebody takes it."""

import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlmodel import col, select

from crm_app.models import DeliveryState, EnrolmentStatus, InteractionKind, Webhook, WebhookDelivery
from crm_app.models.base import now
from crm_app.services import database, form_answers, interactions, webhook_sending, webhooks
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.courses import catalogue, enrolling, payments
from crm_app.services.errors import Invalid, NotFound, NotPermitted
from crm_app.services.interactions import Report
from crm_app.services.outbound import Fetcher

EVENTS = [event.value for event in webhooks.EVENTS]


@dataclass
class Elsewhere:
    """A system that is told; it answers with `status`."""

    status: int = 200
    told: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def fetcher(self) -> Fetcher:
        """The name of the address leads here: in tests alone plain http to this machine is trusted."""
        return Fetcher(("*",), 0, whole_seconds=5, trusted=frozenset({f"127.0.0.1:{self.port}"}))

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.told]


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    made = Elsewhere()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.told.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(made.status)
            self.send_header("Location", "https://example.org/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def subscribed(actor: Actor, *events: str, url: str = "https://hooks.example.org/crm") -> tuple[int, str]:
    with database.transaction() as session:
        made, secret = webhooks.add(session, actor, url, events or EVENTS)
        return made.id or 0, secret


def here(elsewhere: Elsewhere) -> None:
    """The subscription's address as a test's server has it; nobody could type this one."""
    with database.transaction() as session:
        for one in session.exec(select(Webhook)):
            one.url = f"http://127.0.0.1:{elsewhere.port}/crm?a=1"


def person(actor: Actor) -> int:
    with database.transaction() as session:
        return cards.create(session, actor, {"first_name": "Ada", "email": "ada@example.org"}).number


def send(elsewhere: Elsewhere, at: datetime | None = None) -> int:
    return webhook_sending.send_due(elsewhere.fetcher, at=at)


def rows() -> list[WebhookDelivery]:
    with database.reading() as session:
        return list(session.exec(select(WebhookDelivery).order_by(col(WebhookDelivery.id))))


def test_each_event_is_told_signed_and_without_personal_data(alice: Actor, elsewhere: Elsewhere) -> None:
    _, secret = subscribed(alice)
    here(elsewhere)
    number = person(alice)
    with database.transaction() as session:
        cards.change(session, alice, cards.get(session, alice, number), {"city": "Bonn"})
        interactions.record(session, alice, number, Report(InteractionKind.ORDER, "till", amount="5"))
        form_answers.take(session, replace(alice, user_id=None), "Trial", {"email": "ada@example.org"}, [])
        course = catalogue.add(session, alice, {"name": "Violin", "status": "open"})
        contact = cards.get(session, alice, number)
        enrolled = enrolling.enrol(session, alice, course.id or 0, contact, None, enrolling.Terms()).made[0].id or 0
        enrolling.set_status(session, alice, enrolled, EnrolmentStatus.PAUSED)
        payments.record(session, alice, enrolled, payments.Given(5_00, note="Ada"))
    assert send(elsewhere) == 7 and send(elsewhere) == 0
    told = elsewhere.events()
    assert [one["event"] for one in told] == EVENTS
    assert {one["number"] for one in told} == {number} and len({one["id"] for one in told}) == 7
    assert told[1]["changed"] == ["city"] and told[2]["kind"] == "order"
    assert told[5]["status"] == "paused" and told[6]["amount"] == "5.00"
    assert not any(word in body for _, body in elsewhere.told for word in (b"Ada", b"ada@", b"Bonn"))
    headers, body = elsewhere.told[0]
    signed = headers["x-crm-timestamp"].encode() + b"." + body
    assert headers["x-crm-signature"] == "sha256=" + hmac.digest(secret.encode(), signed, sha256).hex()


def test_what_was_rolled_back_is_told_to_nobody(alice: Actor) -> None:
    subscribed(alice)
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        cards.create(session, alice, {"first_name": "Ada"})
        raise ZeroDivisionError
    assert rows() == []


def test_only_what_was_asked_for_and_only_of_its_branch(alice: Actor, charlie: Actor) -> None:
    subscribed(alice, "contact.changed")
    number = person(alice)
    person(charlie)
    assert rows() == []
    with database.transaction() as session:
        cards.deactivate(session, alice, cards.get(session, alice, number))
    assert [json.loads(one.body)["changed"] for one in rows()] == [["active"]]


@pytest.mark.parametrize("status", [500, 404, 301])
def test_who_does_not_take_it_is_told_again_later_and_given_up_in_the_end(
    status: int, alice: Actor, elsewhere: Elsewhere
) -> None:
    subscribed(alice)
    here(elsewhere)
    person(alice)
    elsewhere.status, at = status, now()
    for pause in webhook_sending.PAUSES:
        assert send(elsewhere, at) == 0 and rows()[0].answer == str(status)
        before = len(elsewhere.told)
        assert send(elsewhere, at + timedelta(seconds=1)) == 0 and len(elsewhere.told) == before, "not at once"
        at += timedelta(minutes=pause)
    send(elsewhere, at)
    (row,) = rows()
    assert (row.state, row.attempts) == (DeliveryState.GIVEN_UP, len(webhook_sending.PAUSES) + 1)
    assert len({body for _, body in elsewhere.told}) == 1
    with database.reading() as session:
        (entry,) = webhooks.listing(session, alice)
    assert (entry.waiting, entry.given_up) == (0, 1) and entry.last is not None and entry.last.answer == str(status)


def test_taken_the_second_time_it_is_told_no_more(alice: Actor, elsewhere: Elsewhere) -> None:
    subscribed(alice)
    here(elsewhere)
    person(alice)
    elsewhere.status = 503
    send(elsewhere)
    elsewhere.status = 204
    assert send(elsewhere, now() + timedelta(minutes=2)) == 1
    assert rows()[0].state == DeliveryState.SENT


def test_what_a_dead_process_had_in_hand_is_told_again_and_by_one_at_a_time(alice: Actor, elsewhere: Elsewhere) -> None:
    subscribed(alice)
    here(elsewhere)
    person(alice)
    at = now()
    with database.transaction() as session:
        assert webhook_sending._claim(session, rows()[0].id or 0, at) is not None
        assert webhook_sending._claim(session, rows()[0].id or 0, at) is None
    assert send(elsewhere, at) == 0
    assert send(elsewhere, at + webhook_sending.CLAIMED) == 1


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "fd00::1"])
def test_no_address_of_the_inner_network_is_reached(address: str, alice: Actor) -> None:
    subscribed(alice)
    person(alice)
    fetcher = Fetcher(("*",), 0, resolve=lambda host, port: [address])
    assert webhook_sending.send_due(fetcher) == 0
    assert "private network" in rows()[0].answer


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://example.org",
        "https://",
        "https://example.org:8443/",
        "https://a@example.org/",
        "ftp://x",
        "https://é.example",
    ],
)
def test_only_whole_https_addresses_are_taken(url: str, alice: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        subscribed(alice, url=url)
    assert refused.value.field == "url"


def test_it_needs_events_that_there_are(alice: Actor) -> None:
    for events in ([], ["contact.sold"]):
        with database.transaction() as session, pytest.raises(Invalid) as refused:
            webhooks.add(session, alice, "https://example.org/", events)
        assert refused.value.field == "events"


def test_a_removed_one_is_told_nothing_and_forgotten(alice: Actor, elsewhere: Elsewhere) -> None:
    id_, _ = subscribed(alice)
    here(elsewhere)
    person(alice)
    with database.transaction() as session:
        webhooks.remove(session, alice, id_)
    person(alice)
    assert send(elsewhere) == 0 and elsewhere.told == [] and len(rows()) == 1
    with database.transaction() as session:
        assert webhooks.purge(session) == 1


def test_another_branch_and_who_may_not_see_none(alice: Actor, bob: Actor, charlie: Actor) -> None:
    id_, _ = subscribed(alice)
    other = replace(alice, branch_ids=charlie.branch_ids, branch_id=2)
    with database.transaction() as session:
        assert webhooks.listing(session, other) == []
        for one in (id_, 999):
            with pytest.raises(NotFound):
                webhooks.remove(session, other, one)
        for act in (
            lambda: webhooks.add(session, bob, "https://example.org/", EVENTS),
            lambda: webhooks.listing(session, bob),
            lambda: webhooks.remove(session, bob, id_),
        ):
            with pytest.raises(NotPermitted):
                act()


def test_an_address_that_is_away_keeps_no_other_waiting(alice: Actor) -> None:
    first, _ = subscribed(alice, url="https://away.example.org/crm")
    second, _ = subscribed(alice, url="https://here.example.org/crm")
    with database.transaction() as session:
        for webhook_id in (*[first] * 200, second):
            session.add(WebhookDelivery(webhook_id=webhook_id, body="{}"))
    with database.reading() as session:
        due = [webhook_id for _, webhook_id in webhook_sending._due(session, now())]
    assert second in due[:2] and len(due) <= webhook_sending.AT_ONCE
