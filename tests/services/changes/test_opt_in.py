"""Everybody without opt-in is made inactive: looked at by reason before, and undone as a whole."""

import pytest

from crm_app.models import Channel, ConsentSource, ConsentState
from crm_app.services import database, segments
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.changes import actions, opt_in
from crm_app.services.changes.start import preview
from crm_app.services.consent import ledger
from crm_app.services.contacts import cards
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import NotPermitted
from crm_app.services.filters.tree import Condition, Group
from tests.services.changes.test_changes import carried_out, undone

EVERYBODY = ContactFilter()
SENT, CONFIRMED, REVOKED = ConsentState.SENT, ConsentState.CONFIRMED, ConsentState.REVOKED


@pytest.fixture
def people(alice: Actor, charlie: Actor) -> dict[str, int]:
    """One contact for each way of having agreed or not, one who is inactive already, and one of another branch."""
    said = {"Ada": [SENT, CONFIRMED], "Bo": [SENT], "Cy": [CONFIRMED, REVOKED], "Di": [], "Ed": [], "No": None}
    numbers = {}
    with database.transaction() as session:
        for name, states in said.items():
            address = f"{name.lower()}@example.org"
            contact = cards.create(session, alice, {"first_name": name, "email": "" if states is None else address})
            numbers[name] = contact.number
            for state in states or []:
                ledger.record(session, SYSTEM, Channel.EMAIL, address, state, source=ConsentSource.FORM)
        cards.deactivate(session, alice, cards.get(session, alice, numbers["Ed"]))
        cards.create(session, charlie, {"first_name": "Foreign"})
    return numbers


def active(actor: Actor, people: dict[str, int]) -> set[str]:
    with database.reading() as session:
        return {name for name, number in people.items() if cards.get(session, actor, number).active}


def test_the_reasons_add_up_to_those_who_would_change(people: dict[str, int], alice: Actor) -> None:
    with database.reading() as session:
        found = opt_in.reasons(session, alice, EVERYBODY)
        looked = preview(session, alice, opt_in.narrowed(session, alice, EVERYBODY), actions.deactivate())
    assert [(one.why, one.count, one.names) for one in found] == [
        ("revoked", 1, ["Cy"]),
        ("sent", 1, ["Bo"]),
        ("none", 1, ["Di"]),
        ("no_address", 1, ["No"]),
    ]
    assert sum(one.count for one in found) == looked.changing == 4


def test_they_become_inactive_and_an_undo_brings_exactly_them_back(people: dict[str, int], alice: Actor) -> None:
    with database.reading() as session:
        unconfirmed = opt_in.narrowed(session, alice, EVERYBODY)
    import_id = carried_out(alice, unconfirmed, lambda _: actions.deactivate())
    assert active(alice, people) == {"Ada"}
    undone(alice, import_id)
    assert active(alice, people) == {"Ada", "Bo", "Cy", "Di", "No"}


def test_of_a_segment_its_contacts_alone_are_meant(people: dict[str, int], alice: Actor) -> None:
    bo = ContactFilter(where=Group(items=(Condition("first_name", "is", ("Bo",)),)))
    with database.transaction() as session:
        wanted = ContactFilter(segment_id=segments.save(session, alice, "Bo", bo).id)
        looked = preview(session, alice, opt_in.narrowed(session, alice, wanted), actions.deactivate())
        assert looked.changing == sum(one.count for one in opt_in.reasons(session, alice, wanted)) == 1


def test_staff_may_not(people: dict[str, int], bob: Actor) -> None:
    with database.reading() as session, pytest.raises(NotPermitted):
        opt_in.reasons(session, bob, EVERYBODY)
