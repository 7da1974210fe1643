"""A field's type changes only where every stored value survives."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select, update

from crm_app.models import AuditEntry, Contact, CustomField, FieldType
from crm_app.services import custom_fields, database
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, NotFound, NotPermitted
from crm_app.services.fields.conversion import Conversion, as_text
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.settings import field_type
from tests.services.settings.conftest import done, everything, found, undone

T = FieldType
OPTIONS = ("Klavier", "Geige", "ein Wort; zwei", "12")
TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=40),
    st.sampled_from(["12,50", "007", "1.234", "12 €", "yes", "nein", "2024-02-29", "3.4.21", "12:30 3.4.2021", *OPTIONS,
                     "a@b.example", "030 901820", "https://x.example", "1e5", "-0", "Klavier; Geige", " x"]),
)  # fmt: skip
STORED: dict[FieldType, Any] = {
    T.TEXT: TEXTS.map(lambda text: " ".join(text.split()) or "x"),
    T.LONG_TEXT: TEXTS,
    T.NUMBER: st.one_of(st.integers(-(10**15) + 1, 10**15 - 1), st.decimals(-9999, 9999, places=2).map(float)),
    T.MONEY: st.integers(-999, 999),
    T.DATE: st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(lambda day: day.isoformat()),
    T.YES_NO: st.booleans(),
    T.CHOICE: st.sampled_from(OPTIONS),
    T.CHOICES: st.lists(st.sampled_from(OPTIONS), min_size=1, unique=True).map(
        lambda some: sorted(some, key=OPTIONS.index)
    ),
}


def parsed(kind: FieldType, written: str) -> Any:
    field = custom_fields.as_field(CustomField(key="x", label="x", type=kind, options=list(OPTIONS)))
    return custom_fields.parser(field)(written, FieldContext()).value


@given(st.data())
def test_what_survives_is_a_value_of_the_new_type_and_nothing_of_it_is_lost(data: st.DataObject) -> None:
    old, new = data.draw(st.sampled_from(list(STORED))), data.draw(st.sampled_from(list(FieldType)))
    value = data.draw(STORED[old])
    became = Conversion(old, new, OPTIONS).of(value)
    if became.problem is not None:
        assert became.value == value
        return
    assert parsed(new, as_text(became.value)) == became.value or Conversion(old, new).keeps_values
    back = Conversion(new, old, OPTIONS).of(became.value)
    if back.problem is None:
        assert Conversion(old, new, OPTIONS).of(back.value).value == became.value
    if old is not T.TEXT and old is not T.LONG_TEXT and new in (T.TEXT, T.LONG_TEXT):
        assert back.problem is None and back.value == value, "a text says everything that stood there"


@pytest.mark.parametrize(
    ("old", "new", "value", "becomes"),
    [
        (T.TEXT, T.NUMBER, "1.234,50", 1234.5),
        (T.TEXT, T.DATE, "3.4.2021", "2021-04-03"),
        (T.TEXT, T.YES_NO, "Ja", True),
        (T.TEXT, T.CHOICE, "Geige", "Geige"),
        (T.TEXT, T.CHOICES, "Geige; Klavier", ["Klavier", "Geige"]),
        (T.CHOICES, T.CHOICE, ["Geige"], "Geige"),
        (T.CHOICE, T.CHOICES, "Geige", ["Geige"]),
        (T.YES_NO, T.TEXT, False, "no"),
        (T.NUMBER, T.MONEY, 12.5, 12.5),
        (T.DATE, T.LONG_TEXT, "2024-01-02", "2024-01-02"),
        (T.NUMBER, T.CHOICE, 12, "12"),
    ],
)
def test_values_before_and_after(old: FieldType, new: FieldType, value: Any, becomes: Any) -> None:
    became = Conversion(old, new, OPTIONS).of(value)
    assert became.problem is None and became.value == becomes and type(became.value) is type(becomes)


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [
        (T.TEXT, T.NUMBER, "007"),
        (T.TEXT, T.NUMBER, "12 €"),
        (T.TEXT, T.NUMBER, "1.234"),
        (T.TEXT, T.DATE, "31.2.2024"),
        (T.TEXT, T.DATE, "3.4.2021 12:30"),
        (T.TEXT, T.CHOICE, "geige"),
        (T.LONG_TEXT, T.TEXT, "two\nlines"),
        (T.CHOICES, T.CHOICE, ["Geige", "Klavier"]),
        (T.NUMBER, T.YES_NO, 7),
        (T.TEXT, T.EMAIL, "nobody"),
    ],
)
def test_what_would_lose_something_does_not_survive(old: FieldType, new: FieldType, value: Any) -> None:
    became = Conversion(old, new, OPTIONS).of(value)
    assert became.problem is not None and became.value == value


def seen(actor: Actor, kind: FieldType, key: str = "size") -> field_type.Preview:
    with database.reading() as session:
        return field_type.preview(session, actor, key, kind)


def test_the_preview_says_what_becomes_of_the_values(people: Actor) -> None:
    assert seen(people, T.NUMBER).survive == 6 and seen(people, T.NUMBER).is_possible
    assert sorted(seen(people, T.NUMBER).examples)[0] == ("36", 36)
    with database.transaction() as session:
        session.exec(update(Contact).where(Contact.number <= 2).values(custom={"size": "XL"}))  # type: ignore[call-overload,arg-type]
    preview = seen(people, T.NUMBER)
    assert (preview.survive, preview.lost, preview.is_possible) == (4, 2, False)
    assert [(loss.written, loss.contacts) for loss in preview.losses] == [("XL", 2)]
    assert seen(people, T.CHOICE).options == ["38", "39", "40", "41", "XL"]
    with pytest.raises(Conflict, match="2 contacts"), database.transaction() as session:
        field_type.change(session, people, "size", T.NUMBER)


def test_it_changes_with_all_values_and_back(people: Actor) -> None:
    before = everything()
    change = done(people, lambda session: field_type.change(session, people, "size", T.NUMBER))
    assert sorted(custom["size"] for _, custom, _ in everything().values() if "size" in custom) == [*range(36, 42)]
    assert found(people, "size", "min", "40") == ["P4", "P5"]
    with database.transaction() as session:
        assert field_type.change(session, people, "size", T.NUMBER) is None
        assert field_type.change(session, people, "size", T.MONEY) is None  # stored alike
        assert field_type.change(session, people, "size", T.NUMBER) is None
    assert undone(people, change)["reversed"] == 6
    assert everything() == before and found(people, "size", "is", "40") == ["P4"]
    with database.reading() as session:
        assert session.exec(select(CustomField.type).where(CustomField.key == "size")).one() == T.TEXT
        said = session.exec(select(AuditEntry).where(AuditEntry.action == "field.type")).all()
        assert len(said) == 3 and said[0].data["contacts"] == 6


def test_filters_do_not_stumble_while_values_are_on_their_way(people: Actor) -> None:
    with database.transaction() as session:
        field_type.change(session, people, "size", T.NUMBER)
    assert found(people, "size", "min", "0") == []
    with pytest.raises(Conflict, match="at work"), database.transaction() as session:
        field_type.change(session, people, "size", T.TEXT)


def test_a_later_change_is_undone_first(people: Actor) -> None:
    first = done(people, lambda session: field_type.change(session, people, "size", T.NUMBER))
    second = done(people, lambda session: field_type.change(session, people, "size", T.CHOICE))
    with pytest.raises(Conflict, match="later change"):
        undone(people, first)
    undone(people, second)
    undone(people, first)


def test_lists_become_one_choice_only_where_there_is_one(people: Actor) -> None:
    preview = seen(people, T.CHOICE, "instruments")
    assert (preview.survive, preview.lost) == (3, 3)
    assert seen(people, T.CHOICES, "level").is_possible
    before = everything()
    change = done(people, lambda session: field_type.change(session, people, "level", T.CHOICES))
    assert found(people, "level", "all", "A1") == ["P0", "P3"]
    undone(people, change)
    assert everything() == before


def test_who_may_not_and_what_is_not_there(people: Actor, bob: Actor) -> None:
    for verb in (field_type.preview, field_type.change):
        with pytest.raises(NotPermitted), database.transaction() as session:
            verb(session, bob, "size", T.NUMBER)
        with pytest.raises(NotFound), database.transaction() as session:
            verb(session, people, "nothing", T.NUMBER)
