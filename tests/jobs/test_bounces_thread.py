"""The workers look for returned mails by themselves."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_app.jobs import consumer, queue
from crm_app.models import Channel, Message, MessageKind, MessageState, Via
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.messages import bounce_mailbox
from tests.services.messages import imap_server, returned_mails

pytestmark = pytest.mark.sqlite_only  # as the workers' other tests
ID, ADA = "<0123456789abcdef@crm.example.org>", "ada@example.net"


@pytest.fixture
def workers(db: Path) -> Iterator[None]:
    yield
    consumer.stop()
    queue.forget()


def test_mails_that_came_back_are_found_from_the_start_on(
    workers: None, alice: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = imap_server.make_certificate(tmp_path / "server.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with imap_server.running(certificate) as inbox:
        inbox.put(returned_mails.postfix(ID, ADA))
        typed = {"bounce_host": imap_server.HOST, "bounce_port": str(inbox.port), "bounce_username": inbox.user}
        with database.transaction() as session:
            bounce_mailbox.change(session, alice, typed, password=inbox.password)
            message = Message(
                kind=MessageKind.SINGLE,
                channel=Channel.EMAIL,
                state=MessageState.SENT,
                via=Via.SMTP,
                address=ADA,
                norm=ADA,
                message_id=ID,
            )
            session.add(message)
        consumer.start()
        until = time.monotonic() + 20
        while state_of(message.id) == MessageState.SENT:
            assert time.monotonic() < until, "nobody looked"
            time.sleep(0.05)
        assert state_of(message.id) == MessageState.FAILED


def state_of(message_id: int | None) -> str:
    with database.reading() as session:
        return session.get_one(Message, message_id).state
