"""Which column of a file is which field."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_app.locales import LANGUAGES, render
from crm_app.services.fields.registry import FIELDS
from crm_app.services.imports.mapping.suggest import suggest, suggest_match_key

MAILS = ["anna@example.com", "b.rossi@example.it", "c@example.pl", ""]
PHONES = ["+49 30 123456", "0170/1234567", "030 998877", ""]
DATES = ["05.03.1990", "17.11.1985", "01.01.2001", ""]


def mapped(headers: list[str], columns: list[list[str]] | None = None) -> dict[str, str | None]:
    suggestions = suggest(headers, columns or [[] for _ in headers])
    return {header: suggestion.target for header, suggestion in zip(headers, suggestions, strict=True)}


def targets(columns: list[list[str]], headers: list[str] | None = None) -> list[str | None]:
    return [suggestion.target for suggestion in suggest(headers or ["" for _ in columns], columns)]


def test_nothing_gives_nothing() -> None:
    assert suggest([], []) == []
    assert suggest(["Vorname", "?"], [])[0].target == "first_name"


def test_each_field_is_suggested_once_and_the_first_e_mail_wins() -> None:
    assert mapped(["E-mail Address", "E-mail 2 Address", "E-mail 3 Address"]) == {
        "E-mail Address": "email",
        "E-mail 2 Address": None,
        "E-mail 3 Address": None,
    }
    reason = suggest(["E-mail Address", "E-mail 2 Address"], [[], []])[1].reason
    assert "E-mail Address" in str(reason)


@pytest.mark.parametrize(
    ("cells", "target"),
    [
        (["Ada Falk", "Falk, Ben", "Cleo Maria Berg"], "last_name"),
        (["Ada", "Ben", "Anna Maria", "Cleo"], "first_name"),
        (["N0", "N1", "N2"], "first_name"),
        ([], "first_name"),
    ],
)
def test_first_names_that_are_whole_names_are_known_by_their_words(cells: list[str], target: str) -> None:
    assert mapped(["Vorname"], [cells]) == {"Vorname": target}


def test_an_empty_column_gives_way_to_a_filled_one() -> None:
    assert targets([["", "", "", ""], PHONES], ["Primary Phone", "Business Phone"]) == [None, "phone"]


def test_the_better_filled_address_is_taken_as_a_whole() -> None:
    headers = ["Business Street", "Business City", "Home Street", "Home City", "Home Postal Code"]
    home = [["", ""], ["", ""], ["Weg 1", "Weg 2"], ["Bonn", "Ulm"], ["53111", "89073"]]
    work = [["Weg 1", "Weg 2"], ["Bonn", "Ulm"], ["", ""], ["", ""], ["", ""]]
    assert targets(home, headers) == [None, None, "street", "city", "postal_code"]
    assert targets(work, headers) == ["street", "city", None, None, None]


def test_parts_of_one_address_may_be_named_differently() -> None:
    assert mapped(["Home Address", "City", "ZIP"]) == {"Home Address": "street", "City": "city", "ZIP": "postal_code"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("Vorname|Nachname|Anzeigename", "first_name|last_name|-"),
        ("Vorname|Name", "first_name|last_name"),
        ("Name|Nachname", "first_name|last_name"),
        ("Nome|Cognome", "first_name|last_name"),
        ("Nom|Prénom", "last_name|first_name"),
        ("Name|Given Name|Family Name", "-|first_name|last_name"),
        ("Name|E-Mail", "last_name|email"),
        ("Imię i nazwisko|Telefon", "last_name|phone"),
        ("Display Name|First Name|Last Name", "-|first_name|last_name"),
        ("Title|First Name|Last Name|Job Title", "salutation|first_name|last_name|-"),
        ("Title|First Name", "-|first_name"),
        ("Birth Year|Birth Month|Birth Day", "-|-|-"),
    ],
)
def test_headers_that_depend_on_the_others(headers: str, expected: str) -> None:
    wanted = [None if target == "-" else target for target in expected.split("|")]
    assert list(mapped(headers.split("|")).values()) == wanted


def test_a_column_of_full_names_says_that_it_can_be_split() -> None:
    suggestion = suggest(["Nome"], [["Anna Rossi", "Marco Bianchi", "Lucia Verdi"]])[0]
    assert suggestion.target == "last_name"
    assert "apart" in str(suggestion.reason)
    assert suggestion.confidence < 0.8


def test_companies_in_a_name_column() -> None:
    assert targets([["Huber GmbH", "Rossi S.r.l.", "Nowak Sp. z o.o."]], ["Name"]) == ["company"]


def test_a_title_column_is_judged_by_its_cells() -> None:
    assert targets([["Herr", "Frau", "Dr."]], ["Titel"]) == ["salutation"]
    assert targets([["Manager", "Sales", "Owner"]], ["Title"]) == [None]


def test_cells_overrule_a_header_that_cannot_be_right() -> None:
    assert targets([PHONES], ["Email"]) == ["phone"]
    assert targets([["Anna", "Bert", "Carl"]], ["Email"]) == [None]
    assert targets([["Anna", "Bert", "Carl"]], ["Geburtsdatum"]) == [None]
    assert targets([MAILS], ["Vorname"]) == ["email"]


@pytest.mark.parametrize(
    ("header", "cells", "target"),
    [
        ("Aktiv", ["aktiv", "inaktiv", "aktiv"], "active"),
        ("Lifecycle Stage", ["lead", "customer", "subscriber"], "lifecycle"),
        ("Geburtstag", ["32937", "33000", "31000"], "birth_date"),  # day numbers of a spreadsheet
        ("Birth Day", ["14", "3", "27"], None),
        ("Geburtstag", ["05-12", "11-30", "01-02"], None),  # without a year
        ("Geschlecht", ["Herr", "Frau", "Frau"], None),
        ("Privacy", ["2024-01-01", "2024-02-02", "2024-03-03"], None),
        ("Kod pocztowy", ["00-950", "01-001", "31-008"], "postal_code"),
        ("UID", ["DE136695976", "ATU12345675", "DE129273398"], None),  # an identifier or a tax number
    ],
)
def test_headers_and_their_cells(header: str, cells: list[str], target: str | None) -> None:
    assert targets([cells], [header]) == [target]


def test_cells_that_agree_make_surer_and_mixed_ones_less_sure() -> None:
    by_header = suggest(["Handynr."], [[]])[0].confidence
    agreed = suggest(["Tel. privat"], [PHONES])[0].confidence
    mixed = suggest(["Tel. privat"], [["+49 30 123456", "ask Anna", "none", "later"]])[0].confidence
    assert mixed < agreed
    assert 0.9 <= by_header <= 1.0


def test_without_headers_the_cells_decide() -> None:
    columns = [
        ["Anna", "Marco", "Katarzyna", "Peter"],
        ["Huber", "Rossi", "Nowak", "Smith"],
        MAILS,
        PHONES,
        ["80331", "20121", "10115", "39100"],
        ["München", "Milano", "Berlin", "Bozen"],
        DATES,
        ["RSSMRA85T10A562S", "BNCMRC80A01F205X", "VRDLCU75M41H501Z"],
        ["m", "w", "w", "m"],
        ["blue", "red", "green", "red"],
    ]
    headers = [f"Column {chr(65 + index)}" for index in range(len(columns))]
    wanted = ["first_name", "last_name", "email", "phone", "postal_code", "city", "birth_date"]
    assert targets(columns, headers)[:7] == wanted
    assert targets(columns, headers)[8:] == ["gender", None]
    assert targets(columns)[:7] == wanted


def test_numbers_that_nobody_dials_are_no_phones() -> None:
    assert (
        targets([["1042", "1043", "1044"], ["10000001", "10000002", "10000003"], ["12.50", "13.00", "99.90"]])
        == [None] * 3
    )


def test_recent_dates_are_no_birthdays() -> None:
    assert targets([["2024-01-05", "2024-02-06", "2025-01-01"]]) == [None]


def test_an_unknown_header_over_e_mails_is_an_e_mail_column_unless_there_is_one() -> None:
    assert targets([MAILS], ["Elektropost"]) == ["email"]
    assert targets([MAILS, MAILS], ["E-Mail", "Elektropost"]) == ["email", None]


def test_a_known_column_without_field_stays_out_whatever_it_holds() -> None:
    assert targets([PHONES, MAILS], ["Fax", "E-mail Display Name"]) == [None, None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_export_maps_onto_itself(language: str) -> None:
    labels = [render(field.label, language) for field in FIELDS.values()]
    assert list(mapped(labels).values()) == list(FIELDS)
    assert list(mapped([*labels, "Shoe size"]).values()) == [*FIELDS, None]


def test_our_own_export_by_names_and_in_part() -> None:
    assert list(mapped(list(FIELDS)).values()) == list(FIELDS)
    some = ["number", "last_name", "email", "lifecycle", "registered_at"]
    assert list(mapped(some).values()) == some


@pytest.mark.parametrize(
    "headers", [["Number", "First name", "E-mail"], ["number", "email"], ["Nr.", "Name"], ["E-mail", "Number"]]
)
def test_a_foreign_number_is_never_ours(headers: list[str]) -> None:
    assert "number" not in mapped(headers).values()


@pytest.mark.parametrize(
    ("mapping", "key"),
    [
        (["email", "external_id", "number"], "number"),
        (["email", "external_id"], "external_id"),
        ([None, "email"], "email"),
        (["last_name", None], None),
        ([], None),
    ],
)
def test_the_match_key_is_the_first_of_number_external_id_and_e_mail(
    mapping: list[str | None], key: str | None
) -> None:
    assert suggest_match_key(mapping) == key


HEADERS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["Name", "E-Mail", "Tel. 2", "Home Street", "Ort privat", "Geb.", "Titel", "UID", "Nom", "Birth Year", "Number"]
    ),
)
CELLS = st.one_of(
    st.text(max_size=20), st.sampled_from(["a@b.de", "+49 30 123456", "1990-03-05", "Anna", "m", "DE", "1"])
)


@settings(max_examples=150)
@given(st.lists(st.tuples(HEADERS, st.lists(CELLS, max_size=6)), max_size=6))
def test_any_file_gets_one_answer_per_column(file: list[tuple[str, list[str]]]) -> None:
    suggestions = suggest([header for header, _ in file], [cells for _, cells in file])
    assert len(suggestions) == len(file)
    found = [suggestion.target for suggestion in suggestions if suggestion.target]
    assert len(found) == len(set(found))
    assert set(found) <= set(FIELDS)
    for suggestion in suggestions:
        assert 0.0 <= suggestion.confidence <= 1.0
        assert (suggestion.confidence > 0) == (suggestion.target is not None)
        assert str(suggestion.reason)
