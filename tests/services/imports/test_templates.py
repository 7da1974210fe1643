import csv
import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from crm_app.locales import LANGUAGES
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import NotPermitted
from crm_app.services.fields.registry import FIELDS
from crm_app.services.imports import templates
from crm_app.services.imports.mapping.suggest import suggest
from crm_app.services.imports.reading import reader


def test_the_workbook_holds_headings_an_example_and_lists(bob: Actor) -> None:
    with database.reading() as session:
        book = openpyxl.load_workbook(io.BytesIO(templates.xlsx_template(session, bob)))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert headings[:4] == ["External ID", "Salutation", "First name", "Last name"]
    assert sheet.cell(2, headings.index("Postal code") + 1).value == "01234"
    assert book["values"].sheet_state == "hidden"
    status = [cell.value for column in book["values"].columns for cell in column if cell.value]
    assert {"New", "bob@example.org", "female"} <= set(status)
    assert len(sheet.data_validations.dataValidation) >= 5


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_our_own_import_understands_every_heading(bob: Actor, tmp_path: Path, kind: str, language: str) -> None:
    make = {"csv": templates.csv_template, "xlsx": templates.xlsx_template}[kind]
    with database.reading() as session:
        (tmp_path / f"template.{kind}").write_bytes(make(session, replace(bob, language=language)))
    read_out = reader.understand(tmp_path / f"template.{kind}", f"template.{kind}")
    assert [found.target for found in suggest(read_out.headers, [])] == [
        name for name in FIELDS if name not in templates._LEFT_OUT
    ]


def test_the_csv_is_in_the_users_language(bob: Actor) -> None:
    with database.reading() as session:
        made = templates.csv_template(session, replace(bob, language="de")).decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(made), delimiter=";"))[2:4] == ["Vorname", "Nachname"]


def test_a_viewer_gets_none(victor: Actor) -> None:
    with database.reading() as session, pytest.raises(NotPermitted):
        templates.csv_template(session, victor)
