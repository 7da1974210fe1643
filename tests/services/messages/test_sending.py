"""Against a real mail server on loopback."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlmodel import select

from crm_app import settings
from crm_app.models import (
    Channel,
    LeftOut,
    MailServer,
    Message,
    MessageKind,
    MessageState,
    MessageTemplate,
    SuppressionReason,
    Via,
)
from crm_app.models.base import now
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.consent import suppression
from crm_app.services.contacts import cards
from crm_app.services.errors import Conflict, NotFound
from crm_app.services.messages import outbox, sending, singles, transport
from tests.services.messages.conftest import MAIL
from tests.services.messages.mailbox import Mailbox

Add = Callable[..., int]


def write(actor: Actor, number: int, subject: str = "Lesson", body: str = "See you *soon*.") -> int:
    with database.transaction() as session:
        return singles.write(session, actor, cards.get(session, actor, number), subject=subject, body=body).id or 0


def _lines(part: EmailMessage) -> str:
    return str(part.get_content()).replace("\r\n", "\n")


def stands(message_id: int) -> Message:
    with database.reading() as session:
        return session.get_one(Message, message_id)


def test_a_message_goes_out_in_both_forms_with_the_headers_mails_have(add: Add, bob: Actor, box: Mailbox) -> None:
    id_ = write(bob, add(first_name="Ünal", email="unal@example.org"), "Grüße ☂")
    assert sending.send_due().sent == 1
    ((to, mail),) = box.mails
    assert to == "unal@example.org" == mail["To"]
    assert mail["From"] == "Music school <office@example.org>" and mail["Subject"] == "Grüße ☂"
    assert mail["Date"].datetime is not None and mail["Message-ID"] == stands(id_).message_id
    assert mail["List-Unsubscribe"] is None
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert b"=0D=0A" not in mail.as_bytes()
    assert isinstance(plain, EmailMessage) and _lines(plain) == "See you soon.\n\n-- \nMusic school, 1 High Street\n"
    assert html is not None and "<em>soon</em>" in html.get_content()
    assert {part.get_content_charset() for part in (plain, html)} == {"utf-8"}
    found = stands(id_)
    assert (found.state, found.via, found.body) == (MessageState.SENT, Via.SMTP, _lines(plain))
    assert sending.send_due().sent == 0 and len(box.mails) == 1


def test_without_a_mail_server_messages_land_in_a_folder(add: Add, bob: Actor) -> None:
    id_ = write(bob, add(first_name="Ada", email="ada@example.org"))
    assert sending.send_due().sent == 1
    (file,) = settings.get().mails_dir.iterdir()
    assert b"ada@example.org" in file.read_bytes() and file.stat().st_mode & 0o777 == 0o600
    assert stands(id_).via == Via.FOLDER


def test_an_address_that_does_not_exist_is_never_written_to_again(add: Add, bob: Actor, box: Mailbox) -> None:
    box.answers = {
        "gone@example.org": "550 5.1.1 no such user",
        "policy@example.org": "550 5.7.1 not here",
        "relay@example.org": "550 relay not permitted",  # says nothing of the address, but much of us
    }
    names = ("gone", "policy", "relay", "well")
    gone, *others = (write(bob, add(first_name=name, email=f"{name}@example.org")) for name in names)
    assert sending.send_due().sent == 1 and box.addresses == ["well@example.org"]
    assert [stands(id_).state for id_ in (gone, *others)] == ["failed", "failed", "failed", "sent"]
    assert "550" in str(stands(gone).error) and "no such user" not in str(stands(gone).error)
    with database.reading() as session:
        bounced = suppression.reasons(session, [(MAIL, f"{name}@example.org") for name in names])
    assert bounced == {(MAIL, "gone@example.org"): {SuppressionReason.BOUNCED}}


@pytest.mark.parametrize("where", ["answers", "at_data"])
def test_what_the_server_puts_off_is_tried_again_and_fails_in_the_end(
    where: str, add: Add, bob: Actor, box: Mailbox
) -> None:
    setattr(box, where, {"busy@example.org": "451 try again"})
    id_ = write(bob, add(first_name="Busy", email="busy@example.org"))
    at = now()
    for pause in outbox.AGAIN:
        assert sending.send_due(at=lambda at=at: at).sent == 0
        assert (stands(id_).state, stands(id_).next_at) == (MessageState.QUEUED, at + pause)
        sending.send_due(at=lambda at=at, pause=pause: at + pause - timedelta(seconds=1))
        at += pause
    sending.send_due(at=lambda: at)
    assert stands(id_).state == MessageState.FAILED and stands(id_).attempts == len(outbox.AGAIN) + 1
    setattr(box, where, {})
    with database.transaction() as session:
        outbox.send_again(session, bob, id_)
    assert sending.send_due().sent == 1
    with database.transaction() as session, pytest.raises(Conflict):
        outbox.send_again(session, bob, id_)


def test_while_nothing_can_go_out_messages_wait_and_the_settings_say_why(add: Add, bob: Actor, box: Mailbox) -> None:
    id_ = write(bob, add(first_name="Ada", email="ada@example.org"))
    with database.transaction() as session:
        server = session.get_one(MailServer, 1)
        server.port = 9
        session.add(server)
    report = sending.send_due()
    assert report.is_down and stands(id_).attempts == 0 and stands(id_).state == MessageState.QUEUED
    with database.transaction() as session:
        server = session.get_one(MailServer, 1)
        assert "cannot be reached" in str(server.problem)
        server.port = box.port
        session.add(server)
    assert sending.send_due().sent == 1
    with database.reading() as session:
        assert session.get_one(MailServer, 1).problem is None


def test_text_messages_do_not_wait_for_a_mail_server_that_is_away(
    add: Add, bob: Actor, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(transport, "text_message", lambda url, to, words: told.append(to))
    mail = write(bob, add(first_name="Ada", email="ada@example.org"))
    with database.transaction() as session:
        session.get_one(MailServer, 1).port = 9
        message = Message(kind=MessageKind.TEST, channel=Channel.SMS, address="+4915112345678", body="Hello")
        sms = outbox.put(session, message).id or 0
    report = sending.send_due()
    assert report.is_down and report.sent == 1 and told == ["+4915112345678"]
    assert [stands(id_).state for id_ in (mail, sms)] == ["queued", "sent"]
    with database.reading() as session:
        assert "cannot be reached" in str(session.get_one(MailServer, 1).problem)


def test_what_a_dead_process_was_sending_is_uncertain_and_never_sent_again_unasked(
    add: Add, bob: Actor, box: Mailbox
) -> None:
    id_ = write(bob, add(first_name="Ada", email="ada@example.org"))
    with database.transaction() as session:
        claimed = outbox.claim(session, now())
        assert claimed is not None and claimed.id == id_
    assert outbox.take_up(is_first_start=False) == 0  # another process may be at it
    assert outbox.take_up(is_first_start=False, at=now() + outbox.STUCK * 2) == 1
    assert stands(id_).state == MessageState.UNCERTAIN and stands(id_).error is not None
    assert sending.send_due().sent == 0 and box.mails == []
    with database.transaction() as session:
        outbox.send_again(session, bob, id_)
    assert sending.send_due().sent == 1


def test_no_more_go_out_in_a_minute_than_are_wanted(add: Add, bob: Actor, box: Mailbox) -> None:
    with database.transaction() as session:
        server = session.get_one(MailServer, 1)
        server.per_minute = 2
        session.add(server)
    for n in range(5):
        write(bob, add(first_name="Ada", email=f"ada{n}@example.org"))
    start = now()
    assert [sending.send_due(at=lambda m=m: start + timedelta(seconds=m)).sent for m in (0, 30, 61, 122, 183)] == [
        2,
        0,
        2,
        1,
        0,
    ]


def test_a_message_can_be_taken_back_until_it_leaves(add: Add, bob: Actor, box: Mailbox) -> None:
    id_ = write(bob, add(first_name="Ada", email="ada@example.org"))
    with database.transaction() as session:
        outbox.cancel(session, bob, id_)
    assert sending.send_due().sent == 0 and stands(id_).state == MessageState.CANCELLED
    with database.transaction() as session, pytest.raises(Conflict):
        outbox.cancel(session, bob, id_)


def test_a_contact_in_the_trash_gets_nothing(add: Add, bob: Actor, alice: Actor, box: Mailbox) -> None:
    from crm_app.services.contacts import trash

    number = add(first_name="Ada", email="ada@example.org")
    id_ = write(bob, number)
    with database.transaction() as session:
        trash.put(session, alice, cards.get(session, alice, number))
    assert sending.send_due().sent == 0
    assert (stands(id_).state, stands(id_).reason) == (MessageState.LEFT_OUT, LeftOut.GONE)


def test_a_message_of_another_branch_is_none(add: Add, bob: Actor, charlie: Actor) -> None:
    id_ = write(bob, add(first_name="Ada", email="ada@example.org"))
    with database.transaction() as session:
        for wanted in (id_, 999):
            for act in (outbox.cancel, outbox.send_again, outbox.get):
                with pytest.raises(NotFound):
                    act(session, charlie, wanted)


def test_a_newsletter_to_one_contact_asks_for_consent_like_any_other(
    add: Add, bob: Actor, box: Mailbox, newsletter: MessageTemplate
) -> None:
    number = add(first_name="Ada", email="ada@example.org")
    with database.transaction() as session:
        id_ = singles.from_template(session, bob, cards.get(session, bob, number), newsletter.id or 0).id or 0
    sending.send_due()
    assert (stands(id_).state, stands(id_).reason) == (MessageState.LEFT_OUT, LeftOut.NO_CONSENT)
    with database.reading() as session:
        kinds: Any = session.exec(select(Message.kind)).all()
    assert kinds == [MessageKind.SINGLE]


def test_a_domain_with_letters_of_its_own_is_written_as_servers_do(add: Add, bob: Actor, box: Mailbox) -> None:
    write(bob, add(first_name="Ada", email="ada@müller.example"))
    assert sending.send_due().sent == 1
    assert box.addresses == ["ada@xn--mller-kva.example"] and box.mails[0][1]["To"] == "ada@xn--mller-kva.example"


def test_one_message_that_cannot_be_made_stops_none_behind_it(
    add: Add, bob: Actor, alice: Actor, box: Mailbox, newsletter: MessageTemplate, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crm_app.services.messages import composing

    real = composing.finished

    def odd(subject: str, body: str, **more: Any) -> Any:
        if "odd" in body:
            raise RuntimeError
        return real(subject, body, **more)

    monkeypatch.setattr(composing, "finished", odd)
    first = write(bob, add(first_name="Ada", email="ada@example.org"), body="odd")
    second = write(bob, add(first_name="Ben", email="ben@example.org"))
    assert sending.send_due().sent == 1
    assert [stands(id_).state for id_ in (first, second)] == ["failed", "sent"]


def test_nothing_goes_to_an_address_the_contact_has_no_more(add: Add, bob: Actor, box: Mailbox) -> None:
    number = add(first_name="Ada", email="old@example.org")
    id_ = write(bob, number)
    with database.transaction() as session:
        cards.change(session, bob, cards.get(session, bob, number), {"email": "new@example.org"})
    assert sending.send_due().sent == 0
    assert (stands(id_).state, stands(id_).reason) == (MessageState.LEFT_OUT, LeftOut.OTHER_ADDRESS)
