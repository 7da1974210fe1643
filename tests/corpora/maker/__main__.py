"""Makes every corpus file again: `python -m tests.corpora.maker`. What each should be read as goes to expected.json."""

import csv
import datetime as dt
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import xlwt
from odf import style, table
from odf import text as odf_text
from odf.opendocument import OpenDocumentSpreadsheet

from tests.corpora.maker.cards import write_cards
from tests.corpora.maker.layouts import LAYOUTS, NUMBERS, Layout
from tests.corpora.maker.people import GERMAN, ITALIAN, POLISH, Person
from tests.corpora.maker.values import value

HERE = Path(__file__).parents[1]
_QUOTING = {"all": csv.QUOTE_ALL, "needed": csv.QUOTE_MINIMAL, "none": csv.QUOTE_NONE}
_FIXED = (2025, 2, 1, 12, 0, 0)  # the date inside ZIP containers, so that a second run gives the same bytes
_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
WORKBOOK_HEADERS = [column.header for column in NUMBERS]
WORKBOOK_TARGETS = [column.target for column in NUMBERS]


def main() -> None:
    expected: dict[str, Any] = {}
    for layout in LAYOUTS:
        expected[layout.name] = write_text(layout)
    expected["excel.xlsx"] = write_excel(HERE / "excel.xlsx")
    expected["libreoffice.xlsx"] = write_libreoffice(HERE / "libreoffice.xlsx")
    expected["excel-97.xls"] = write_xls(HERE / "excel-97.xls")
    expected["libreoffice.ods"] = write_ods(HERE / "libreoffice.ods")
    expected |= write_cards(HERE)
    (HERE / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_text(layout: Layout) -> dict[str, Any]:
    buffer = io.StringIO()
    for line in layout.preamble:
        buffer.write(line + layout.line)
    writer = csv.writer(buffer, delimiter=layout.delimiter, quoting=_QUOTING[layout.quote], lineterminator=layout.line)  # type: ignore[call-overload]
    if layout.has_header:
        writer.writerow([column.header for column in layout.columns])
    for number, person in enumerate(layout.people):
        writer.writerow([value(layout, person, number, column.value) for column in layout.columns])
    mark = "\ufeff" if layout.encoding in {"utf-16-le"} else ""
    (HERE / layout.name).write_bytes((mark + buffer.getvalue()).encode(layout.encoding))
    return {
        "format": "csv",
        "encoding": layout.encoding,
        "delimiter": layout.delimiter,
        "sheet": None,
        "header_row": len(layout.preamble) + 1 if layout.has_header else None,
        "rows": len(layout.people),
        "columns": [[column.header, column.target] for column in layout.columns],
        "first": [value(layout, layout.people[0], 0, column.value) for column in layout.columns],
    }


def write_excel(path: Path) -> dict[str, Any]:
    """As an office makes it: hidden cover sheet, merged title above the table, zero-padded postal codes, 1904 dates."""
    book = openpyxl.Workbook()
    cover = book.active
    cover.title = "Intern"
    cover.append(["Nicht", "einlesen"])
    cover.sheet_state = "hidden"
    sheet = book.create_sheet("Adressen")
    book.active = 1
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet.append(["Adressliste der Musterschule"])
    sheet.merge_cells("A1:K1")
    sheet.append([])
    sheet.append(WORKBOOK_HEADERS)
    for person in GERMAN:
        sheet.append(_cells(person))
        row = sheet.max_row
        sheet.cell(row, 8).number_format = "00000"
        sheet.cell(row, 10).number_format = "dd.mm.yyyy"
        for column in (5, 6):
            sheet.cell(row, column).number_format = "@"
    for row in range(sheet.max_row + 1, sheet.max_row + 40):
        sheet.cell(row, 1).number_format = "@"
    book.save(path)
    _fix_dates(path)
    return _expected("xlsx", "Adressen", 3, GERMAN)


def write_libreoffice(path: Path) -> dict[str, Any]:
    """Merged header over two phone columns, texts inside the cells, a second sheet with data, percentages, booleans."""
    import xlsxwriter

    headers = ["Nome", "Cognome", "Telefono", "", "E-mail", "CAP", "Data di nascita", "Attivo", "Sconto"]
    targets = ["first_name", "last_name", "phone", None, "email", "postal_code", "birth_date", "active", None]
    book = xlsxwriter.Workbook(path, {"in_memory": True})
    book.set_properties({"created": dt.datetime(*_FIXED, tzinfo=dt.UTC)})
    date = book.add_format({"num_format": "dd/mm/yyyy"})
    padded = book.add_format({"num_format": "00000"})
    percent = book.add_format({"num_format": "0%"})
    sheet = book.add_worksheet("Contatti")
    for index, header in enumerate(headers):
        sheet.write(0, index, header)
    sheet.merge_range(0, 2, 0, 3, "Telefono")
    for number, person in enumerate(ITALIAN, start=1):
        sheet.write(number, 0, person.first)
        sheet.write(number, 1, person.last)
        sheet.write_string(number, 2, person.phone)
        sheet.write_string(number, 3, person.mobile)
        sheet.write_string(number, 4, person.mail)
        sheet.write_number(number, 5, int(person.zip), padded)
        sheet.write_datetime(number, 6, dt.datetime.combine(person.birth, dt.time()), date)
        sheet.write_boolean(number, 7, number % 2 == 1)
        sheet.write_number(number, 8, number / 20, percent)
    other = book.add_worksheet("Fornitori")
    other.write_row(0, 0, ["Ditta", "Nota"])
    other.write_row(1, 0, ["Ditta Esempio", "-"])
    book.close()
    _fix_dates(path)
    first = ITALIAN[0]
    return {
        "format": "xlsx",
        "encoding": None,
        "delimiter": None,
        "sheet": "Contatti",
        "header_row": 1,
        "rows": len(ITALIAN),
        "columns": [[header or "Telefono (2)", target] for header, target in zip(headers, targets, strict=True)],
        "first": [*_cells(first)[:2], first.phone, first.mobile, first.mail, first.zip, str(first.birth), "TRUE", "5%"],
    }


def write_xls(path: Path) -> dict[str, Any]:
    """Excel 97–2003, with an empty first sheet."""
    book = xlwt.Workbook(encoding="utf-8")
    book.add_sheet("Arkusz1")
    sheet = book.add_sheet("Kontakty")
    date = xlwt.easyxf(num_format_str="DD.MM.YYYY")
    for index, header in enumerate(WORKBOOK_HEADERS):
        sheet.write(0, index, header)
    for number, person in enumerate(POLISH, start=1):
        for index, cell in enumerate(_cells(person)):
            if isinstance(cell, dt.date):
                sheet.write(number, index, cell, date)
            else:
                sheet.write(number, index, cell)
    book.save(str(path))
    return _expected("xls", "Kontakty", 1, POLISH)


def write_ods(path: Path) -> dict[str, Any]:
    """LibreOffice's own format, with repeated blank cells and rows at the end, and a hidden sheet in front."""
    document = OpenDocumentSpreadsheet()
    hidden = style.Style(name="hidden", family="table")
    hidden.addElement(style.TableProperties(display="false"))
    document.automaticstyles.addElement(hidden)
    secret = table.Table(name="Verborgen", stylename=hidden)
    secret.addElement(_ods_row(["nicht", "einlesen"]))
    document.spreadsheet.addElement(secret)
    sheet = table.Table(name="Kontakte")
    sheet.addElement(_ods_row(WORKBOOK_HEADERS))
    for person in GERMAN:
        sheet.addElement(_ods_row(_cells(person)))
    blank = table.TableRow(numberrowsrepeated=1_048_500)
    blank.addElement(table.TableCell(numbercolumnsrepeated=1024))
    sheet.addElement(blank)
    document.spreadsheet.addElement(sheet)
    document.save(path)
    _fix_dates(path)
    return _expected("ods", "Kontakte", 1, GERMAN)


def _cells(person: Person) -> list[Any]:
    """The cells of `NUMBERS` as a spreadsheet holds them: a postal code as a number if it is one, a date as a date."""
    postal: Any = int(person.zip) if person.zip.isdigit() else person.zip
    who = [person.first, person.last, person.company or None]
    reach = [person.mail, person.phone, person.mobile]
    return [*who, *reach, person.street, postal, person.city, person.birth, person.note or None]


def _ods_row(cells: list[Any]) -> Any:
    row = table.TableRow()
    for cell in cells:
        if isinstance(cell, dt.date):
            made = table.TableCell(valuetype="date", datevalue=cell.isoformat())
            made.addElement(odf_text.P(text=cell.strftime("%d.%m.%Y")))
        elif isinstance(cell, int):
            made = table.TableCell(valuetype="float", value=str(cell))
            made.addElement(odf_text.P(text=f"{cell:05d}"))
        elif cell is None:
            made = table.TableCell()
        else:
            made = table.TableCell(valuetype="string")
            for line in cell.split("\n"):
                made.addElement(odf_text.P(text=line))
        row.addElement(made)
    return row


def _expected(format: str, sheet: str, header_row: int, people: list[Person]) -> dict[str, Any]:
    first = people[0]
    shown = [first.zip if index == 7 else cell for index, cell in enumerate(_cells(first))]
    return {
        "format": format,
        "encoding": None,
        "delimiter": None,
        "sheet": sheet,
        "header_row": header_row,
        "rows": len(people),
        "columns": [list(pair) for pair in zip(WORKBOOK_HEADERS, WORKBOOK_TARGETS, strict=True)],
        "first": ["" if cell is None else str(cell) for cell in shown],
    }


def _fix_dates(path: Path) -> None:
    """Writes the container again with one date for every part."""
    with zipfile.ZipFile(path) as archive:
        parts = [(entry, archive.read(entry)) for entry in archive.infolist()]
    with zipfile.ZipFile(path, "w") as archive:
        for entry, content in parts:
            fixed = zipfile.ZipInfo(entry.filename, _FIXED)
            fixed.compress_type = entry.compress_type
            archive.writestr(
                fixed, _MOMENT.sub(b"2025-02-01T12:00:00Z", content) if "core.xml" in entry.filename else content
            )


if __name__ == "__main__":
    main()
