"""Own fields of an installation: made once, then like any other field."""

import pytest

from crm_app.models import FieldType
from crm_app.services import custom_fields, database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.errors import Invalid, NotPermitted
from crm_app.services.fields.registry import FIELDS


def test_the_key_comes_from_the_label_and_is_nobody_elses(alice: Actor) -> None:
    with database.transaction() as session:
        keys = [
            custom_fields.create(session, alice, label, FieldType.TEXT).key
            for label in ("Größe (cm)", "Grosse-cm", "2. Wahl", "日本", "Custom", "Search text")
        ]
    assert keys == ["grosse_cm", "grosse_cm_2", "field_2_wahl", "field", "custom_2", "search_text_2"]
    with database.reading() as session:
        known = custom_fields.known(session)
    assert list(known)[: len(FIELDS)] == list(FIELDS) and list(known)[len(FIELDS) :] == keys


def test_a_name_that_is_there_already_is_refused(alice: Actor) -> None:
    with database.transaction() as session:
        custom_fields.create(session, alice, "Instrument", FieldType.TEXT)
        for taken in ("instrument", "  INSTRUMENT ", "Last name", "Nachname"):
            with pytest.raises(Invalid, match="already"):
                custom_fields.create(session, alice, taken, FieldType.TEXT)
        for bad in ("", "x" * 121):
            with pytest.raises(Invalid):
                custom_fields.create(session, alice, bad, FieldType.TEXT)


def test_choices_need_options_and_can_get_more(alice: Actor, bob: Actor) -> None:
    with database.transaction() as session:
        with pytest.raises(Invalid, match="choice"):
            custom_fields.create(session, alice, "Instrument", FieldType.CHOICE, ["", " "])
        made = custom_fields.create(session, alice, "Instrument", FieldType.CHOICE, ["Klavier", "klavier", " Geige "])
        assert made.options == ["Klavier", "Geige"]
        assert custom_fields.add_option(session, alice, made.key, "KLAVIER") == "Klavier"
        assert custom_fields.add_option(session, alice, made.key, "Tuba") == "Tuba"
        assert made.options == ["Klavier", "Geige", "Tuba"]
        with pytest.raises(Invalid):
            custom_fields.add_option(session, alice, "notes", "x")
        with pytest.raises(NotPermitted):
            custom_fields.create(session, bob, "Shoe size", FieldType.NUMBER)
        with pytest.raises(NotPermitted):
            custom_fields.add_option(session, bob, made.key, "Harfe")


def test_a_form_writes_own_fields_like_any_other(alice: Actor) -> None:
    with database.transaction() as session:
        custom_fields.create(session, alice, "Fee", FieldType.MONEY)
        custom_fields.create(session, alice, "Since", FieldType.DATE)
        made = cards.create(session, alice, {"first_name": "Ada", "fee": "12,50", "since": "1.2.2024"})
        assert made.custom == {"fee": 12.5, "since": "2024-02-01"}
        assert cards.change(session, alice, made, {"fee": "12.5"}) == {}
        assert cards.change(session, alice, made, {"fee": "", "since": "2024-02-02"}) == {
            "custom.fee": [12.5, None],
            "custom.since": ["2024-02-01", "2024-02-02"],
        }
        with pytest.raises(InvalidFields) as refused:
            cards.change(session, alice, made, {"fee": "much"})
        assert list(refused.value.fields) == ["fee"]
        number = made.number
    with database.reading() as session:
        assert cards.get(session, alice, number).custom == {"since": "2024-02-02"}
