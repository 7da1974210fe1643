"""What is asked of own fields, where they show, and their end: form, import and API alike."""

from datetime import timedelta

import pytest
from sqlalchemy import text as sql
from sqlmodel import select

from crm_app.models import AuditEntry, Contact, CustomField, FieldType
from crm_app.models.base import now
from crm_app.services import custom_fields, database, schema
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.fields.registry import Shown
from crm_app.services.imports import templates
from crm_app.services.settings import fields
from tests.services.settings.conftest import everything, found, said

SHOWN = {name: True for name in fields.SWITCHES if name.startswith("show")}


def change(actor: Actor, key: str = "size", label: str = "Size", help: str = "", default: str = "", **on: bool) -> None:
    with database.transaction() as session:
        fields.change(session, actor, key, label=label, help=help, default=default, switches=SHOWN | on)


def test_filled_values_are_counted(people: Actor) -> None:
    with database.reading() as session:
        assert fields.filled(session, people) == {"level": 7, "instruments": 6, "size": 6}


def test_the_same_again_changes_nothing(people: Actor) -> None:
    for _ in range(2):
        change(people, label="Shoe size", help="As on the box", default="40", required=True)
    with database.reading() as session:
        field = custom_fields.all_of(session)["size"]
        assert (str(field.label.params["label"]), field.help, field.default) == ("Shoe size", "As on the box", "40")
        assert len(session.exec(select(AuditEntry).where(AuditEntry.action == "field.change")).all()) == 1


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("label", {"label": "Level"}),
        ("label", {"label": "Nachname"}),
        ("help", {"help": "x" * 301}),
        ("default", {"key": "level", "label": "Level", "default": "Z9"}),
        ("show_in_form", {"required": True, "show_in_form": False}),
        ("is_fast", {"key": "instruments", "label": "Instruments", "is_fast": True}),
        ("is_unique", {"key": "level", "label": "Level", "is_unique": True}),
        ("default", {"is_unique": True, "default": "x"}),
    ],
)
def test_what_does_not_fit_is_said(people: Actor, name: str, values: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        change(people, **values)  # type: ignore[arg-type]
    assert refused.value.field == name


def test_a_required_one_is_asked_of_new_contacts_and_not_emptied(people: Actor) -> None:
    change(people, required=True)
    with database.transaction() as session:
        with pytest.raises(InvalidFields) as refused:
            cards.create(session, people, {"first_name": "Ada"})
        assert list(refused.value.fields) == ["size"]
        made = cards.create(session, people, {"first_name": "Ada", "size": "39"})
        with pytest.raises(InvalidFields):
            cards.change(session, people, made, {"size": ""})
        cards.change(session, people, made, {"city": "Bonn"})


def test_a_default_is_what_nothing_was_said_of(people: Actor) -> None:
    change(people, default="40", required=True)
    with database.transaction() as session:
        assert cards.create(session, people, {"first_name": "Ada"}).custom == {"size": "40"}
        assert cards.create(session, people, {"first_name": "Bo", "size": "41"}).custom == {"size": "41"}
        with pytest.raises(InvalidFields):
            cards.create(session, people, {"first_name": "Cy", "size": ""})


def test_a_key_is_held_by_one_contact_of_the_branch(people: Actor, charlie: Actor) -> None:
    change(people, is_unique=True)
    with database.transaction() as session:
        with pytest.raises(InvalidFields, match="Contact 1"):
            cards.create(session, people, {"first_name": "Ada", "size": "36"})
        first = cards.get(session, people, 1)
        cards.change(session, people, first, {"size": "36"})
        with pytest.raises(InvalidFields):
            cards.change(session, people, first, {"size": "37"})
        cards.create(session, charlie, {"first_name": "Elsewhere", "size": "36"})
    change(people, is_unique=False)
    with database.transaction() as session:
        cards.create(session, people, {"first_name": "Twin", "size": "36"})
    with pytest.raises(Invalid, match="36"):
        change(people, is_unique=True)


def test_flags_decide_where_it_shows(people: Actor) -> None:
    change(people, show_in_list=False, show_in_card=False, show_in_template=False, show_in_form=False)
    with database.reading() as session:
        assert list(custom_fields.columns(session)) == ["level", "instruments"]
        assert custom_fields.all_of(session)["size"].shown == frozenset()
        head = templates.csv_template(session, people).decode("utf-8-sig").splitlines()[0]
    assert "Level" in head and "Size" not in head
    change(people, show_in_template=False)
    with database.reading() as session:
        assert custom_fields.all_of(session)["size"].shown == {Shown.LIST, Shown.CARD, Shown.FORM}


def test_they_are_moved(people: Actor) -> None:
    with database.transaction() as session:
        fields.move(session, people, "size", -1)
        fields.move(session, people, "level", -1)
        assert list(custom_fields.all_of(session)) == ["level", "size", "instruments"]


def test_a_removed_one_is_nowhere_and_comes_back_with_its_values(people: Actor) -> None:
    before = everything()
    with database.transaction() as session:
        fields.remove(session, people, "size")
        with pytest.raises(NotFound):
            fields.remove(session, people, "size")
        assert "size" not in custom_fields.known(session)
    with pytest.raises(Invalid, match="not there any more"):
        found(people, "size", "is", "36")
    assert said(people, "size", "is", "36") == "a field that is not there any more"
    with database.transaction() as session:
        again = custom_fields.create(session, people, "Size", FieldType.TEXT)
        assert again.key == "size_2"
        with pytest.raises(Conflict, match="another field"):
            fields.bring_back(session, people, "size")
        fields.remove(session, people, "size_2")
        fields.bring_back(session, people, "size")
    assert everything() == before and found(people, "size", "is", "36") == ["P0"]


def test_after_thirty_days_it_is_gone_with_its_values(people: Actor) -> None:
    with database.transaction() as session:
        fields.remove(session, people, "size")
    assert fields.purge(at=now() + timedelta(days=29)) == 0
    assert fields.purge(at=now() + timedelta(days=31)) == 1
    assert not any("size" in custom for _, custom, _ in everything().values())
    with database.reading() as session:
        assert session.exec(select(CustomField).where(CustomField.key == "size")).first() is None
        assert all(contact.custom.get("level") for contact in session.exec(select(Contact)))


def test_a_fast_one_is_found_by_its_index(people: Actor) -> None:
    change(people, "level", "Level", is_fast=True)
    schema.ensure_fast_fields(database.engine())
    schema.ensure_fast_fields(database.engine())
    assert len(indexes()) == 1
    assert found(people, "level", "any", "A1") == ["P0", "P3"]
    change(people, "level", "Level")
    schema.ensure_fast_fields(database.engine())
    assert indexes() == []


@pytest.mark.parametrize(
    ("key", "kind", "question"),
    [
        ("level", FieldType.CHOICE, ("any", "A1")),
        ("fee", FieldType.MONEY, ("min", "100")),
        ("since", FieldType.DATE, ("from", "2024-01-01")),
    ],
)
def test_the_filter_says_it_as_the_index_does(
    people: Actor, key: str, kind: FieldType, question: tuple[str, str]
) -> None:
    from crm_app.services.filters import compiling
    from crm_app.services.filters.tree import Condition, Group

    label = key.title()
    with database.transaction() as session:
        if key != "level":
            custom_fields.create(session, people, label, kind)
    change(people, key, label, is_fast=True)
    schema.ensure_fast_fields(database.engine())
    with database.reading() as session:
        if not database.is_sqlite(session):
            pytest.skip("PostgreSQL's planner reads small tables whole")
        where = compiling.compiled(session, people, Group(items=(Condition(key, question[0], question[1:]),)))
        query = select(Contact.id).where(where).compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        plan = " ".join(row[3] for row in session.execute(sql(f"EXPLAIN QUERY PLAN {query}")))
    assert f"ix_contact_custom_{key}" in plan


def test_no_more_than_twenty_are_fast(people: Actor) -> None:
    with database.transaction() as session:
        for n in range(21):
            custom_fields.create(session, people, f"Own {n}", FieldType.TEXT)
    for n in range(20):
        change(people, f"own_{n}", f"Own {n}", is_fast=True)
    with pytest.raises(Invalid, match="20 fields"):
        change(people, "own_20", "Own 20", is_fast=True)


def test_only_who_may_change_settings_does(people: Actor, bob: Actor) -> None:
    for verb in (
        lambda s: fields.listing(s, bob),
        lambda s: fields.filled(s, bob),
        lambda s: fields.removed(s, bob),
        lambda s: fields.change(s, bob, "size", label="X", help="", default="", switches={}),
        lambda s: fields.move(s, bob, "size", 1),
        lambda s: fields.remove(s, bob, "size"),
        lambda s: fields.bring_back(s, bob, "size"),
    ):
        with pytest.raises(NotPermitted), database.transaction() as session:
            verb(session)


def indexes() -> list[str]:
    with database.reading() as session:
        return sorted(schema.own_indexes(session.connection()))
