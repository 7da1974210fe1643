import pytest

from crm_app import locales
from crm_app.models import FieldType
from crm_app.services import choosable, custom_fields, database
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.contacts import cards, lanes
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.errors import Invalid, NotPermitted
from crm_app.services.settings import statuses


def ask(actor: Actor, *required: str) -> int:
    """The status “Interested” asks for these fields."""
    with database.transaction() as session:
        found = next(one for one in choosable.statuses(session) if one.name == "Interested")
        statuses.change(
            session,
            actor,
            found.id or 0,
            name=found.name,
            colour=found.colour,
            meaning=statuses.meaning_of(found),
            is_default=False,
            required=required,
        )
        return found.id or 0


@pytest.fixture
def number(bob: Actor) -> int:
    with database.transaction() as session:
        return cards.create(session, bob, {"first_name": "Ada", "lifecycle": "lead"}).number


def test_who_gives_the_status_is_told_what_is_missing(number: int, alice: Actor, bob: Actor) -> None:
    with database.transaction() as session:
        key = custom_fields.create(session, SYSTEM, "Instrument", FieldType.TEXT).key
    id_ = ask(alice, "phone", "owner", key)
    for give in (
        lambda session: cards.change(session, bob, cards.get(session, bob, number), {"status": "Interested"}),
        lambda session: lanes.move(session, bob, number, id_),
        lambda session: cards.create(session, bob, {"first_name": "Eve", "status": "Interested"}),
    ):
        with pytest.raises(InvalidFields) as caught, database.transaction() as session:
            give(session)
        said = locales.render(caught.value.fields["status"], "en")
        assert said.startswith("“Interested” asks for what is missing here: Phone, Responsible, Instrument.")
    texts = {"status": "Interested", "phone": "030 901820", "owner": "bob@example.org", key: "Piano"}
    with database.transaction() as session:
        contact = cards.get(session, bob, number)
        assert "status_id" in cards.change(session, bob, contact, texts)
        cards.change(session, bob, contact, {"phone": ""})  # it keeps what it has: only giving it asks
        cards.change(session, bob, contact, {"status": "Interested"})


def test_a_status_asks_for_nothing_until_it_is_told_and_for_known_fields_alone(
    number: int, alice: Actor, bob: Actor
) -> None:
    for names in (("status",), ("nothing",), ("tags",)):
        with pytest.raises(Invalid):
            ask(alice, *names)
    with pytest.raises(NotPermitted):
        ask(bob, "phone")
    ask(alice)
    with database.transaction() as session:
        assert cards.change(session, bob, cards.get(session, bob, number), {"status": "Interested"})
