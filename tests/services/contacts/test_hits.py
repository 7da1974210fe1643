import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.services.contacts import search
from crm_app.services.contacts.hits import marked


@pytest.mark.parametrize(
    ("text", "query", "parts"),
    [
        ("Anna Rossi", "rossi", ["Anna ", "Rossi"]),
        ("Rossi Anna", "ross", ["", "Ross", "i Anna"]),
        ("Müller", "muell", ["", "Müll", "er"]),
        ("Müller", "mull", ["", "Müll", "er"]),
        ("Straße 1", "strasse", ["", "Straße", " 1"]),
        ("Bruno Żak", "zak bru", ["", "Bru", "no ", "Żak"]),
        ("Anna Banana", "an", ["", "An", "na Banana"]),
        ("+49 30 901-8200", "030 9018", ["+49 ", "30 901-8", "200"]),
        ("Anna", "", ["Anna"]),
        ("Anna", "berta", ["Anna"]),
        ("", "anna", [""]),
    ],
)
def test_what_was_searched_for_is_marked(text: str, query: str, parts: list[str]) -> None:
    assert marked(text, search.terms(query)) == parts


@given(st.text(max_size=30), st.text(max_size=10))
def test_marking_never_changes_a_text(text: str, query: str) -> None:
    assert "".join(marked(text, search.terms(query))) == text
