"""Phone numbers: kept as typed, compared as E.164."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.services.fields.phone import e164, parse_phone
from crm_app.services.fields.verdict import FieldContext, Level


@pytest.mark.parametrize(
    ("country", "cell", "norm"),
    [
        ("DE", "0170 1234567", "+491701234567"),
        ("DE", "+49 (0)30 1234567", "+49301234567"),
        ("DE", "0049 30 1234567", "+49301234567"),
        ("DE", "(030) 123 45 67", "+49301234567"),
        ("DE", "4917012345678", "+4917012345678"),  # a spreadsheet ate the plus
        ("DE", "+39 06 6982", "+39066982"),
        ("IT", "06 6982", "+39066982"),
        ("IT", "333 1234567", "+393331234567"),
        ("IT", "393331234567", "+393331234567"),
        ("PL", "501 234 567", "+48501234567"),
        ("PL", "48501234567", "+48501234567"),
        ("AT", "0664 1234567", "+436641234567"),
        ("CH", "044 668 18 00", "+41446681800"),
        ("US", "(212) 555-2368", "+12125552368"),
        ("DE", "030 1234567 DW 12", "+49301234567;ext=12"),
        ("DE", "030 1234567 ext. 12", "+49301234567;ext=12"),
    ],
)
def test_numbers_are_compared_as_dialled_from_the_installation_s_country(country: str, cell: str, norm: str) -> None:
    verdict = parse_phone(cell, FieldContext(country=country))
    assert (verdict.value, verdict.norm, verdict.level) == (cell, norm, None)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (" '030 1234567", "030 1234567"),
        ("4930123456789.0", "4930123456789"),
        ("\u202a030 1234567\u202c", "030 1234567"),
    ],
)
def test_what_spreadsheets_leave_behind_is_taken_off(cell: str, value: str) -> None:
    assert parse_phone(cell, FieldContext()).value == value


@pytest.mark.parametrize("cell", ["12345", "+49 1", "030 12345678901234567", "0123 on request"])
def test_a_number_that_cannot_be_dialled_is_taken_with_a_warning(cell: str) -> None:
    verdict = parse_phone(cell, FieldContext())
    assert verdict.level is Level.WARNING
    assert verdict.value == cell
    assert verdict.norm


def test_several_numbers_are_kept_and_the_first_is_compared() -> None:
    verdict = parse_phone("030 1234567 / 0170 1234567", FieldContext())
    assert verdict.level is Level.WARNING
    assert verdict.norm == "+49301234567"
    assert "several" in str(verdict.message)


@pytest.mark.parametrize("cell", ["4,91512E+11", "4.91512E+11", "n/a", "on request", "+", "1" * 61])
def test_what_is_no_number_or_lost_its_digits_is_an_error(cell: str) -> None:
    assert parse_phone(cell, FieldContext()).is_error


NUMBERS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["0", "", "+49 ", "+39 ", "+48", "+43 ", "+41", "+44 ", "+1 ", "+358", "0039 "]),
    st.from_regex(r"[0-9]{2,4}", fullmatch=True),
    st.from_regex(r"[ /-]?[0-9]{3,8}", fullmatch=True),
)


def test_no_calling_code_begins_with_zero() -> None:
    assert e164("000472206912", "DE") == (None, False)
    assert e164("+049301234567", "DE") == (None, False)


@given(NUMBERS, st.sampled_from(["DE", "IT", "PL", "AT", "CH", "US", "GB", "FR", "FI"]))
def test_the_short_cut_agrees_with_the_library(number: str, country: str) -> None:
    norm, valid = e164(number, country)
    text = f"+{number[2:]}" if number.startswith("00") else number
    try:
        parsed = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        assert not valid
        return
    if phonenumbers.is_valid_number(parsed) and text[0] in "+0":
        assert valid
        assert norm == phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    elif text[0] in "+0":
        assert not valid
