"""Which record holds the column names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_app.services.imports.reading.header import detect

PEOPLE = [
    ["Jörg", "Überzwerch", "joerg@example.org", "04.03.1968"],
    ["Änne", "Größling", "aenne@example.org", "30.11.1984"],
    ["Bärbel", "Muster", "baerbel@example.org", "15.07.1991"],
]


@pytest.mark.parametrize(
    "names",
    [
        ["Vorname", "Nachname", "E-Mail", "Geburtsdatum"],
        ["First Name", "Last Name", "Email Address", "Birthday"],
        ["Nome", "Cognome", "Posta", "Nato il"],
        ["Imię", "Nazwisko", "Poczta", "Data urodzenia"],
        ["a", "b", "c", "d"],
        ["first_name", "last_name", "mail", "born"],
    ],
)
def test_names_above_values(names: list[str]) -> None:
    assert detect([names, *PEOPLE]) == 0


def test_names_above_nothing() -> None:
    assert detect([["Vorname", "Nachname", "E-Mail"]]) == 0


@pytest.mark.parametrize(
    "rows",
    [
        PEOPLE,
        [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"]],
        [["a@example.org"], ["b@example.org"], ["c@example.org"]],
        [["0.5", "x"], ["0.7", "y"], ["0.9", "x"]],
        [["m", "Berlin", "12"], ["f", "Köln", "13"], ["m", "Bonn", "14"], ["f", "Berlin", "15"], ["m", "Köln", "9"]],
        [],
        [[], [""]],
        [["-"]],
    ],
)
def test_no_header(rows: list[list[str]]) -> None:
    assert detect(rows) is None


def test_titles_comments_and_blank_rows_stand_above_it() -> None:
    title = [["Adressliste der Musterschule", "", "", ""], ["Stand: 01.02.2025"], [], ["# exported"]]
    assert detect([*title, ["Vorname", "Nachname", "E-Mail", "Geburtsdatum"], *PEOPLE]) == 4


@pytest.mark.parametrize("cell", ["value {row}-{column}", "r{row}c{column}", "text {row}", "{row}"])
def test_two_hundred_unknown_names_beside_three_known_ones(cell: str) -> None:
    names = ["First name", "Last name", "E-mail", *(f"Col {column}" for column in range(197))]
    people = [
        [f"Anna{row}", f"Berg{row}", f"a{row}@example.org"]
        + [cell.format(row=row, column=column) for column in range(197)]
        for row in range(30)
    ]
    assert detect([names, *people]) == 0


def test_of_several_header_rows_the_specific_one() -> None:
    groups = [["Person", "", "Kontakt", ""], ["Vorname", "Nachname", "E-Mail", "Geburtsdatum"]]
    assert detect([*groups, *PEOPLE]) == 1


def test_years_are_names_above_other_numbers() -> None:
    rows = [["Country", "2001", "2002"], ["Italy", "10.5", "11.2"], ["Poland", "7.1", "8.3"], ["Spain", "1.0", "2.0"]]
    assert detect(rows) == 0


def test_one_column_of_text_has_its_first_row_as_header() -> None:
    assert detect([["E-Mail"], ["a@example.org"], ["b@example.org"]]) == 0


def test_more_words_can_be_known() -> None:
    rows = [["Zusatz", "Kürzel"], ["alpha", "beta"], ["gamma", "delta"], ["alpha", "delta"]]
    assert detect(rows, synonyms=lambda text: text in ("Zusatz", "Kürzel")) == 0


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(["", " ", "-", "Name", "1", "a@example.org", "x y", "#", "2020"]), max_size=5),
        max_size=12,
    )
)
def test_the_answer_is_a_row_with_text_or_none(rows: list[list[str]]) -> None:
    found = detect(rows)
    assert found is None or any(cell.strip() for cell in rows[found])
