from datetime import timedelta

import pytest
from sqlmodel import select

from crm_app.models import AuditEntry, LinkPurpose, LoginOutcome, MailServer, Message, MessageKind, MessageState, User
from crm_app.models.base import now
from crm_app.services import account_links, database, links, passwords, sessions, users
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.messages import account_mails, outbox

PASSWORD = "four words in a row"


def invited(alice: Actor) -> account_links.Made:
    with database.transaction() as session:
        return account_links.invite(session, alice, email="dora@example.org", name="Dora", role="staff")


def test_who_is_invited_chooses_a_password_and_is_signed_in(alice: Actor) -> None:
    made = invited(alice)
    assert made.url.endswith(f"/link/{made.token}") and not made.is_mailed
    with database.reading() as session:
        behind = account_links.behind(session, made.token)
        assert behind is not None
        assert (behind.purpose, behind.has_password, behind.asks_code) == (LinkPurpose.INVITE, False, False)
    with pytest.raises(Invalid):
        account_links.sign_in(made.token, "", ip="192.0.2.1")
    done = account_links.sign_in(made.token, PASSWORD, ip="192.0.2.1")
    assert done.outcome is LoginOutcome.LINK and sessions.look_up(done.token) is not None
    with pytest.raises(NotFound):
        account_links.sign_in(made.token, PASSWORD, ip="192.0.2.1")


@pytest.mark.parametrize(("purpose", "days"), [(LinkPurpose.INVITE, 7), (LinkPurpose.RESET, 1)])
def test_links_end_by_themselves(purpose: LinkPurpose, days: int, bob: Actor) -> None:
    at = now()
    with database.transaction() as session:
        token = links.of_account(session, bob.user_id or 0, purpose, at=at)
        assert links.peek(session, token, purpose, at=at + timedelta(days=days, seconds=-1)) is not None
        assert links.peek(session, token, purpose, at=at + timedelta(days=days)) is None


def test_a_forgotten_password_must_be_replaced(alice: Actor, bob: Actor) -> None:
    with database.transaction() as session:
        session.get_one(User, bob.user_id).password_hash = passwords.hash_of("an old good one")
        elsewhere = sessions.start(session, session.get_one(User, bob.user_id))
        first = account_links.make(session, alice, bob.user_id or 0)
        second = account_links.make(session, alice, bob.user_id or 0)
    with pytest.raises(NotFound):
        account_links.sign_in(first.token, PASSWORD, ip="192.0.2.1")
    with pytest.raises(Invalid):
        account_links.sign_in(second.token, "", ip="192.0.2.1")
    account_links.sign_in(second.token, PASSWORD, ip="192.0.2.1")
    assert sessions.look_up(elsewhere) is None
    with database.reading() as session:
        assert passwords.verify(session.get_one(User, bob.user_id).password_hash, PASSWORD)
        assert session.exec(select(AuditEntry.action)).all() == ["user.link", "user.link", "user.password"]


def test_disabling_and_a_new_password_end_the_links(alice: Actor) -> None:
    made = invited(alice)
    with database.transaction() as session:
        users.disable(session, alice, made.user.id or 0)
        users.enable(session, alice, made.user.id or 0)
        assert account_links.behind(session, made.token) is None
        with_password = account_links.make(session, alice, made.user.id or 0)
        users.set_password(session, alice, made.user.id or 0, PASSWORD)
        assert account_links.behind(session, with_password.token) is None


def test_links_are_made_for_accounts_below_only(alice: Actor, bob: Actor, charlie: Actor) -> None:
    for actor, target, error in ((bob, alice, NotPermitted), (alice, charlie, NotFound)):
        with pytest.raises(error), database.transaction() as session:
            account_links.make(session, actor, target.user_id or 0)
    with pytest.raises(Conflict), database.transaction() as session:
        users.disable(session, alice, bob.user_id or 0)
        account_links.make(session, alice, bob.user_id or 0)


@pytest.fixture
def mail_server(db) -> None:
    with database.transaction() as session:
        found = session.get(MailServer, 1) or MailServer(id=1)
        found.host, found.from_address = "mail.example.org", "crm@example.org"
        session.add(found)


def test_with_a_mail_server_the_link_goes_by_mail_and_the_outbox_holds_none(alice: Actor, mail_server: None) -> None:
    made = invited(alice)
    assert made.is_mailed
    with database.transaction() as session:
        message = session.exec(select(Message)).one()
        assert (message.kind, message.address, message.body) == (MessageKind.USER_INVITE, "dora@example.org", "")
        assert message.state == MessageState.QUEUED and outbox.listing(session, alice, [MessageState.QUEUED]) == []
        subject, body = account_mails.words(session, message)
        token = body.partition("/link/")[2].partition(")")[0]
        behind = account_links.behind(session, token)
        assert behind is not None and behind.email == "dora@example.org" and "Dora" in body and subject
    account_links.sign_in(made.token, PASSWORD, ip="192.0.2.1")
    with database.transaction() as session:
        assert account_links.behind(session, token) is None
        with pytest.raises(Conflict):
            account_mails.words(session, session.exec(select(Message)).one())
