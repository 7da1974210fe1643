"""Which delimiter, quote and escape character a text uses."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_app.services.imports.reading.dialect import SAMPLE, candidates, detect
from crm_app.services.imports.reading.types import Dialect
from tests.growth import grows_evenly

ROWS = [
    ["Vorname", "Nachname", "E-Mail", "Telefon", "Geburtstag"],
    ["Jörg", "Überzwerch", "joerg@example.org", "030 23125001", "04.03.1968"],
    ["Änne", "Größling", "aenne@example.org", "030 23125002", "30.11.1984"],
    ["Bärbel", "Muster", "", "030 23125003", "15.07.1991"],
]


def text_of(rows: list[list[str]], **how: object) -> str:
    out = io.StringIO()
    csv.writer(out, **{"lineterminator": "\n", **how}).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [*",;\t|:^~#&*/§", "\x1f"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_any_usual_delimiter(delimiter: str, quoting: int) -> None:
    assert detect(text_of(ROWS, delimiter=delimiter, quoting=quoting)).delimiter == delimiter


def test_spaces_when_the_rest_is_quoted() -> None:
    assert detect(text_of(ROWS, delimiter=" ", quoting=csv.QUOTE_ALL)).delimiter == " "
    assert detect("x y z\n1 2.5 3\n4 5.5 6\n7 8.5 9\n").delimiter == " "


@pytest.mark.parametrize("quote", ['"', "'", "`"])
def test_the_quote_character(quote: str) -> None:
    found = detect(text_of(ROWS, delimiter=";", quotechar=quote, quoting=csv.QUOTE_ALL))
    assert (found.delimiter, found.quotechar, found.escapechar) == (";", quote, "")


def test_quotes_escaped_by_a_backslash() -> None:
    rows = [*ROWS, ['Ann "Nan"', "Fable, the second", "", "", ""]] * 3
    text = text_of(rows, delimiter=",", quoting=csv.QUOTE_ALL, doublequote=False, escapechar="\\")
    assert detect(text) == Dialect(",", '"', "\\", detect(text).confidence)


def test_apostrophes_are_no_quotes() -> None:
    assert detect("name,town\nO'Hara,L'Aquila\nD'Esempio,Sant'Elena\n").quotechar == '"'


def test_the_line_sep_decides() -> None:
    found = detect("sep=;\nName,first;Town\nAnn,b;Fable\n")
    assert (found.delimiter, found.confidence) == (";", 1.0)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("Name;Tags;Betrag\nJörg;a, b, c;1,50\nÄnne;b, c;12,00\nGötz;a;3,75\n", ";"),
        ("Name;Notiz\nJörg;ruft an, später, immer\nÄnne;schreibt, mailt\n", ";"),
        ("ID,When,Note\n1,2024-01-02 10:00:00,a\n2,2024-01-03 11:30:00,b\n", ","),
        ("Vorname;Nachname;E-Mail\n", ";"),
        ("E-Mail\nann@example.org\nbob@example.org\n", ""),
        ("Name\nAnn Fable\nBob Mock\nZadie Invented\n", ""),
        ("Address\n1 Nowhere Lane, Fabletown\n22 Mock Road, Sampleford\nThe Old Mock, Test Hill, Fabletown\n", ""),
        ("Members, spring 2024\nExported on 01.02.2024\n\nName;E-Mail\nAnn;a@example.org\nBob;b@example.org\n", ";"),
        ("# made by a program, version 1,2\nName\tTown\nAnn\tFable\nBob\tMock\n", "\t"),
        ("Name;E-Mail;Town\nAnn;a@example.org\nBob;b@example.org;Mock;;\nZoe;z@example.org;Fable\n", ";"),
        ('Name, "Town"\nAnn, "Fable, north"\nBob, "Mock, south"\n', ","),
    ],
)
def test_hard_cases(text: str, delimiter: str) -> None:
    assert detect(text).delimiter == delimiter


def test_notes_full_of_other_delimiters() -> None:
    notes = [[name, "a; b; c; d | e\nnext; line; here", "x@example.org"] for name in ("Ann", "Bob", "Zoe", "Max")]
    assert detect(text_of([["Name", "Note", "Mail"], *notes], delimiter=",")).delimiter == ","


def test_an_unbalanced_quote_changes_nothing() -> None:
    text = text_of(ROWS * 5, delimiter=";")
    assert detect(text.replace("Änne", '"Änne', 1)).delimiter == ";"


def test_candidates_are_ranked() -> None:
    found = candidates(text_of(ROWS, delimiter=";"))
    scores = [score for _, score in found]
    assert found[0][0].delimiter == ";"
    assert scores == sorted(scores, reverse=True)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("ab1 ,;\t|:'\"\\\n\r\x00é=sep")), max_size=300))
def test_no_text_crashes_it(text: str) -> None:
    assert len(detect(text).delimiter) <= 1


def test_it_is_bounded_on_endless_input() -> None:
    """The sample that is judged may be one line: four times as long takes about four times as long."""
    for unit in ('"', 'a"b;', "x", '";\n"', "a b c, d; e\n", "a@", "x."):
        short, long = (unit * (length // len(unit)) for length in (SAMPLE // 4, 500_000))
        assert grows_evenly(detect, short, long, spare=3), unit
