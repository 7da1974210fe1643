import csv
from pathlib import Path

import openpyxl
import pytest

from crm_app.services import database, exports
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import Invalid, NotPermitted

HOSTILE = {
    "first_name": "=cmd()",
    "last_name": "O'Neil",
    "phone": "+49 30 901820",
    "notes": "a\nb",
    "postal_code": "01234",
}


@pytest.fixture
def contacts(alice: Actor) -> Actor:
    with database.transaction() as session:
        cards.create(session, alice, {**HOSTILE, "tags": "Fair, News", "status": "New", "birth_date": "2001-02-03"})
        cards.create(session, alice, {"company": "Lingua"})
    return alice


def test_csv_holds_every_contact_and_no_formula(contacts: Actor, tmp_path: Path) -> None:
    fields = ["number", "first_name", "phone", "postal_code", "tags", "status", "active", "birth_date"]
    with database.reading() as session:
        assert exports.write_csv(session, contacts, tmp_path / "a.csv", fields) == exports.Written(rows=2)
    rows = list(csv.reader((tmp_path / "a.csv").open(encoding="utf-8-sig", newline="")))
    assert rows[0] == fields
    assert rows[1] == ["1", "'=cmd()", "+49 30 901820", "01234", "Fair, News", "New", "1", "2001-02-03"]
    assert len(rows) == 3


def test_a_workbook_opens_with_texts_as_texts(contacts: Actor, tmp_path: Path) -> None:
    with database.reading() as session:
        exports.write_xlsx(
            session, contacts, tmp_path / "a.xlsx", ["number", "first_name", "postal_code", "birth_date"]
        )
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert [cell.data_type for cell in sheet[2]] == ["n", "s", "s", "d"]
    assert sheet["B2"].value == "=cmd()"
    assert sheet["C2"].value == "01234"


def test_exporting_needs_the_permission(contacts: Actor, bob: Actor, tmp_path: Path) -> None:
    with database.reading() as session, pytest.raises(NotPermitted):
        exports.write_csv(session, bob, tmp_path / "a.csv", ["number"])


def test_an_unknown_field_or_format_is_named(contacts: Actor) -> None:
    with database.reading() as session, pytest.raises(Invalid, match="shoe_size"):
        exports.chosen_fields(session, ["shoe_size"])
    with pytest.raises(Invalid, match="neither"):
        exports.writer_for(Path("a.pdf"))
