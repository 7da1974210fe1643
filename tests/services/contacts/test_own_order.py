"""Own fields that are fast are keys of the list's order, walked along their index."""

import pytest
from sqlalchemy import event
from sqlmodel import select

from crm_app.models import Contact, CustomField, FieldType
from crm_app.services import custom_fields, database, schema
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, columns, listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.order import OWN, Sort

VALUES = {
    "level": ("A2", None, "B1", "A1", "A2", None, "C1", "A1"),
    "fee": ("12.5", "3", None, "100", "3", "-7", None, "12.5"),
    "since": ("2024-02-01", None, "2023-12-31", "2024-02-01", None, "1999-01-01", "2024-03-01", "2023-12-31"),
}


@pytest.fixture
def people(alice: Actor) -> Actor:
    """Eight people; names run against the values."""
    with database.transaction() as session:
        custom_fields.create(session, alice, "Level", FieldType.CHOICE, ("A1", "A2", "B1", "C1"))
        custom_fields.create(session, alice, "Fee", FieldType.MONEY)
        custom_fields.create(session, alice, "Since", FieldType.DATE)
        for n in range(8):
            own = {key: values[n] or "" for key, values in VALUES.items()}
            cards.create(session, alice, {"first_name": f"P{9 - n}", **own})
        for field in session.exec(select(CustomField)):
            field.is_fast = True
            session.add(field)
    schema.ensure_fast_fields(database.engine())
    return alice


def walked(actor: Actor, key: str, falling: bool) -> list[int]:
    with database.reading() as session:
        wanted = ContactFilter(order=(Sort(OWN + key, falling),))
        page = listing.page(session, actor, wanted, limit=3)
        found = [one.number for one in page.contacts]
        while page.after is not None:
            page = listing.page(session, actor, wanted, after=page.after, limit=3)
            found += [one.number for one in page.contacts]
        return found


@pytest.mark.parametrize("falling", [False, True])
@pytest.mark.parametrize("key", list(VALUES))
def test_the_list_is_walked_as_python_sorts_it(key: str, falling: bool, people: Actor) -> None:
    with database.reading() as session:
        contacts = list(session.exec(select(Contact)))
    contacts.sort(key=lambda one: one.sort_name, reverse=falling)
    filled = [one for one in contacts if key in one.custom]
    filled.sort(key=lambda one: one.custom[key], reverse=falling)
    assert walked(people, key, falling) == [one.number for one in [*filled, *(set_aside(contacts, key))]]


def set_aside(contacts: list[Contact], key: str) -> list[Contact]:
    """Those without a value come last, whichever way."""
    return [one for one in contacts if key not in one.custom]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("key", list(VALUES))
def test_its_index_serves_the_order(key: str, people: Actor) -> None:
    said: list[tuple[str, tuple[object, ...]]] = []
    engine = database.engine()
    listener = lambda _c, _k, statement, values, *_: said.append((statement, values))  # noqa: E731
    event.listen(engine, "before_cursor_execute", listener)
    walked(people, key, False)
    event.remove(engine, "before_cursor_execute", listener)
    sorted_by = next(each for each in said if f'"{key}"' in each[0] and "ORDER BY" in each[0])
    with engine.connect() as connection:
        plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + sorted_by[0], sorted_by[1]).all()
    text = " ".join(row[3] for row in plan)
    assert f"ix_contact_custom_{key}" in text and "TEMP B-TREE" not in text, text


def test_only_fast_ones_that_lists_show_are_offered(people: Actor) -> None:
    with database.transaction() as session:
        for field in session.exec(select(CustomField)):
            field.is_fast = field.key != "fee"
            field.show_in_list = field.key != "since"
            session.add(field)
    with database.reading() as session:
        known = columns.known(session, people)
    assert {name: known[OWN + name].sort for name in ("level", "fee")} == {"level": OWN + "level", "fee": ""}
    assert OWN + "since" not in known
