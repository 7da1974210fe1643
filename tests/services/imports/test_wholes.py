"""Columns that hold several fields in one cell."""

from datetime import date

import pytest

from crm_app.models import Contact
from crm_app.services import database
from crm_app.services.errors import Invalid
from crm_app.services.imports import steps
from crm_app.services.imports.columns import NAME_AND_BIRTH, WriteRule
from tests.services.imports.conftest import Flow, add_contact

HEAD = "Mail,Name,Adresse\n"
TARGETS = {"Mail": "email", "Name": "full_name", "Adresse": "full_address"}


def stored(id_: int) -> list[str | None]:
    with database.reading() as session:
        found = session.get_one(Contact, id_)
        return [found.first_name, found.last_name, found.street, found.postal_code, found.city]


def test_names_and_addresses_are_taken_apart(flow: Flow) -> None:
    id_ = add_contact(email="ada@example.org", first_name="Ada", last_name="Byron", city="London")
    rows = 'ada@example.org,Ada Lovelace,"Weg 1, 12345 Bonn"\nnew@example.org,"Berg, Jan",\n'
    checked = flow.checked(HEAD + rows, TARGETS)
    assert flow.rows(checked)[0].changes == {
        "last_name": ("Byron", "Lovelace"),
        "street": ("", "Weg 1"),
        "postal_code": ("", "12345"),
        "city": ("London", "Bonn"),
    }
    assert flow.commit(checked) == {"update": 1, "create": 1}
    assert stored(id_) == ["Ada", "Lovelace", "Weg 1", "12345", "Bonn"]
    assert stored(id_ + 1) == ["Jan", "Berg", None, None, None]
    flow.work(steps.undo, checked)
    assert stored(id_) == ["Ada", "Byron", None, None, "London"]


def test_rules_and_clearing_hold_for_all_parts(flow: Flow) -> None:
    id_ = add_contact(email="ada@example.org", first_name="Ada", city="London", street="Old 1")
    rows = 'ada@example.org,Eva Lovelace,"Weg 1, 12345 Bonn"\n'
    assert flow.done(HEAD + rows, TARGETS, rules={"Name": WriteRule.FILL, "Adresse": WriteRule.NEVER}) == {"update": 1}
    assert stored(id_) == ["Ada", "Lovelace", "Old 1", None, "London"]
    assert flow.done(HEAD + "ada@example.org,,[clear]\n", TARGETS) == {"update": 1}
    assert stored(id_) == ["Ada", "Lovelace", None, None, None]


def test_a_part_cannot_come_from_two_columns(flow: Flow) -> None:
    id_ = flow.bring("Name,Nachname\nAda Lovelace,Byron\n")
    with pytest.raises(Invalid, match="same field"):
        flow.map(id_, {"Name": "full_name", "Nachname": "last_name"})


def test_a_full_name_is_part_of_the_key_of_name_and_birthday(flow: Flow) -> None:
    id_ = add_contact(first_name="Ada", last_name="Lovelace", birth_date=date(1815, 12, 10).replace(year=1915))
    rows = 'Name,birth_date,city\nLovelace; Ada,1915-12-10,Rome\n"Lovelace, Ada",1915-12-10,Rome\n'
    targets = {"Name": "full_name", "birth_date": "birth_date", "city": "city"}
    checked = flow.checked(rows, targets, match_key=NAME_AND_BIRTH)
    assert [(row.outcome, row.contact_id) for row in flow.rows(checked)] == [("create", None), ("update", id_)]
