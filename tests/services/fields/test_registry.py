"""Every field has a parser that never fails and agrees with itself."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_app.models.contact import Contact
from crm_app.services.fields.registry import FIELDS, GROUP_LABELS, TARGETS, FieldGroup, parse, parse_column
from crm_app.services.fields.verdict import EMPTY, FieldContext
from tests.growth import grows_evenly

CONTEXT = FieldContext(today=date(2026, 11, 22))
FORMATS = st.sampled_from([None, "%d.%m.%Y", "%m/%d/%Y", "%Y-%m-%d", "%d %B %Y", "excel"])
SNIPPETS = st.sampled_from(
    ["@", "a@b.de", "<", ">", ";", ",", "+49", "0", "1", "31.02.1990", "1990-03-05", "12:30", "E+11", "'", "https://",
     "www.", ".de", "javascript:", "\n", "\r\n", "\u00a0", "\u200b", "\x00", "\ufffd", "ß", "İ", "ﬁ", "Mär", "(0)",
     " / ", "✓", "٣", "#", ".0"]
)  # fmt: skip
CELLS = st.one_of(st.text(max_size=40), st.lists(SNIPPETS, max_size=6).map("".join))


def test_the_fields_are_those_of_the_house() -> None:
    assert " ".join(FIELDS) == (
        "number external_id salutation first_name last_name company email phone mobile street postal_code city"
        " province country tax_number gender birth_date language website social_links lifecycle status owner source"
        " tags notes acquired_on registered_at privacy_accepted active"
    )
    assert set(GROUP_LABELS) == set(FieldGroup)


def test_no_field_takes_more_than_its_column_holds() -> None:
    for field in FIELDS.values():
        column = Contact.__table__.columns.get(field.name)  # type: ignore[attr-defined]
        length = getattr(column.type, "length", None) if column is not None else None
        if length is not None:
            assert field.max_length is not None, field.name
            assert field.max_length <= length, field.name


@pytest.mark.parametrize("name", FIELDS)
@given(cell=CELLS, date_format=FORMATS, country=st.sampled_from(["DE", "IT", "PL", "US", "XX"]))
@example(cell="\ud800", date_format=None, country="DE")
@example(cell="9" * 400, date_format=None, country="DE")
@example(cell="' ' 030 1234567", date_format=None, country="DE")
@example(cell="0 ,", date_format=None, country="DE")
def test_parsing_never_fails_and_is_idempotent(name: str, cell: str, date_format: str | None, country: str) -> None:
    context = replace(CONTEXT, date_format=date_format, country=country)
    verdict = parse(name, cell, context)
    assert (verdict.level is None) == (verdict.message is None)
    if verdict.is_error or verdict.value is None:
        assert verdict.value is None
        assert verdict.norm is None
        return
    again = parse(name, as_text(verdict.value), context)
    assert (again.value, again.norm) == (verdict.value, verdict.norm)
    length = FIELDS[name].max_length
    assert length is None or len(str(verdict.value)) <= length


def as_text(value: Any) -> str:
    """A value as our own export writes it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


@pytest.mark.parametrize("name", FIELDS)
def test_a_column_is_its_cells(name: str) -> None:
    cells = ["", "Anna", "a@b.de", "Anna", "1", " 1", "+49 170 1234567", "1990-03-05", "\x00"]
    assert parse_column(name, cells, CONTEXT) == [parse(name, cell, CONTEXT) for cell in cells]
    assert parse_column(name, [""], CONTEXT) == [EMPTY]


def test_an_unknown_field_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        parse("password_hash", "x", CONTEXT)


LONG = 32_767  # characters: Excel's limit of a cell
ENDLESS = [
    "x",
    "1",
    "@",
    ".",
    "-",
    "/",
    "(",
    "<",
    ",",
    "'",
    "a.",
    "a@",
    "1 ",
    "1,",
    "aB",
    "a_",
    "1/",
    "@,",
    "https://a.",
]


@pytest.mark.parametrize("name", TARGETS)
def test_a_cell_four_times_as_long_takes_about_four_times_as_long(name: str) -> None:
    """A pattern that looks from each character to the end would take sixteen times as long, and hours at last."""

    def cells(length: int) -> list[str]:
        found = [(unit * length)[:length] for unit in ENDLESS] + [")" + "(" * length]
        begins, ends = ("x", "1", "5 €", "1.1.", "Weg 1, 12345"), ("x", "1", "!")
        return found + [begin + " " * length + end for begin in begins for end in ends]

    for short, long in zip(cells(LONG // 4), cells(LONG), strict=True):
        assert grows_evenly(lambda cell: parse(name, cell, CONTEXT), short, long), long[:20]
