from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from crm_app.models import FieldType
from crm_app.services import custom_fields, database
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.contacts import cards, editing, texts, timeline
from crm_app.services.contacts.editing import ChangedMeanwhile, Edit, Theirs
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.errors import NotFound, NotPermitted

PAIRS = 500  # F6


@pytest.fixture
def number(bob: Actor) -> int:
    with database.transaction() as session:
        return cards.create(session, bob, {"first_name": "Ada", "city": "Bonn", "country": "Italy"}).number


def write(actor: Actor, number: int, name: str, typed: str, seen: str) -> Edit:
    with database.transaction() as session:
        return editing.write(session, actor, number, {name: typed}, {name: seen})


def shown(actor: Actor, number: int, *names: str) -> dict[str, str]:
    with database.reading() as session:
        return texts.of(session, cards.get(session, actor, number), names, actor.language)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("first_name", "Eve"),
        ("email", "eve@example.org"),
        ("country", "Germany"),
        ("birth_date", "1990-02-28"),
        ("lifecycle", "customer"),
        ("status", "Contacted"),
        ("owner", "alice@example.org"),
        ("tags", "Fair, Newsletter"),
        ("privacy_accepted", "yes"),
        ("notes", "one\ntwo"),
    ],
)
def test_every_field_is_written_by_itself_and_taken_back(
    name: str, typed: str, number: int, bob: Actor, alice: Actor
) -> None:
    seen = shown(bob, number, name)[name]
    made = write(bob, number, name, typed, seen)
    assert made.changed == {name: (seen, typed)} and shown(bob, number, name) == {name: typed}
    with database.transaction() as session:
        editing.take_back(session, bob, number, made.changed)
    assert shown(bob, number, name) == {name: seen}


def test_an_own_field_is_written_too(number: int, bob: Actor) -> None:
    with database.transaction() as session:
        key = custom_fields.create(session, SYSTEM, "Instrument", FieldType.CHOICE, ["Piano", "Guitar"]).key
    assert write(bob, number, key, "piano", "").changed == {key: ("", "Piano")}
    with pytest.raises(InvalidFields):
        write(bob, number, key, "Drums", "Piano")
    with pytest.raises(ChangedMeanwhile) as caught:
        write(bob, number, key, "Guitar", "")
    assert caught.value.fields == {key: Theirs("Piano", "Bob")}


def test_the_second_editor_of_a_field_is_told_what_stands_there_and_by_whom(
    number: int, bob: Actor, alice: Actor
) -> None:
    write(alice, number, "city", "Rome", "Bonn")
    with pytest.raises(ChangedMeanwhile) as caught:
        write(bob, number, "city", "Paris", "Bonn")
    assert caught.value.fields == {"city": Theirs("Rome", "Alice")}
    assert shown(bob, number, "city") == {"city": "Rome"}
    write(bob, number, "city", "Paris", "Rome")  # having seen it, the choice is theirs
    assert shown(bob, number, "city") == {"city": "Paris"}


def test_the_same_words_twice_are_no_clash_and_an_untouched_field_takes_nothing_back(
    number: int, bob: Actor, alice: Actor
) -> None:
    write(alice, number, "city", "Rome", "Bonn")
    assert write(bob, number, "city", "Rome", "Bonn").changed == {}
    with database.transaction() as session:
        typed = {"city": "Bonn", "street": "Via 1"}
        made = editing.write(session, bob, number, typed, {"city": "Bonn", "street": ""})
    assert made.changed == {"street": ("", "Via 1")}
    assert shown(bob, number, "city") == {"city": "Rome"}


def test_what_the_parsers_refuse_stays_out(number: int, bob: Actor) -> None:
    with pytest.raises(InvalidFields) as caught:
        write(bob, number, "email", "no address", "")
    assert set(caught.value.fields) == {"email"}
    with pytest.raises(InvalidFields):
        write(bob, number, "first_name", "", "Ada")  # nothing would be left to call it by
    for gone in ("number", "registered_at", "nothing"):
        with pytest.raises(NotFound):
            write(bob, number, gone, "1", "")


def test_undo_is_refused_when_somebody_edited_the_field_since(number: int, bob: Actor, alice: Actor) -> None:
    made = write(bob, number, "city", "Rome", "Bonn")
    write(alice, number, "city", "Paris", "Rome")
    with pytest.raises(ChangedMeanwhile), database.transaction() as session:
        editing.take_back(session, bob, number, made.changed)
    assert shown(bob, number, "city") == {"city": "Paris"}


def test_another_branch_and_a_viewer_write_nothing(number: int, charlie: Actor, victor: Actor, bob: Actor) -> None:
    for actor, id_, error in ((charlie, number, NotFound), (bob, 999, NotFound), (victor, number, NotPermitted)):
        with pytest.raises(error):
            write(actor, id_, "city", "Rome", "Bonn")
    assert shown(bob, number, "city") == {"city": "Bonn"}


def test_of_500_pairs_of_editors_at_once_no_change_is_lost(number: int, bob: Actor, alice: Actor) -> None:
    """F6: of different fields both are kept; of the same field exactly one is, and the other one is told of it."""
    names = ("city", "street", "notes", "company")

    def edit(actor: Actor, name: str, typed: str, seen: str, barrier: Barrier) -> str:
        barrier.wait()
        try:
            return "kept" if write(actor, number, name, typed, seen).changed else "same"
        except ChangedMeanwhile as told:
            return told.fields[name].text

    with ThreadPoolExecutor(2) as threads:
        for pair in range(PAIRS):
            one, other = names[pair % 4], names[(pair + pair % 2) % 4]
            seen, barrier = shown(bob, number, one, other), Barrier(2)
            mine = threads.submit(edit, bob, one, f"B{pair}", seen[one], barrier)
            theirs = threads.submit(edit, alice, other, f"A{pair}", seen[other], barrier)
            said, now = {mine.result(), theirs.result()}, shown(bob, number, one, other)
            if one != other:
                assert said == {"kept"} and now == {one: f"B{pair}", other: f"A{pair}"}
            else:
                assert said == {"kept", now[one]} and now[one] in (f"A{pair}", f"B{pair}")
    with database.reading() as session:
        contact = cards.get(session, bob, number)
        noted = timeline.entries(session, contact, limit=2 * PAIRS)
    assert sum(entry.kind == "changed" for entry in noted) == PAIRS + PAIRS // 2
