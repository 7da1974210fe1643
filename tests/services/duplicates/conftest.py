"""Invented contacts and a finished search over them."""

from collections.abc import Callable

import pytest

from crm_app.services import database
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.contacts import cards
from crm_app.services.duplicates import groups, running
from crm_app.services.duplicates.groups import Group

Make = Callable[..., int]


@pytest.fixture
def make(alice: Actor) -> Make:
    """Makes a contact and returns its number; `actor` says for which branch."""

    def made(actor: Actor = alice, **texts: str) -> int:
        with database.transaction() as session:
            return cards.create(session, actor, texts).number

    return made


def searched(actor: Actor = SYSTEM, **how: bool) -> list[Group]:
    """The groups the actor sees after a search."""
    running.run(database.engine(), SYSTEM, **how)
    return shown(actor)


def shown(actor: Actor = SYSTEM) -> list[Group]:
    with database.reading() as session:
        return groups.page(session, actor, limit=1_000).groups


def numbers(found: list[Group]) -> list[list[int]]:
    return sorted([contact.number for contact in group.contacts] for group in found)
