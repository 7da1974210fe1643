"""Numbers with decimals and lists of options, as own fields take them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.services.fields.amounts import amount_text, decimal_sign, parse_amount
from crm_app.services.fields.choices import SEPARATORS, parse_choice, parse_choices
from crm_app.services.fields.verdict import EMPTY, FieldContext, Level

GERMANY, BRITAIN = FieldContext(country="DE"), FieldContext(country="GB")
OPTIONS = ("Klavier", "Geige", "Gitarre, klassisch")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", 12),
        ("12,50", 12.5),
        ("12.50", 12.5),
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("1 234,56", 1234.56),
        ("1'234.50", 1234.5),
        ("1.234.567", 1234567),
        ("-3,5", -3.5),
        ("−3,5", -3.5),
        ("€ 12,50", 12.5),
        ("12,50 €", 12.5),
        ("EUR 7", 7),
        ("100,- ", 100),
        (".5", 0.5),
        ("0.125", 0.125),
        ("€ -12,50", -12.5),
    ],
)
def test_a_number_however_it_is_written(cell: str, value: float) -> None:
    verdict = parse_amount(cell, GERMANY)
    assert (verdict.value, verdict.level) == (value, None)


def test_three_digits_behind_one_sign_mean_what_the_country_means_and_are_looked_at() -> None:
    for context, thousands in ((GERMANY, "1.234"), (BRITAIN, "1,234")):
        verdict = parse_amount(thousands, context)
        assert (verdict.value, verdict.level) == (1234, Level.WARNING)
    assert parse_amount("1,234", GERMANY).value == 1.234
    assert parse_amount("1.234", BRITAIN).value == 1.234


@pytest.mark.parametrize(
    "cell", ["much", "12 €/month", "1,2,3", "1.23.456", "12-13", "--1", "1e5", "٣", "1" * 16, "12.5.2024"]
)
def test_what_is_no_number_is_an_error(cell: str) -> None:
    assert parse_amount(cell, GERMANY).is_error


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9).map(lambda n: round(n, 6)))
def test_what_an_export_writes_is_read_back_in_every_country(number: float) -> None:
    value = int(number) if number.is_integer() else number
    for context in (GERMANY, BRITAIN):
        verdict = parse_amount(amount_text(value), context)
        assert (verdict.value, verdict.level) == (value, None)


def test_the_decimal_sign_of_a_country() -> None:
    assert (decimal_sign("DE"), decimal_sign("GB"), decimal_sign("PL"), decimal_sign("??")) == (",", ".", ",", ".")


def test_an_option_is_found_without_regard_to_case_and_accents() -> None:
    assert parse_choice(" geige ", GERMANY, OPTIONS).value == "Geige"
    assert parse_choice("", GERMANY, OPTIONS) is EMPTY
    verdict = parse_choice("Tuba", GERMANY, OPTIONS)
    assert verdict.is_error and "Klavier" in str(verdict.message)


def test_several_options_by_any_separator_in_the_order_of_the_list() -> None:
    for cell in ("Geige, Klavier", "geige;klavier", "Geige | Klavier"):
        assert parse_choices(cell, GERMANY, OPTIONS).value == ["Klavier", "Geige"]
    assert parse_choices("Gitarre, klassisch", GERMANY, OPTIONS).value == ["Gitarre, klassisch"]
    everything = parse_choices(SEPARATORS[0].join(OPTIONS), GERMANY, OPTIONS)
    assert everything.value == list(OPTIONS)
    assert parse_choices("Geige; Tuba", GERMANY, OPTIONS).is_error
    assert parse_choices(" ; ", GERMANY, OPTIONS) is EMPTY
