"""Columns of a list, kept per user and list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from crm_app.models import FieldType, ListLayout
from crm_app.services import custom_fields, database
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.contacts import layouts
from crm_app.services.contacts.columns import USUAL
from crm_app.services.contacts.layouts import NARROWEST, WIDEST, Layout
from crm_app.services.errors import Invalid, NotPermitted


def of(actor: Actor, place: str = "contacts") -> Layout:
    with database.reading() as session:
        return layouts.of(session, actor, place)


def keep(actor: Actor, *chosen: tuple[str, int], place: str = "contacts", dense: bool = False) -> Layout:
    with database.transaction() as session:
        return layouts.keep(session, actor, place, chosen, dense=dense)


def names(layout: Layout) -> list[str]:
    return [column.name for column in layout.columns]


def test_who_chose_nothing_sees_the_usual_columns(bob: Actor) -> None:
    assert names(of(bob)) == list(USUAL)
    assert of(bob).is_usual


def test_columns_keep_their_order_and_width_for_their_user_and_list_alone(bob: Actor, alice: Actor) -> None:
    kept = keep(bob, ("name", 300), ("city", 90), ("email", 200), dense=True)
    assert kept == of(bob)
    assert names(kept) == ["city", "email"] and [one.width for one in kept.columns] == [90, 200]
    assert kept.name_width == 300 and kept.dense and not kept.is_usual
    assert of(alice).is_usual and of(bob, "leads").is_usual


def test_keeping_again_changes_the_one_row(bob: Actor) -> None:
    keep(bob, ("city", 90))
    keep(bob, ("email", 90))
    with database.reading() as session:
        assert len(session.exec(select(ListLayout)).all()) == 1
    assert names(of(bob)) == ["email"]


def test_back_to_the_usual_columns_twice_is_the_same(bob: Actor) -> None:
    keep(bob, ("city", 90))
    for _ in range(2):
        with database.transaction() as session:
            assert layouts.reset(session, bob, "contacts").is_usual
    assert names(of(bob)) == list(USUAL)


def test_own_fields_are_columns_and_go_when_the_field_goes(alice: Actor) -> None:
    with database.transaction() as session:
        field = custom_fields.create(session, alice, "Shoe size", FieldType.NUMBER)
    assert names(keep(alice, ("own.shoe_size", 90), ("city", 90))) == ["own.shoe_size", "city"]
    with database.transaction() as session:
        session.delete(field)
    assert names(of(alice)) == ["city"]


def test_only_users_have_columns_of_their_own(db: object) -> None:
    with pytest.raises(NotPermitted):
        keep(SYSTEM, ("city", 90))


def test_a_list_that_is_none_is_refused(bob: Actor) -> None:
    with pytest.raises(Invalid):
        keep(bob, ("city", 90), place="elsewhere")


def test_a_viewer_has_columns_too(victor: Actor) -> None:
    assert names(keep(victor, ("city", 90))) == ["city"]


@given(chosen=st.lists(st.tuples(st.sampled_from([*USUAL, "name", "nothing", "'"]), st.integers(-(10**6), 10**6))))
def test_whatever_arrives_widths_stay_in_their_bounds_and_columns_stand_once(chosen: list[tuple[str, int]]) -> None:
    """The rule alone; `keep` is asked for in the tests above."""
    clean = layouts.clean(chosen, {*USUAL, "name"})
    assert all(NARROWEST <= width <= WIDEST for width in clean.values())
    assert clean.keys() == {name for name, _ in chosen} & {*USUAL, "name"}
