from collections.abc import Callable, Iterator
from typing import Any

import pytest

from crm_app.models import Channel, ConsentSource, ConsentState, MessageTemplate
from crm_app.services import database
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.consent import ledger
from crm_app.services.contacts import cards
from crm_app.services.messages import templates
from tests.services.messages import mailbox
from tests.services.messages.mailbox import Mailbox

MAIL = Channel.EMAIL


@pytest.fixture
def box(db: Any) -> Iterator[Mailbox]:
    with mailbox.running() as box:
        yield box


@pytest.fixture
def newsletter(alice: Actor) -> MessageTemplate:
    """With words in English and German."""
    with database.transaction() as session:
        made = templates.add(session, alice, "Summer", Channel.EMAIL, is_newsletter=True)
        for language, subject, body in (
            ("en", "Summer, {{ first_name }}", "Hello {{ first_name or 'you' }},\n\ncome to **our** concert."),
            ("de", "Sommer, {{ first_name }}", "Guten Tag {{ first_name }},\n\nkommen Sie zu *unserem* Konzert."),
        ):
            templates.write(session, alice, made.id or 0, language, subject=subject, body=body)
        return made


@pytest.fixture
def add(bob: Actor) -> Callable[..., int]:
    """Makes a contact and returns its number."""

    def made(**texts: str) -> int:
        with database.transaction() as session:
            return cards.create(session, bob, texts).number

    return made


def agree(address: str, group_id: int | None = None) -> None:
    with database.transaction() as session:
        ledger.record(
            session, SYSTEM, MAIL, address, ConsentState.CONFIRMED, source=ConsentSource.FORM, group_id=group_id
        )


def leave(address: str, group_id: int | None = None) -> None:
    with database.transaction() as session:
        ledger.record(
            session, SYSTEM, MAIL, address, ConsentState.REVOKED, source=ConsentSource.FORM, group_id=group_id
        )
