"""An empty file to fill in: this installation's fields as headings, allowed values as drop-down lists."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from sqlmodel import Session

from crm_app.locales import Text, render, text
from crm_app.models import Permission
from crm_app.services import choosable, custom_fields
from crm_app.services.actor import Actor
from crm_app.services.escaping import escape
from crm_app.services.fields.registry import Field, FieldKind, Shown

ROWS = 1_000  # rows of the sheet that offer the lists
_LEFT_OUT = ("number", "registered_at")  # given by the system
_WORDS: dict[str, tuple[Text, ...]] = {
    "gender": (text("female"), text("male"), text("other")),
    "lifecycle": (text("Contact"), text("Lead"), text("Customer")),
    "privacy_accepted": (text("yes"), text("no")),
    "active": (text("yes"), text("no")),
}
_EXAMPLE: dict[str, str | Text] = {
    "external_id": "A-17",
    "first_name": "Anna",
    "last_name": text("Example"),
    "email": "anna@example.org",
    "phone": "030 901820",
    "postal_code": "01234",
    "birth_date": "1990-12-31",
    "tags": text("Fair 2026, Newsletter"),
}


def csv_template(session: Session, actor: Actor) -> bytes:
    """Headings and an example row as CSV with BOM, by semicolon: what a double click opens right in Excel."""
    actor.require(Permission.IMPORT)
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";")
    fields = _fields(session)
    writer.writerow([render(field.label, actor.language) for field in fields.values()])
    writer.writerow([escape(_example(name, actor)) for name in fields])
    return ("\ufeff" + file.getvalue()).encode()


def xlsx_template(session: Session, actor: Actor) -> bytes:
    """The same as a workbook with text cells, so that no leading zero is lost, and lists of allowed values."""
    actor.require(Permission.IMPORT)
    book = Workbook()
    sheet: Any = book.active
    sheet.title = render(text("Contacts"), actor.language)
    fields = _fields(session)
    for index, (name, field) in enumerate(fields.items(), 1):
        letter = get_column_letter(index)
        head = sheet.cell(1, index, render(field.label, actor.language))
        head.font = Font(bold=True, color="FFFFFF")
        head.fill = PatternFill("solid", fgColor="3E63DD")
        head.alignment = Alignment(vertical="center")
        sheet.cell(2, index, _example(name, actor)).font = Font(italic=True, color="60646C")
        sheet.column_dimensions[letter].width = max(14, len(head.value) + 4)
        for row in range(2, ROWS + 2):
            sheet.cell(row, index).number_format = "@"
    _offer_lists(book, sheet, list(fields), _allowed(session, actor, fields))
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fields(session: Session) -> dict[str, Field]:
    known = custom_fields.known(session).items()
    return {name: field for name, field in known if name not in _LEFT_OUT and Shown.TEMPLATE in field.shown}


def _example(name: str, actor: Actor) -> str:
    value = _EXAMPLE.get(name, "")
    return render(value, actor.language) if isinstance(value, Text) else value


def _allowed(session: Session, actor: Actor, fields: Mapping[str, Field]) -> dict[str, list[str]]:
    """Allowed values by field, in the actor's language; tags are proposals."""
    found = {name: [render(word, actor.language) for word in words] for name, words in _WORDS.items()}
    for name, field in fields.items():
        if field.kind is FieldKind.CHOICE:
            found[name] = list(field.options)
    found["status"] = [status.name for status in choosable.statuses(session)]
    found["owner"] = [user.email for user in choosable.colleagues(session, actor)]
    found["tags"] = [tag.name for tag in choosable.tags(session, most=500)]
    return {name: values for name, values in found.items() if values}


def _offer_lists(book: Any, sheet: Any, names: Sequence[str], allowed: dict[str, list[str]]) -> None:
    """Puts the values on a sheet of their own and points each column's list there; tags may be typed freely."""
    lists = book.create_sheet("values")
    lists.sheet_state = "hidden"
    for column, (name, values) in enumerate(allowed.items(), 1):
        letter = get_column_letter(column)
        for row, value in enumerate(values, 1):
            lists.cell(row, column, value).data_type = "s"
        rule = DataValidation("list", f"values!${letter}$1:${letter}${len(values)}", allow_blank=True)
        rule.showErrorMessage = name != "tags"
        sheet.add_data_validation(rule)
        place = get_column_letter(names.index(name) + 1)
        rule.add(f"{place}2:{place}{ROWS + 1}")
