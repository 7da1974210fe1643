"""Against a real mailbox on loopback, through TLS."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select, update

from crm_app.locales import Text, render
from crm_app.models import AuditEntry, LeftOut, MailServer, Message, MessageState, SuppressionReason, Via
from crm_app.models.base import now
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.consent import suppression
from crm_app.services.contacts import cards
from crm_app.services.errors import Conflict, Invalid, NotPermitted
from crm_app.services.messages import bounce_mailbox, bounces, outbox, sending, server, singles
from tests.services.messages import imap_server, returned_mails
from tests.services.messages.conftest import MAIL
from tests.services.messages.imap_server import Inbox
from tests.services.messages.mailbox import Mailbox

Add = Callable[..., int]
ADA = "ada@example.net"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imap_server.make_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture
def inbox(box: Mailbox, alice: Actor, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A mailbox whose certificate is trusted, and which is set; the mail server is set as well."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with imap_server.running(certificate) as inbox:
        set_mailbox(alice, inbox)
        yield inbox


def set_mailbox(actor: Actor, inbox: Inbox, password: str | None = None, **typed: str) -> None:
    fields = {"bounce_host": imap_server.HOST, "bounce_port": str(inbox.port), "bounce_username": inbox.user} | typed
    with database.transaction() as session:
        bounce_mailbox.change(session, actor, fields, password=inbox.password if password is None else password)


@pytest.fixture
def sent(add: Add, bob: Actor, inbox: Inbox) -> Callable[..., Message]:
    """A message that went out to the address."""

    def made(address: str = ADA) -> Message:
        number = add(first_name="Ada", email=address)
        with database.transaction() as session:
            id_ = singles.write(session, bob, cards.get(session, bob, number), subject="Lesson", body="Hello").id or 0
        assert sending.send_due().sent == 1
        return stands(id_)

    return made


def stands(message_id: int | None) -> Message:
    with database.reading() as session:
        return session.get_one(Message, message_id)


def settings() -> MailServer:
    with database.reading() as session:
        return server.current(session)


def reasons(address: str = ADA) -> set[SuppressionReason]:
    with database.reading() as session:
        return suppression.reasons(session, [(MAIL, address)]).get((MAIL, address), set())


def said(problem: list[Any] | None) -> str:
    return render(Text.from_json(problem), "en") if problem else ""


@pytest.mark.parametrize(
    "report", [returned_mails.postfix, returned_mails.exchange, returned_mails.gmail, returned_mails.german]
)
@pytest.mark.parametrize("uid_behind", [False, True])
def test_an_address_that_does_not_exist_is_never_written_to_again(
    report: Callable[[str, str], str],
    uid_behind: bool,
    sent: Callable[..., Message],
    inbox: Inbox,
    bob: Actor,
) -> None:
    message, inbox.uid_behind = sent(), uid_behind
    inbox.put(report(message.message_id, "Ada@EXAMPLE.net"))
    look = bounces.poll()
    assert (look.mails, look.failed, look.problem) == (1, 1, None)
    found = stands(message.id)
    assert found.state == MessageState.FAILED and found.ended_at == message.ended_at
    assert said(found.error).startswith("The message came back: this address does not exist (5")
    assert reasons() == {SuppressionReason.BOUNCED}
    with database.transaction() as session:
        outbox.send_again(session, bob, message.id or 0)
    assert sending.send_due().sent == 0 and stands(message.id).reason == LeftOut.SUPPRESSED


@pytest.mark.parametrize(("status", "words"), [("5.2.2", "552 5.2.2 mailbox full"), ("5.7.1", "550 5.7.1 blocked")])
def test_other_failures_leave_the_address_alone(
    status: str, words: str, sent: Callable[..., Message], inbox: Inbox
) -> None:
    message = sent()
    inbox.put(returned_mails.postfix(message.message_id, ADA, status, words))
    assert bounces.poll().failed == 1
    assert stands(message.id).state == MessageState.FAILED and status in said(stands(message.id).error)
    assert reasons() == set()


def test_a_delay_changes_nothing(sent: Callable[..., Message], inbox: Inbox) -> None:
    message = sent()
    inbox.put(returned_mails.postfix(message.message_id, ADA, "4.4.1", "451 later", "delayed"))
    assert bounces.poll().failed == 0 and stands(message.id).state == MessageState.SENT


def test_a_complaint_ends_writing_to_the_address_once(sent: Callable[..., Message], inbox: Inbox) -> None:
    message = sent()
    inbox.put(returned_mails.complaint(message.message_id))
    assert bounces.poll().complaints == 1
    assert stands(message.id).state == MessageState.SENT and "unwanted" in said(stands(message.id).error)
    assert reasons() == {SuppressionReason.COMPLAINED}
    with database.transaction() as session:
        suppression.remove(session, (MAIL, ADA))
    inbox.put(returned_mails.complaint(message.message_id))
    assert bounces.poll().complaints == 0 and reasons() == set()


def test_forged_reports_cut_nobody_off(sent: Callable[..., Message], inbox: Inbox) -> None:
    message, other = sent(), sent("ben@example.net")
    unknown = outbox.new_message_id()
    for id_, to in (
        (unknown, ADA),  # no message of ours
        ("", ADA),
        ("%", ADA),
        (message.message_id, "ben@example.net"),  # the address of another message
        (other.message_id, ADA),
        (message.message_id, "someone@else.example"),
    ):
        inbox.put(returned_mails.postfix(id_, to))
        inbox.put(returned_mails.german(id_, to))
    inbox.put(returned_mails.complaint(unknown))
    inbox.put(f"To: office@example.org\nSubject: {message.message_id}\n\n{returned_mails.postfix(unknown, ADA)}")
    look = bounces.poll()
    assert (look.mails, look.failed, look.complaints, look.problem) == (14, 0, 0, None)
    assert {stands(id_).state for id_ in (message.id, other.id)} == {MessageState.SENT}
    assert reasons() == reasons("ben@example.net") == set()


def test_a_message_that_never_left_cannot_come_back(sent: Callable[..., Message], inbox: Inbox) -> None:
    message = sent()
    for values in ({"state": MessageState.QUEUED}, {"state": MessageState.SENT, "via": Via.FOLDER}):
        with database.transaction() as session:
            session.execute(update(Message).values(**values))
        inbox.put(returned_mails.postfix(message.message_id, ADA))
        assert bounces.poll().failed == 0 and reasons() == set()


def test_what_may_have_gone_out_and_came_back_has_failed(sent: Callable[..., Message], inbox: Inbox) -> None:
    message = sent()
    with database.transaction() as session:
        session.execute(update(Message).values(state=MessageState.UNCERTAIN, via=""))
    inbox.put(returned_mails.postfix(message.message_id, ADA))
    assert bounces.poll().failed == 1 and stands(message.id).state == MessageState.FAILED


def test_a_mail_is_looked_at_once_and_others_are_not_read(sent: Callable[..., Message], inbox: Inbox) -> None:
    message = sent()
    inbox.put("From: ada@example.net\nTo: office@example.org\nContent-Type: text/plain\n\nThank you!\n")
    uid = inbox.put(returned_mails.postfix(message.message_id, ADA))
    assert [bounces.poll().mails for _ in range(2)] == [2, 0]
    assert inbox.bodies == [uid] and settings().bounce_uid == uid
    assert not [command for command in inbox.commands if "BODY[" in command or command.startswith("SELECT")]
    inbox.put(returned_mails.gmail(message.message_id, ADA))
    assert bounces.poll().failed == 0 and inbox.bodies[-1] == uid + 1


def test_a_mailbox_made_anew_is_looked_at_from_its_start_and_changes_nothing_twice(
    sent: Callable[..., Message], inbox: Inbox
) -> None:
    first, second = sent(), sent("ben@example.net")
    inbox.put("Subject: x\n\nx\n")
    inbox.put("Subject: y\n\ny\n")
    inbox.put(returned_mails.postfix(first.message_id, ADA))
    assert bounces.poll().failed == 1 and settings().bounce_uid == 3
    with database.transaction() as session:
        suppression.remove(session, (MAIL, ADA))  # somebody knows better
    inbox.validity, inbox.mails = 8, {}
    inbox.put(returned_mails.postfix(first.message_id, ADA))
    inbox.put(returned_mails.postfix(second.message_id, "ben@example.net"))
    assert bounces.poll().failed == 1 and stands(second.id).state == MessageState.FAILED
    assert (settings().bounce_uid, settings().bounce_uidvalidity) == (2, 8) and reasons() == set()
    inbox.validity, inbox.mails = 9, {}
    assert bounces.poll().mails == 0 and (settings().bounce_uid, settings().bounce_uidvalidity) == (0, 9)


def test_mails_older_than_a_month_are_not_looked_at(sent: Callable[..., Message], inbox: Inbox) -> None:
    message = sent()
    inbox.put(returned_mails.postfix(message.message_id, ADA), arrived=now() - timedelta(days=40))
    assert bounces.poll().mails == 0


def test_a_flood_is_looked_at_bit_by_bit_and_hides_nothing(sent: Callable[..., Message], inbox: Inbox) -> None:
    message = sent()
    for n in range(bounces.MOST - 1):
        inbox.put(f"Subject: buy {n}\nContent-Type: text/html\n\nbuy\n")
    inbox.put(returned_mails.postfix("<x@example.org>", ADA) + "x" * bounce_mailbox.LARGEST * 3)
    inbox.put(returned_mails.postfix(message.message_id, ADA) + "x" * bounce_mailbox.LARGEST * 3)
    look = bounces.poll()
    assert (look.mails, look.failed, look.is_more) == (bounces.MOST, 0, True)
    look = bounces.poll()
    assert (look.mails, look.failed, look.is_more) == (1, 1, False)


def test_it_stops_when_it_is_told_to_and_goes_on_later(sent: Callable[..., Message], inbox: Inbox) -> None:
    message = sent()
    inbox.put(returned_mails.postfix(message.message_id, ADA))
    stopped = bounces.poll(should_stop=lambda: True)
    assert (stopped.mails, stopped.is_more) == (0, True) and bounces.poll().failed == 1


def test_a_connection_that_breaks_loses_nothing(sent: Callable[..., Message], inbox: Inbox) -> None:
    message = sent()
    inbox.breaks_at = inbox.put(returned_mails.postfix(message.message_id, ADA))
    assert bounces.poll().problem is not None and settings().bounce_uid == 0
    assert "cannot be reached" in said(settings().bounce_problem)
    inbox.breaks_at = 0
    assert bounces.poll().failed == 1 and settings().bounce_problem is None


def test_the_settings_say_why_the_mailbox_cannot_be_read(
    inbox: Inbox, alice: Actor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    set_mailbox(alice, inbox, password="wrong")
    bounces.poll()
    assert said(settings().bounce_problem) == "The mailbox does not accept this user and password."
    set_mailbox(alice, inbox, bounce_folder="Rückläufer & mehr")
    bounces.poll()
    assert said(settings().bounce_problem) == "There is no folder “Rückläufer & mehr” in the mailbox."
    inbox.folder = '"R&APw-ckl&AOQ-ufer &- mehr"'
    bounces.poll()
    assert settings().bounce_problem is None
    set_mailbox(alice, inbox, bounce_port="9")
    bounces.poll()
    assert "cannot be reached" in said(settings().bounce_problem)
    set_mailbox(alice, inbox)
    monkeypatch.delenv("SSL_CERT_FILE")
    bounces.poll()
    assert "encryption" in said(settings().bounce_problem)  # nobody vouches for this certificate
    assert "office@" not in caplog.text and "wrong" not in caplog.text


def test_nothing_personal_is_logged(
    sent: Callable[..., Message], inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    message = sent()
    inbox.put(returned_mails.gmail(message.message_id, ADA))
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    bounces.poll()
    assert "returned mails: 1 of 1" in caplog.text
    assert "ada" not in caplog.text and message.message_id not in caplog.text


def test_without_a_mailbox_nobody_looks(db: Any, alice: Actor) -> None:
    assert bounces.poll() == bounces.Look()
    with pytest.raises(Conflict):
        bounces.look_now(alice)


def test_only_who_may_change_settings_sets_it_and_looks(inbox: Inbox, bob: Actor) -> None:
    with pytest.raises(NotPermitted):
        set_mailbox(bob, inbox)
    with pytest.raises(NotPermitted):
        bounces.look_now(bob)


def test_its_password_is_sealed_and_kept_until_the_mailbox_is_another(inbox: Inbox, alice: Actor) -> None:
    sealed = settings().bounce_password
    assert sealed and inbox.password not in sealed
    set_mailbox(alice, inbox, password="", bounce_folder="INBOX")
    assert settings().bounce_password == sealed
    set_mailbox(alice, inbox, password="", bounce_host="imap.example.com")
    assert settings().bounce_password == "" and settings().bounce_uid == 0
    set_mailbox(alice, inbox)
    set_mailbox(alice, inbox, password="", bounce_host="", bounce_username="")
    assert settings().bounce_password == "" and not bounce_mailbox.is_set(settings())
    with database.reading() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "mail_server.changed")).all()
    assert inbox.password not in str([entry.data for entry in entries])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bounce_host", "imap://mail.example.org/"),
        ("bounce_port", "0"),
        ("bounce_username", ""),
        ("bounce_username", "a\r\nb LOGOUT"),
        ("bounce_folder", "INBOX\r\nb DELETE INBOX"),
    ],
)
def test_what_cannot_be_is_refused(field: str, value: str, inbox: Inbox, alice: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        set_mailbox(alice, inbox, **{field: value})
    assert refused.value.field == field


def test_a_password_on_two_lines_is_refused(inbox: Inbox, alice: Actor) -> None:
    with pytest.raises(Invalid):
        set_mailbox(alice, inbox, password="x\r\na DELETE INBOX")
