"""Workbook cells as text, sheets, headers, and workbooks that mean harm."""

import datetime as dt
import shutil
import socket
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt

from crm_app.services.fields.verdict import Level, Problem
from crm_app.services.imports.reading import workbook
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.number_format import renderer
from crm_app.services.imports.reading.types import Format, ReadOut, ReadSettings, Record
from tests.services.imports.reading.workbooks import rewritten, with_sheet_data, xlsx

CORPORA = Path(__file__).parents[3] / "corpora"
HEADER = ["Vorname", "Nachname", "E-Mail"]
PERSON = ["Jörg", "Überzwerch", "joerg@example.org"]


def read(path: Path, **settings: Any) -> tuple[ReadOut, list[Record], list[Problem]]:
    read_out = workbook.understand(path, Format.XLSX, ReadSettings(**settings))
    items = list(workbook.records(path, read_out))
    return (
        read_out,
        [item for item in items if isinstance(item, Record)],
        [item for item in items if isinstance(item, Problem)],
    )


def cells(path: Path, **settings: Any) -> list[list[str]]:
    return [record.cells for record in read(path, header_row=0, **settings)[1]]


@pytest.mark.parametrize(
    ("value", "format", "text"),
    [
        (12, "General", "12"),
        (12.0, "General", "12"),
        (0.1 + 0.2, "General", "0.3"),
        (1234.5, "#,##0.00", "1234.50"),
        (12.7, "0", "12.7"),
        (1e-7, "General", "0.0000001"),
        (123456789012, "General", "123456789012"),
        (1234, "00000", "01234"),
        (301234567, "000-00-0000", "301-23-4567"),
        (42, '"KD-"00000', "KD-00042"),
        (5, '0" Stk"', "5"),
        (0.12, "0%", "12%"),
        (0.125, "0.00%", "12.50%"),
        (0.125, "0%", "12.5%"),
        (True, "General", "TRUE"),
        (False, "General", "FALSE"),
        (dt.date(1984, 11, 30), "dd.mm.yyyy", "1984-11-30"),
        (dt.datetime.fromisoformat("2024-02-29T13:05:09"), "dd/mm/yyyy hh:mm:ss", "2024-02-29 13:05:09"),
        (dt.datetime.fromisoformat("2024-02-29"), "[$-407]d. mmmm yyyy", "2024-02-29"),
        (dt.time(7, 30), "h:mm", "07:30:00"),
        (dt.timedelta(hours=30, minutes=5), "[h]:mm:ss", "30:05:00"),
        ("007", "General", "007"),
        ("12345678901234567890", "@", "12345678901234567890"),
        ("  spaces  ", "General", "  spaces  "),
        ("two\nlines & <more>", "General", "two\nlines & <more>"),
    ],
)
def test_cells_are_what_people_see_in_them(tmp_path: Path, value: Any, format: str, text: str) -> None:
    assert cells(xlsx(tmp_path / "a.xlsx", [[value]], formats={"A1": format})) == [[text]]


@pytest.mark.parametrize("date", [dt.date(1904, 1, 2), dt.date(2024, 2, 29)])
def test_dates_of_the_1904_system(tmp_path: Path, date: dt.date) -> None:
    path = xlsx(tmp_path / "a.xlsx", [[date]], formats={"A1": "yyyy-mm-dd"}, epoch_1904=True)
    assert cells(path) == [[date.isoformat()]]


@pytest.mark.parametrize(
    ("code", "raw", "text"),
    [
        ("m/d/yy", "60", "1900-02-29"),  # Excel's leap year that never was
        ("m/d/yy", "59", "1900-02-28"),
        ("m/d/yy", "61", "1900-03-01"),
        ("m/d/yy", "-5", "-5"),
        ("m/d/yy", "9999999", "9999999"),
        ("yyyy-mm-dd", "45000.75", "2023-03-15"),
        ("h:mm:ss", "0.999999", "00:00:00"),
        ("[<=9999999]###-####;(###) ###-####", "5550123", "555-0123"),
        ("[<=9999999]###-####;(###) ###-####", "2125550123", "(212) 555-0123"),
        ('[$€-407] #,##0.00;[Red]-#,##0.00', "9.5", "9.50"),
        ("0.0%", "0.333333333333333", "33.3333333333333%"),
    ],
)  # fmt: skip
def test_number_formats(code: str, raw: str, text: str) -> None:
    render = renderer(code)
    assert render is not None
    assert render(raw) == text


def test_long_numbers_keep_every_digit(tmp_path: Path) -> None:
    path = with_sheet_data(tmp_path / "a.xlsx", '<row r="1"><c r="A1"><v>4006381333931234567</v></c></row>')
    assert cells(path) == [["4006381333931234567"]]


@pytest.mark.parametrize(
    "markup",
    [
        '<row r="2"><c r="B2" t="inlineStr"><is><t>x &amp; y</t></is></c></row>',
        "<row r='2'><c t='inlineStr' r='B2'><is><r><t>x </t></r><r><t>&amp; y</t></r></is></c></row>",
        '<row><c/></row><row><c/><c t="str"><f>A1</f><v>x &amp; y</v></c></row>',
        '<row r="2" x14ac:dyDescent="0.25"><c r="B2" t="str"><f>IF(A1&gt;0,1)</f><v>x &amp; y</v></c></row>',
    ],
)
def test_every_way_to_write_a_text_is_understood(tmp_path: Path, markup: str) -> None:
    path = with_sheet_data(tmp_path / "a.xlsx", markup)
    assert read(path, header_row=0)[1] == [Record(2, ["", "x & y"])]


def test_an_error_cell_keeps_its_text_and_is_a_problem(tmp_path: Path) -> None:
    data = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c></row>'
        '<row r="2"><c r="A2" t="e"><f>NA()</f><v>#N/A</v></c></row>'
    )
    _, records, problems = read(with_sheet_data(tmp_path / "a.xlsx", data), header_row=1)
    assert records == [Record(2, ["#N/A"])]
    assert [(problem.level, problem.row, problem.column, problem.value) for problem in problems] == [
        (Level.ERROR, 2, "Name", "#N/A")
    ]


def test_a_formula_without_a_stored_value_is_a_problem_never_a_blank(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [["Name", "Sum"], ["x", "=1+1"]])
    _, records, problems = read(path, header_row=1)
    assert records == [Record(2, ["x", ""])]
    assert [(problem.level, problem.row, problem.column) for problem in problems] == [(Level.ERROR, 2, "Sum")]
    assert "never calculated" in str(problems[0].message)


def test_hidden_sheets_are_never_chosen_silently(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.title, hidden.sheet_state = "Geheim", "hidden"
    hidden.append(["not", "this"])
    book.create_sheet("Leer")
    book.create_sheet("Kontakte").append(HEADER)
    book.save(tmp_path / "a.xlsx")
    read_out, _, _ = read(tmp_path / "a.xlsx")
    assert read_out.sheet == "Kontakte"
    assert [(sheet.name, sheet.visible, sheet.empty) for sheet in read_out.sheets] == [
        ("Geheim", False, False),
        ("Leer", True, True),
        ("Kontakte", True, False),
    ]
    assert cells(tmp_path / "a.xlsx", sheet="Geheim") == [["not", "this"]]


def test_data_on_hidden_sheets_only_is_said(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    other = book.create_sheet("Geheim")
    other.append(["x"])
    other.sheet_state = "veryHidden"
    book.save(tmp_path / "a.xlsx")
    read_out, records, _ = read(tmp_path / "a.xlsx")
    assert records == []
    assert "Geheim" in str(read_out.problems[0].message)


def test_other_sheets_with_data_are_mentioned(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(HEADER)
    book.create_sheet("Second").append(["x"])
    book.save(tmp_path / "a.xlsx")
    problem = read(tmp_path / "a.xlsx")[0].problems[0]
    assert problem.level is Level.WARNING
    assert "Second" in str(problem.message)


def test_a_sheet_that_does_not_exist_is_refused_with_those_that_do(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [HEADER])
    with pytest.raises(Unreadable, match=r"“Nope”.*Sheet"):
        read(path, sheet="Nope")


def test_a_workbook_without_any_cell_is_empty(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="empty"):
        read(xlsx(tmp_path / "a.xlsx", []))


def test_records_carry_the_row_numbers_of_the_sheet(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [[], [None, *HEADER], [], [None, *PERSON]])
    read_out, records, _ = read(path)
    assert read_out.header_row == 2
    assert read_out.headers[1:] == HEADER
    assert records == [Record(4, ["", *PERSON])]


def test_a_merged_header_names_every_column_it_spans(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "Telefon", None, "E-Mail"])
    sheet.append(["Jörg", "030 23125001", "030 23125002", "joerg@example.org"])
    sheet.merge_cells("B1:C1")
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx")[0].headers == ["Name", "Telefon", "Telefon (2)", "E-Mail"]


def test_formatted_blank_rows_are_no_rows(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx", {"constant_memory": True})
    sheet = book.add_worksheet()
    red = book.add_format({"bg_color": "red"})
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, PERSON)
    for row in range(2, 20_000):
        sheet.set_row(row, None, red)
        sheet.write_blank(row, 0, None, red)
    book.close()
    assert read(tmp_path / "a.xlsx")[1] == [Record(2, PERSON)]


def test_two_cells_at_opposite_corners_are_refused_with_the_limit(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [["x"]])
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    book.active["XFD1048576"] = "y"
    book.save(path)
    with pytest.raises(Unreadable, match="at most 50,000,000"):
        read(path)


def test_document_types_and_entities_are_refused_and_nothing_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"):
        path = xlsx(tmp_path / "a.xlsx", [HEADER, PERSON])
        evil = b'<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/secret">]>'
        declaration = b"<?xml version='1.0'?>"
        rewritten(path, part, lambda content: declaration + evil + content.rpartition(b"?>")[2])  # noqa: B023
        with pytest.raises(Unreadable, match="damaged"):
            read(path)


def test_xls_keeps_number_formats_and_error_cells(tmp_path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Üben")
    for column, (value, code) in enumerate([(1234, "00000"), (0.125, "0.00%"), (12.5, "0.00"), (1.25, "[h]:mm")]):
        sheet.write(0, column, value, xlwt.easyxf(num_format_str=code))
    sheet.row(1).set_cell_error(0, 0x2A)
    book.save(str(tmp_path / "a.xls"))
    read_out = workbook.understand(tmp_path / "a.xls", Format.XLS, ReadSettings(header_row=0))
    first, problem, second = workbook.records(tmp_path / "a.xls", read_out)
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert first.cells == ["01234", "12.50%", "12.50", "30:00:00"]
    assert isinstance(problem, Problem)
    assert (second.cells[0], problem.row, problem.value) == ("#N/A", 2, "#N/A")


def test_an_encrypted_xls_asks_for_one_without_password(tmp_path: Path) -> None:
    content = (CORPORA / "excel-97.xls").read_bytes()
    write_access, file_pass = b"\x5c\x00\x70\x00", b"\x2f\x00\x70\x00"
    assert content.count(write_access) == 1
    (tmp_path / "a.xls").write_bytes(content.replace(write_access, file_pass))
    with pytest.raises(Unreadable, match="password"):
        workbook.understand(tmp_path / "a.xls", Format.XLS, ReadSettings())


@pytest.mark.parametrize(
    ("attributes", "shown", "text"),
    [
        ('office:value-type="percentage" office:value="0.12"', "12.0%", "12.0%"),
        ('office:value-type="float" office:value="1234"', "01234", "01234"),
        ('office:value-type="float" office:value="1234567"', "1.234.567", "1234567"),
        ('office:value-type="float" office:value="1234.5"', "1.234,50", "1234.50"),
        ('office:value-type="currency" office:value="9.5"', "9,50 €", "9.50"),
        ('office:value-type="boolean" office:boolean-value="true"', "WAHR", "TRUE"),
        ('office:value-type="date" office:date-value="2024-02-29T07:05:00"', "29.02.24 07:05", "2024-02-29 07:05:00"),
        ('office:value-type="time" office:time-value="PT30H05M00S"', "30:05", "30:05:00"),
        ('office:value-type="string"', "a<text:s text:c='2'/>b</text:p><text:p>c &amp; d", "a  b\nc & d"),
        (
            'office:value-type="string"',
            "x</text:p><office:annotation><text:p>no</text:p></office:annotation><text:p>y",
            "x\ny",
        ),
    ],
)
def test_ods_cells_are_what_people_see_in_them(tmp_path: Path, attributes: str, shown: str, text: str) -> None:
    path = shutil.copy(CORPORA / "libreoffice.ods", tmp_path / "a.ods")
    cell = "<table:table-cell {}><text:p>{}</text:p></table:table-cell>"
    table = f'<table:table table:name="A &amp; B"><table:table-row>{cell}</table:table-row></table:table>'

    def change(content: bytes) -> bytes:
        before, _, rest = content.partition(b"<office:spreadsheet>")
        made = table.format(attributes, shown) + "</office:spreadsheet>"
        return before + b"<office:spreadsheet>" + made.encode() + rest.partition(b"</office:spreadsheet>")[2]

    rewritten(Path(path), "content.xml", change)
    read_out = workbook.understand(Path(path), Format.ODS, ReadSettings(header_row=0))
    assert read_out.sheet == "A & B"
    assert list(workbook.records(Path(path), read_out)) == [Record(1, [text])]


def test_a_row_repeated_beyond_every_limit_is_refused_before_it_is_repeated(tmp_path: Path) -> None:
    path = Path(shutil.copy(CORPORA / "libreoffice.ods", tmp_path / "a.ods"))
    cell = b'><table:table-cell office:value-type="string"'
    many = b' table:number-rows-repeated="1048576"' + cell + b' table:number-columns-repeated="16384"'
    rewritten(path, "content.xml", lambda content: content.replace(cell, many))
    with pytest.raises(Unreadable, match="at most 50,000,000"):
        list(workbook.records(path, workbook.understand(path, Format.ODS, ReadSettings(header_row=0))))


def test_a_block_of_zeros_in_an_old_workbook_loses_no_rows_in_silence(tmp_path: Path) -> None:
    book, path = xlwt.Workbook(), tmp_path / "lost.xls"
    sheet = book.add_sheet("People")
    for row in range(2_000):
        sheet.write(row, 0, f"Person {row}")
        sheet.write(row, 1, row + 0.5)
    book.save(str(path))
    read_out = workbook.understand(path, Format.XLS, ReadSettings())
    assert len(list(workbook.records(path, read_out))) >= 1_999
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4_096] = bytes(4_096)
    path.write_bytes(content)
    with pytest.raises(Unreadable, match="damaged"):
        list(workbook.records(path, workbook.understand(path, Format.XLS, ReadSettings())))


@pytest.mark.parametrize("name", ["excel-97.xls", "libreoffice.ods"])
def test_other_formats_give_the_same_cells(name: str) -> None:
    read_out = workbook.understand(CORPORA / name, Format(name.rpartition(".")[2]), ReadSettings())
    record = next(item for item in workbook.records(CORPORA / name, read_out) if isinstance(item, Record))
    assert record.cells[9] in {"1968-03-04", "1983-04-19"}
    assert record.cells[7] in {"01067", "00-001"}
    assert read_out.headers[0] == "Vorname"
