"""Full names and whole addresses, taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.services.fields.verdict import EMPTY, FieldContext, Level
from crm_app.services.fields.wholes import parse_full_address, parse_full_name

GERMANY = FieldContext(country="DE")


@pytest.mark.parametrize(
    ("cell", "country", "parts"),
    [
        ("Ada Lovelace", "DE", ("Ada", "Lovelace")),
        ("Müller, Eva Maria", "DE", ("Eva Maria", "Müller")),
        ("Eva Maria Müller", "DE", ("Eva Maria", "Müller")),
        ("Jan van der Berg", "NL", ("Jan", "van der Berg")),
        ("van der Berg, Jan", "NL", ("Jan", "van der Berg")),
        ("Ludwig von Beethoven", "DE", ("Ludwig", "von Beethoven")),
        ("Maria De Luca", "IT", ("Maria De", "Luca")),
        ("Maria de Luca", "IT", ("Maria", "de Luca")),
        ("Kovács Anna", "HU", ("Anna", "Kovács")),
        ("María García López", "ES", ("María", "García López")),
        ("Madonna", "DE", (None, "Madonna")),
        ("  Ada   Lovelace ", "DE", ("Ada", "Lovelace")),
    ],
)
def test_first_and_last_name(cell: str, country: str, parts: tuple[str | None, str | None]) -> None:
    verdict = parse_full_name(cell, FieldContext(country=country))
    assert (verdict.value, verdict.level) == (parts, None)


def test_a_company_is_not_taken_apart_and_somebody_should_look() -> None:
    verdict = parse_full_name("Musikhaus Nord GmbH", GERMANY)
    assert (verdict.value, verdict.level) == ((None, "Musikhaus Nord GmbH"), Level.WARNING)


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("Hauptstr. 12, 12345 Berlin", ("Hauptstr. 12", "12345", "Berlin")),
        ("Hauptstr. 12\n12345 Bad Homburg", ("Hauptstr. 12", "12345", "Bad Homburg")),
        ("D-12345 Berlin, Hauptstr. 12", ("Hauptstr. 12", "12345", "Berlin")),
        ("ul. Długa 3/4; 00-950 Warszawa", ("ul. Długa 3/4", "00-950", "Warszawa")),
        ("Via Roma 1, Int. 4, 20121 Milano", ("Via Roma 1, Int. 4", "20121", "Milano")),
        ("Damrak 1, 1012 LG Amsterdam", ("Damrak 1", "1012 LG", "Amsterdam")),
    ],
)
def test_street_postal_code_and_city(cell: str, parts: tuple[str, str, str]) -> None:
    verdict = parse_full_address(cell, GERMANY)
    assert (verdict.value, verdict.level) == (parts, None)


def test_an_address_that_cannot_be_told_apart_is_kept_whole() -> None:
    verdict = parse_full_address("Hauptstr. 12 Berlin", GERMANY)
    assert (verdict.value, verdict.level) == (("Hauptstr. 12 Berlin", None, None), Level.WARNING)


@pytest.mark.parametrize("parse", [parse_full_name, parse_full_address])
def test_blank_is_empty_and_too_long_an_error(parse) -> None:
    assert parse("  ", GERMANY) is EMPTY
    assert parse("x " * 400, GERMANY).is_error


@given(st.text(max_size=60))
def test_no_letter_of_a_name_is_lost(cell: str) -> None:
    verdict = parse_full_name(cell, GERMANY)
    if verdict.value:
        kept = sorted("".join(filter(None, verdict.value)).replace(" ", "").replace(",", ""))
        assert kept == sorted(c for c in str(_clean(cell)).replace(",", "") if not c.isspace())


def _clean(cell: str) -> str:
    from crm_app.services.fields.characters import one_line

    return one_line(cell)
