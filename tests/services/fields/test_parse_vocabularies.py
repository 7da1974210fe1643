"""Closed vocabularies in English, German, Italian and Polish."""

import pytest

from crm_app.models.contact import Gender, Lifecycle
from crm_app.services.fields import gender, vocabulary
from crm_app.services.fields.registry import parse
from crm_app.services.fields.verdict import FieldContext, Level
from crm_app.services.fields.vocabulary import split_tags

CONTEXT = FieldContext()


@pytest.mark.parametrize(
    ("name", "value", "cells"),
    [
        ("gender", "female", "f w k F female weiblich Weiblich femmina donna kobieta Żeńska"),
        ("gender", "male", "m M male männlich maennlich maschio uomo mężczyzna męski"),
        ("gender", "other", "d x divers other altro inna"),
        ("privacy_accepted", True, "1 1.0 yes Ja JA sì si tak true TRUE wahr vero prawda x X ✓ ✔ on"),
        ("privacy_accepted", False, "0 no Nein nie false FALSE falsch falso fałsz - off"),
        ("active", True, "1 aktiv attivo aktywny active tak"),
        ("active", False, "0 inaktiv inattivo nieaktywny inactive"),
        ("lifecycle", "customer", "customer Kunde Kundin cliente klient student Aktywny uczeń Schülerin"),
        ("lifecycle", "lead", "lead Interessent potenziale Potencjalny prospect"),
        ("lifecycle", "contact", "contact Kontakt contatto subscriber"),
        ("country", "DE", "DE de Deutschland Germany Germania Niemcy DEU D Allemagne Duitsland"),
        ("country", "IT", "IT Italien Italy Italia Włochy ITA"),
        ("country", "PL", "Polen Poland Polonia Polska POL"),
        ("country", "AT", "Österreich Oesterreich Austria AUT A"),
        ("country", "GB", "UK England Großbritannien GBR Regno_Unito"),
        ("language", "de", "de DE deu Deutsch German tedesco niemiecki"),
        ("language", "it", "it ITA Italienisch Italian italiano włoski"),
        ("language", "pl", "pl Polnisch Polish polacco polski"),
        ("language", "pt-BR", "pt-BR pt_br"),
    ],
)
def test_words_people_use(name: str, value: object, cells: str) -> None:
    for cell in cells.split():
        assert parse(name, cell.replace("_U", " U"), CONTEXT).value == value, cell


@pytest.mark.parametrize("name", ["gender", "privacy_accepted", "active", "lifecycle", "country", "language"])
@pytest.mark.parametrize("cell", ["Atlantis", "Herr", "maybe", "???", "12345"])
def test_unknown_words_are_an_error(name: str, cell: str) -> None:
    assert parse(name, cell, CONTEXT).is_error


def test_the_vocabularies_are_those_of_the_model() -> None:
    assert set(gender._GENDER.values()) == set(Gender)
    assert set(vocabulary._LIFECYCLE.values()) == set(Lifecycle)


def test_tags_are_split_trimmed_and_each_kept_once() -> None:
    assert split_tags(" Yoga, yoga ,, Summer  2024,") == ["Yoga", "Summer 2024"]
    assert split_tags("a;b, c", ";") == ["a", "b, c"]
    assert split_tags("") == []


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("01067", "01067"),
        ("1067.0", "1067"),
        ("'01067", "01067"),
        ("SW1A 1AA", "SW1A 1AA"),
        ("00-950", "00-950"),
        ("D-80331", "D-80331"),
    ],
)
def test_postal_codes_are_text(cell: str, value: str) -> None:
    verdict = parse("postal_code", cell, CONTEXT)
    assert (verdict.value, verdict.level) == (value, None)


def test_a_place_in_the_postal_code_is_taken_with_a_warning() -> None:
    verdict = parse("postal_code", "80331 München", CONTEXT)
    assert (verdict.value, verdict.level) == ("80331 München", Level.WARNING)


@pytest.mark.parametrize(("cell", "value"), [("12", 12), ("#12", 12), ("12.0", 12), ("9223372036854775807", 2**63 - 1)])
def test_numbers(cell: str, value: int) -> None:
    assert parse("number", cell, CONTEXT).value == value


@pytest.mark.parametrize("cell", ["0", "-1", "9223372036854775808", "1e3", "12,5", "abc", "9" * 40])
def test_what_is_no_contact_number(cell: str) -> None:
    assert parse("number", cell, CONTEXT).is_error
