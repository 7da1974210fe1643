"""Names and plain text: cleaned, never re-cased, never cut."""

import pytest

from crm_app.services.fields.registry import parse
from crm_app.services.fields.verdict import EMPTY, FieldContext, Level

CONTEXT = FieldContext()


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("  Anna ", "Anna"),
        ("Anna   Maria", "Anna Maria"),
        ("Anna\nMaria", "Anna Maria"),
        ("Anna\u00a0Maria", "Anna Maria"),
        ("Mu\u0308ller", "Müller"),  # NFC
        ("\ufeffŁucja\u200b", "Łucja"),
        ("\u202aRossi\u202c", "Rossi"),
        ("o'BRIEN-van der Berg", "o'BRIEN-van der Berg"),  # no case guessing
        ("-", "-"),
    ],
)
def test_a_name_is_cleaned_and_otherwise_kept(cell: str, value: str) -> None:
    assert parse("last_name", cell, CONTEXT).value == value


@pytest.mark.parametrize("cell", ["a\x00b", "M\ufffdller", "a\ud800b", "bell\x07", "\x7f"])
@pytest.mark.parametrize("name", ["first_name", "company", "city", "street", "notes", "tags", "external_id", "email"])
def test_characters_that_cannot_be_stored_are_an_error(name: str, cell: str) -> None:
    assert parse(name, cell, CONTEXT).is_error


@pytest.mark.parametrize("cell", ["", "   ", "\u200b", "\n"])
@pytest.mark.parametrize(
    "name", ["first_name", "street", "notes", "email", "phone", "birth_date", "country", "website"]
)
def test_blank_is_empty_and_no_problem(name: str, cell: str) -> None:
    assert parse(name, cell, CONTEXT) == EMPTY


def test_comparing_names_ignores_case() -> None:
    assert parse("last_name", "GROSS", CONTEXT).norm == parse("last_name", "groß", CONTEXT).norm


def test_too_long_is_an_error_and_says_how_long() -> None:
    verdict = parse("first_name", "x" * 201, CONTEXT)
    assert verdict.is_error
    assert "201" in str(verdict.message)
    assert not parse("first_name", "x" * 200, CONTEXT).is_error


def test_notes_keep_their_line_breaks() -> None:
    assert parse("notes", " first \r\nsecond\x0bthird\r\n", CONTEXT).value == "first\nsecond\nthird"


@pytest.mark.parametrize(
    ("cell", "masked"),
    [
        ("pays with 4111 1111 1111 1111", "•••• 1111"),
        ("5500-0000-0000-0004", "•••• 0004"),
        ("DE89 3704 0044 0532 0130 00 from May on", "DE89 •••• 00"),
        ("IT60X0542811101000000123456", "IT60 •••• 56"),
    ],
)
@pytest.mark.parametrize("name", ["notes", "company", "street", "tags"])
def test_cards_and_accounts_are_warned_about_and_masked(name: str, cell: str, masked: str) -> None:
    verdict = parse(name, cell, CONTEXT)
    assert verdict.level is Level.WARNING
    assert verdict.value is not None
    assert masked in str(verdict.message)
    assert cell not in str(verdict.message)


@pytest.mark.parametrize(
    "cell", ["4111 1111 1111 1112", "+49 170 1234567", "12345678901234", "DE00 3704 0044 0532 0130 00"]
)
def test_other_numbers_are_not_taken_for_cards(cell: str) -> None:
    assert parse("notes", cell, CONTEXT).level is None
