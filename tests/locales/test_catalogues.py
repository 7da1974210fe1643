"""The catalogues are complete, a Text is rendered for its reader, and the browser gets the same words."""

import re

import pytest
from babel.messages.catalog import Catalog, Message

from crm_app import locales
from crm_app.locales import LANGUAGES, PUBLIC_LANGUAGES, Text, browser, extract, ntext, render, text, translate
from crm_app.services.fields.registry import FIELDS

TRANSLATED = [language for language in PUBLIC_LANGUAGES if language != locales.DEFAULT]
CATEGORIES = {"zero", "one", "two", "few", "many", "other"}


def messages(language: str) -> list[Message]:
    found = locales.catalogue(language)
    assert found is not None, language
    return [message for message in found if message.id]


def forms(strings: object) -> tuple[str, ...]:
    return (strings,) if isinstance(strings, str) else tuple(strings)  # type: ignore[arg-type]


def names(pattern: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", pattern))


@pytest.fixture
def polish(monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """A small catalogue in the place of every language's."""
    made = Catalog(locale="pl")
    made.add("Save", "Zapisz")
    made.add("Stop", "")
    made.add("Edit", "Edytuj", flags=["fuzzy"])
    made.add(("{n} row", "{n} rows"), ("{n} wiersz", "{n} wiersze", "{n} wierszy"))
    made.add(("{n} tag", "{n} tags"), ("{n} tag", "", ""))
    made.add("{rate} rows a second · {left}", "{left} · {rate} wierszy na sekundę")
    monkeypatch.setattr(locales, "catalogue", lambda language: made)
    return made


@pytest.mark.parametrize("language", TRANSLATED)
class TestCatalogue:
    def test_holds_exactly_the_texts_of_the_sources(self, language: str) -> None:
        """After a changed text: `make catalogues`, then translate what is new."""
        assert {message.id for message in messages(language)} == {m.id for m in extract.extracted(language) if m.id}

    def test_every_text_is_translated(self, language: str) -> None:
        assert [m.id for m in messages(language) if not all(forms(m.string))] == []

    def test_every_plural_has_all_forms_of_the_language(self, language: str) -> None:
        count = locales.catalogue(language).num_plurals
        plurals = [m for m in messages(language) if m.pluralizable]
        assert plurals or language not in LANGUAGES
        assert [m.id for m in plurals if len(forms(m.string)) != count] == []

    def test_nothing_is_fuzzy(self, language: str) -> None:
        assert [m.id for m in messages(language) if m.fuzzy] == []

    def test_placeholders_agree(self, language: str) -> None:
        for message in messages(language):
            ids, strings = forms(message.id), forms(message.string)
            allowed = [names(msgid) for msgid in ids]
            for place, string in enumerate(strings):
                assert names(string) == allowed[min(place, len(ids) - 1)], message.id

    def test_leading_and_trailing_space_is_kept(self, language: str) -> None:
        for message in messages(language):
            for string in forms(message.string):
                msgid = forms(message.id)[0]
                assert (string[0].isspace(), string[-1].isspace()) == (msgid[0].isspace(), msgid[-1].isspace()), msgid

    def test_fields_have_different_labels(self, language: str) -> None:
        """A file with these labels as headings is recognised by them."""
        labels = [render(field.label, language) for field in FIELDS.values()]
        assert len(set(labels)) == len(labels)


class TestRendering:
    def test_english_needs_no_catalogue(self) -> None:
        assert locales.catalogue("en") is None
        assert render(text("Row {row} holds the headings", row=3), "en") == "Row 3 holds the headings"
        assert str(text("Save contact")) == "Save contact"

    def test_german_comes_from_the_catalogue(self) -> None:
        assert render(text("Row {row} holds the headings", row=3), "de") == "Zeile 3 enthält die Überschriften"

    @pytest.mark.parametrize(
        ("language", "n", "expected"),
        [
            ("en", 0, "0 contacts"), ("en", 1, "1 contact"), ("en", 2, "2 contacts"),
            ("de", 0, "0 Kontakte"), ("de", 1, "1 Kontakt"), ("de", 2, "2 Kontakte"),
        ],
    )  # fmt: skip
    def test_number_picks_the_form(self, language: str, n: int, expected: str) -> None:
        assert render(ntext("{n} contact", "{n} contacts", n), language) == expected

    @pytest.mark.parametrize(
        ("n", "expected"),
        [(1, "1 wiersz"), (2, "2 wiersze"), (5, "5 wierszy"), (12, "12 wierszy"), (22, "22 wiersze")],
    )
    def test_language_with_three_forms(self, polish: Catalog, n: int, expected: str) -> None:
        assert render(ntext("{n} row", "{n} rows", n), "pl") == expected

    def test_text_within_a_text_is_rendered_too(self) -> None:
        left = ntext("{n} second left", "{n} seconds left", 1)
        message = text("{rate} rows a second · {left}", rate=900, left=left)
        assert render(message, "en") == "900 rows a second · 1 second left"
        assert render(message, "de") == "900 Zeilen pro Sekunde · noch 1 Sekunde"

    def test_translation_may_order_its_values_anew(self, polish: Catalog) -> None:
        assert render(text("{rate} rows a second · {left}", rate=9, left="x"), "pl") == "x · 9 wierszy na sekundę"

    def test_text_survives_json(self) -> None:
        message = text("Row {row}: {sentence}", row=3, sentence=ntext("{n} new", "{n} new", 2))
        assert Text.from_json(message.to_json()) == message

    def test_missing_translation_is_english(self) -> None:
        assert render(text("Nobody wrote {this}", this="that"), "de") == "Nobody wrote that"
        assert render(ntext("{n} egg", "{n} eggs", 1), "de") == "1 egg"
        assert render(ntext("{n} egg", "{n} eggs", 2), "de") == "2 eggs"

    def test_unknown_language_is_english(self) -> None:
        assert translate("xx", "Save contact") == "Save contact"

    def test_empty_or_fuzzy_translation_is_english(self, polish: Catalog) -> None:
        assert [translate("pl", msgid) for msgid in ("Save", "Stop", "Edit")] == ["Zapisz", "Stop", "Edit"]
        assert translate("pl", "{n} tag", "{n} tags", 5) == "{n} tags"


class TestBrowser:
    def test_catalogue_says_the_same_as_the_server(self) -> None:
        made = browser.catalogue("de")
        assert made["lang"] == "de"
        assert made["texts"]["Save contact"] == translate("de", "Save contact") != "Save contact"
        assert made["plurals"]["{n} contact"] == {"one": "{n} Kontakt", "other": "{n} Kontakte"}

    def test_english_catalogue_is_empty(self) -> None:
        assert browser.catalogue("en") == {"lang": "en", "texts": {}, "plurals": {}}

    def test_only_finished_texts_are_sent(self, polish: Catalog) -> None:
        made = browser.catalogue.__wrapped__("pl")
        assert made["texts"].keys() == {"Save", "{rate} rows a second · {left}"}
        assert made["plurals"] == {
            "{n} row": {"one": "{n} wiersz", "few": "{n} wiersze", "many": "{n} wierszy", "other": "{n} wierszy"}
        }

    @pytest.mark.parametrize(
        ("language", "expected"),
        [
            ("en", {"one": 0, "other": 1}),
            ("de", {"one": 0, "other": 1}),
            ("pl", {"one": 0, "few": 1, "many": 2, "other": 2}),
            ("cs", {"one": 0, "few": 1, "other": 2}),
            ("ja", {"other": 0}),
        ],
    )
    def test_categories_point_at_the_forms_of_gettext(self, language: str, expected: dict[str, int]) -> None:
        found = browser._form_of_category(language)
        assert found == expected
        assert found.keys() <= CATEGORIES

    def test_boot_script_sets_the_catalogue_before_the_first_paint(self) -> None:
        script = browser.boot_script("de").decode()
        assert script.startswith('window.__I18N={"lang": "de"')
        assert script.endswith("};")
