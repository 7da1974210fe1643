"""Finding contacts by tax number, and by name and date of birth."""

from datetime import date

import pytest

from crm_app.services.errors import Invalid
from crm_app.services.imports.columns import NAME_AND_BIRTH
from tests.services.imports.conftest import Flow, add_contact

PEOPLE = "first_name,last_name,birth_date,city\n"


def test_a_tax_number_is_compared_without_its_punctuation(flow: Flow) -> None:
    id_ = add_contact(first_name="Ada", tax_number="12/345/67890")
    text = "first_name,tax_number,city\nAda,12 345 67890,Rome\nBea,98/765/43210,Pisa\n"
    checked = flow.checked(text, match_key="tax_number")
    assert [(row.outcome, row.contact_id) for row in flow.rows(checked)] == [("update", id_), ("create", None)]
    assert flow.commit(checked) == {"update": 1, "create": 1}


def test_name_and_birthday_together_are_a_key(flow: Flow) -> None:
    twin = add_contact(first_name="Zoë", last_name="Müller", birth_date=date(2010, 5, 1))
    add_contact(first_name="Ole", last_name="Müller", birth_date=date(2010, 5, 1))
    add_contact(first_name="Zoë", last_name="Müller", birth_date=date(2011, 5, 1))
    add_contact(first_name="Zoë", last_name="Müller")
    rows = "ZOE,müller,01.05.2010,Bonn\nZoë,Müller,,Köln\nZoë,Müller,01.05.2010,Ulm\n"
    checked = flow.checked(PEOPLE + rows, match_key=NAME_AND_BIRTH)
    found = flow.rows(checked)
    assert [(row.outcome, row.contact_id) for row in found] == [("update", twin), ("create", None), ("skip", None)]
    assert "empty here" in str(found[1].reason)
    assert flow.commit(checked) == {"update": 1, "create": 1, "skip": 1}


def test_an_impossible_birthday_is_no_key(flow: Flow) -> None:
    checked = flow.checked(
        PEOPLE + "Zoë,Müller,31.02.2010,Bonn\n", match_key=NAME_AND_BIRTH, take_rows_without_bad_cells=True
    )
    assert flow.outcomes(checked) == ["invalid"]


def test_all_its_parts_must_be_in_the_file(flow: Flow) -> None:
    id_ = flow.bring("first_name,last_name\nZoë,Müller\n")
    with pytest.raises(Invalid, match="matched by"):
        flow.map(id_, match_key=NAME_AND_BIRTH)
