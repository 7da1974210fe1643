import re
from collections.abc import Callable

import pytest
from sqlmodel import select

from crm_app.models import Consent, ConsentState, Installation, Message
from crm_app.services import database
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.consent import ledger, links
from crm_app.services.contacts import cards
from crm_app.services.errors import Conflict, Invalid, NotPermitted
from crm_app.services.messages import invitations, sending
from tests.services.messages.conftest import MAIL, agree, leave
from tests.services.messages.mailbox import Mailbox

Add = Callable[..., int]


def invite(actor: Actor, number: int, *, is_asked_for: bool = False) -> None:
    with database.transaction() as session:
        found = cards.get(session, SYSTEM if is_asked_for else actor, number)
        invitations.invite(session, actor, found, is_asked_for=is_asked_for)


def state(address: str = "ada@example.org") -> ConsentState:
    with database.reading() as session:
        return ledger.state_of(session, MAIL, address)


def test_the_invitation_says_yes_by_one_link_and_the_ledger_knows_both(add: Add, bob: Actor, box: Mailbox) -> None:
    with database.transaction() as session:
        here = session.get_one(Installation, 1)
        here.name = "Music & More"
        session.add(here)
    number = add(first_name="Ada", email="ada@example.org", language="de")
    invite(bob, number)
    assert state() is ConsentState.NONE
    assert sending.send_due().sent == 1 and state() is ConsentState.SENT
    ((_, mail),) = box.mails
    assert mail["List-Unsubscribe"] is None
    plain = str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    found = re.search(r"/consent/([0-9a-f]+)", plain)
    assert found is not None and "Music & More" in plain
    with database.transaction() as session:
        links.confirm(session, found[1], ip="")
    assert state() is ConsentState.CONFIRMED
    with database.reading() as session:
        sent, confirmed = session.exec(select(Consent)).all()
    assert sent.text == confirmed.text and "Music & More" in sent.text
    assert sent.contact_number == confirmed.contact_number == number
    assert confirmed.text in plain.replace("\r\n", "\n")
    with database.reading() as session:
        kept = session.exec(select(Message)).one().body
    assert found[1] not in kept and "/consent/…" in kept  # a link is a key


def test_in_the_folder_nothing_was_sent(add: Add, bob: Actor) -> None:
    invite(bob, add(first_name="Ada", email="ada@example.org"))
    assert sending.send_due().sent == 1 and state() is ConsentState.NONE


def test_nobody_is_invited_twice_a_day_or_who_agreed_already(add: Add, bob: Actor) -> None:
    number = add(first_name="Ada", email="ada@example.org")
    invite(bob, number)
    with pytest.raises(Conflict, match="within the last day"):
        invite(bob, number)
    agree("ada@example.org")
    with pytest.raises(Conflict, match="agreed already"):
        invite(bob, number)


def test_who_said_no_is_invited_only_when_they_ask(add: Add, bob: Actor, box: Mailbox) -> None:
    number = add(first_name="Ada", email="ada@example.org")
    leave("ada@example.org")
    with pytest.raises(Conflict, match="does not want"):
        invite(bob, number)
    invite(SYSTEM, number, is_asked_for=True)
    assert sending.send_due().sent == 1 and box.addresses == ["ada@example.org"]


def test_who_bounced_is_not_invited_at_all(add: Add, bob: Actor, box: Mailbox) -> None:
    from crm_app.models import SuppressionReason
    from crm_app.services.consent import suppression

    number = add(first_name="Ada", email="ada@example.org")
    with database.transaction() as session:
        suppression.add(session, [(MAIL, "ada@example.org")], SuppressionReason.BOUNCED)
    invite(SYSTEM, number, is_asked_for=True)
    assert sending.send_due().sent == 0 and box.mails == []


def test_it_takes_the_right_and_an_address(add: Add, bob: Actor, victor: Actor) -> None:
    with pytest.raises(NotPermitted):
        invite(victor, add(first_name="Ada", email="ada@example.org"))
    with pytest.raises(Invalid):
        invite(bob, add(first_name="Eve", phone="030 123456"))


@pytest.mark.parametrize(("spoken", "written"), [("de", "de"), ("it-CH", "it"), ("pl", "pl"), ("fr", "en"), ("", "en")])
def test_it_is_written_in_the_contacts_language(spoken: str, written: str, add: Add, bob: Actor) -> None:
    number = add(first_name="Ada", email="ada@example.org", language=spoken)
    with database.transaction() as session:
        made = invitations.invite(session, bob, cards.get(session, bob, number))
        assert made.language == written
