"""The choices of own fields: renamed, merged, removed, ordered; contacts, defaults and filters follow."""

import pytest
from sqlmodel import select

from crm_app.models import AuditEntry
from crm_app.services import custom_fields, database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.settings import choices, fields
from tests.services.settings.conftest import done, everything, found, said, undone


def stored(key: str) -> list[object]:
    return [custom.get(key) for _, custom, _ in everything().values()]


def options(key: str) -> list[str]:
    with database.reading() as session:
        return list(custom_fields.all_of(session)[key].options)


def test_they_are_listed_with_their_contacts(people: Actor) -> None:
    with database.reading() as session:
        assert [(one.option, one.contacts) for one in choices.listing(session, people, "level")] == [
            ("A1", 3),
            ("A2", 2),
            ("B1", 2),
        ]
        counted = {one.option: one.contacts for one in choices.listing(session, people, "instruments")}
        assert counted == {"Klavier": 6, "Geige": 3, "Tuba": 0}
        assert choices.listing(session, people, "size") == []


def test_a_new_spelling_reaches_contacts_and_filters(people: Actor) -> None:
    before = everything()
    change = done(people, lambda session: choices.rename(session, people, "level", "A1", "A1 (beginner)"))
    assert options("level") == ["A1 (beginner)", "A2", "B1"] and stored("level").count("A1 (beginner)") == 3
    assert found(people, "level", "any", "A1") == ["P0", "P3"] == found(people, "level", "any", "A1 (beginner)")
    assert said(people, "level", "any", "A1") == "Level is any of A1 (beginner)"
    undone(people, change)
    assert (
        everything() == before and options("level")[0] == "A1" and found(people, "level", "any", "A1") == ["P0", "P3"]
    )


def test_two_are_merged_in_lists_too(people: Actor) -> None:
    before = everything()
    change = done(people, lambda session: choices.remove(session, people, "instruments", "Geige", "Klavier"))
    assert stored("instruments") == [["Klavier"]] * 6 + [None] and options("instruments") == ["Klavier", "Tuba"]
    assert len(found(people, "instruments", "all", "Geige")) == 6
    undone(people, change)
    assert everything() == before and options("instruments") == ["Klavier", "Geige", "Tuba"]


def test_a_removed_one_leaves_the_others_and_filters_say_so(people: Actor) -> None:
    before = everything()
    change = done(people, lambda session: choices.remove(session, people, "instruments", "Klavier"))
    assert stored("instruments") == [None, ["Geige"]] * 3 + [None]
    for operator in ("any", "none", "all"):
        with pytest.raises(Invalid, match="Klavier"):
            found(people, "instruments", operator, "Klavier")
    assert found(people, "instruments", "any", "Klavier", "Geige") == ["P1", "P3", "P5"]
    undone(people, change)
    assert everything() == before
    gone = done(people, lambda session: choices.remove(session, people, "level", "A1"))
    with pytest.raises(Invalid, match="A1"):
        found(people, "level", "none", "A1")
    undone(people, gone)
    assert everything() == before


def test_one_nobody_has_goes_at_once(people: Actor) -> None:
    with database.transaction() as session:
        assert choices.remove(session, people, "instruments", "Tuba") is None
        with pytest.raises(NotFound):
            choices.remove(session, people, "instruments", "Tuba")
        custom_fields.add_option(session, people, "instruments", "Tuba")
    assert found(people, "instruments", "any", "Tuba") == []


def test_they_are_moved_and_the_form_takes_them_in_order(people: Actor) -> None:
    with database.transaction() as session:
        choices.move(session, people, "level", "B1", -1)
        choices.move(session, people, "level", "A1", -1)
    assert options("level") == ["A1", "B1", "A2"]


def test_the_default_follows(people: Actor) -> None:
    switches = {name: name.startswith("show") for name in fields.SWITCHES}
    with database.transaction() as session:
        fields.change(session, people, "level", label="Level", help="", default="a2", switches=switches)
    done(people, lambda session: choices.rename(session, people, "level", "A2", "A2+"))
    with database.transaction() as session:
        assert cards.create(session, people, {"first_name": "New"}).custom == {"level": "A2+"}


def test_what_cannot_be(people: Actor, bob: Actor) -> None:
    with database.transaction() as session:
        for name in ("", "a2", "x" * 121):
            with pytest.raises(Invalid):
                choices.rename(session, people, "level", "A1", name)
        for into in ("A1", "C9"):
            with pytest.raises(Conflict):
                choices.remove(session, people, "level", "A1", into)
        for verb in (
            lambda: choices.listing(session, bob, "level"),
            lambda: choices.rename(session, bob, "level", "A1", "X"),
            lambda: choices.remove(session, bob, "level", "A1"),
            lambda: choices.move(session, bob, "level", "A1", 1),
        ):
            with pytest.raises(NotPermitted):
                verb()
        custom_fields.add_option(session, people, "level", "C1")
        entries = session.exec(select(AuditEntry.action).where(AuditEntry.action == "field.option")).all()
    assert len(entries) == 1


def test_the_last_one_stays(people: Actor) -> None:
    for option in ("A1", "A2"):
        done(people, lambda session, option=option: choices.remove(session, people, "level", option))
    with pytest.raises(Conflict, match="at least one"), database.transaction() as session:
        choices.remove(session, people, "level", "B1")
