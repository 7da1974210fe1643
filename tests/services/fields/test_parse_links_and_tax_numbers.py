"""Links that are safe to click, and tax numbers."""

import pytest

from crm_app.services.fields.registry import parse
from crm_app.services.fields.verdict import FieldContext, Level

CONTEXT = FieldContext()


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("example.com", "https://example.com"),
        ("www.example.com/a?b=c", "https://www.example.com/a?b=c"),
        ("http://example.com", "http://example.com"),
        ("müller.de", "https://müller.de"),
        ("example.com:8080/x", "https://example.com:8080/x"),
        ("<https://example.com>", "https://example.com"),
    ],
)
def test_a_website_gets_a_scheme(cell: str, value: str) -> None:
    assert parse("website", cell, CONTEXT).value == value


def test_websites_are_compared_without_scheme_and_www() -> None:
    norms = {
        parse("website", cell, CONTEXT).norm
        for cell in ("http://www.Example.com/", "https://example.com", "example.com")
    }
    assert norms == {"example.com"}


@pytest.mark.parametrize(
    "cell",
    ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "ftp://example.com", "https://a b.de",
     "n/a", "none",     "https://user:pw@example.com", "https://[::1", "http://example.com:99999",
     "https://example.com\\@evil.com", "x" * 600 + ".de"],
)  # fmt: skip
def test_other_links_are_refused(cell: str) -> None:
    assert parse("website", cell, CONTEXT).is_error


def test_profiles_stand_one_per_line() -> None:
    verdict = parse("social_links", "@anna, instagram.com/anna; https://linkedin.com/in/anna\nXING: Anna", CONTEXT)
    assert verdict.value == "@anna\nhttps://instagram.com/anna\nhttps://linkedin.com/in/anna\nXING: Anna"
    assert parse("social_links", "@anna, javascript:x", CONTEXT).is_error


@pytest.mark.parametrize(
    ("country", "cell", "value"),
    [
        ("IT", "RSSMRA85T10A562S", "RSSMRA85T10A562S"),
        ("IT", "rssmra85t10a562s", "rssmra85t10a562s"),
        ("IT", "00743110157", "00743110157"),
        ("DE", "DE 136 695 976", "DE136695976"),
        ("DE", "36 574 261 809", "36574261809"),
        ("DE", "RSSMRA85T10A562S", "RSSMRA85T10A562S"),  # a customer from Italy
        ("PL", "526-000-12-46", "526-000-12-46"),
        ("PL", "44051401359", "44051401359"),
        ("BR", "anything at all", "anythingatall"),  # no rules known: no warning
    ],
)
def test_tax_numbers_by_the_rules_of_their_country(country: str, cell: str, value: str) -> None:
    verdict = parse("tax_number", cell, FieldContext(country=country))
    assert (verdict.value, verdict.level) == (value, None)


def test_an_implausible_tax_number_is_taken_with_a_warning() -> None:
    verdict = parse("tax_number", "RSSMRA85T10A562X", FieldContext(country="IT"))
    assert (verdict.value, verdict.level) == ("RSSMRA85T10A562X", Level.WARNING)


def test_a_rounded_tax_number_is_an_error() -> None:
    assert parse("tax_number", "1,23457E+10", CONTEXT).is_error
