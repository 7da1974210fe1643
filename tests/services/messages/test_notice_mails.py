from collections.abc import Callable

from sqlmodel import select

from crm_app.models import Message, NoticeKind, User
from crm_app.services import database, notices
from crm_app.services.actor import Actor
from crm_app.services.messages import sending
from tests.services.messages.mailbox import Mailbox

TASK = {"who": "Alice", "title": "Call *Ada* <back>", "day": "2026-11-30", "time": "10:00"}


def tell(actor: Actor, kind: NoticeKind = NoticeKind.TASK_ASSIGNED, **values: object) -> None:
    with database.transaction() as session:
        notices.add(session, user_id=actor.user_id or 0, kind=kind, link="/tasks?task=7", **{**TASK, **values})


def test_what_the_bell_tells_comes_by_mail_in_the_users_language(bob: Actor, box: Mailbox) -> None:
    with database.transaction() as session:
        session.get_one(User, bob.user_id).language = "de"
    tell(bob)
    assert sending.send_due().sent == 1
    ((to, mail),) = box.mails
    assert to == "bob@example.org" and "Call *Ada* <back>" in str(mail["Subject"])
    assert "Montag, 30. November 2026, 10:00" in str(mail["Subject"])
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and "/tasks?task=7" in plain.get_content() and "Call *Ada* <back>" in plain.get_content()
    assert html is not None and "&lt;back&gt;" in html.get_content() and "<em>" not in html.get_content()
    assert mail["Auto-Submitted"] == "auto-generated" and mail["List-Unsubscribe"] is None


def test_who_switched_it_off_or_left_gets_none(bob: Actor, alice: Actor, box: Mailbox) -> None:
    with database.transaction() as session:
        session.get_one(User, bob.user_id).mail_notices = False
        session.get_one(User, alice.user_id).active = False
    tell(bob)
    tell(alice, NoticeKind.MENTIONED, contact="Ada")
    assert sending.send_due().sent == 0


def test_without_a_mail_server_nothing_is_written(bob: Actor) -> None:
    tell(bob)
    with database.reading() as session:
        assert session.exec(select(Message)).all() == []


def test_a_reminder_is_one_mail(bob: Actor, box: Mailbox, add: Callable[..., int]) -> None:
    tell(bob, NoticeKind.TASK_REMINDER)
    assert sending.send_due().sent == 1 and "Reminder: Call" in str(box.mails[0][1]["Subject"])
