import pytest

from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.duplicates import merging, ruled_out
from crm_app.services.errors import Invalid, NotFound, NotPermitted
from tests.services.duplicates.conftest import Make, numbers, searched, shown

ANNA = {"first_name": "Anna", "last_name": "Kowalczyk", "email": "anna@example.org"}


def rule_out(actor: Actor, *wanted: int) -> None:
    with database.transaction() as session:
        ruled_out.rule_out(session, actor, wanted)


def test_a_pair_ruled_out_goes_at_once_and_stays_away(make: Make, bob: Actor) -> None:
    make(**ANNA), make(**ANNA)
    searched()
    rule_out(bob, 1, 2)
    rule_out(bob, 2, 1)
    assert shown() == []
    assert searched() == []
    assert searched(everything=True) == []


def test_the_rest_of_the_group_stays(make: Make, bob: Actor) -> None:
    for _ in range(3):
        make(**ANNA)
    searched()
    rule_out(bob, 1, 3)
    assert numbers(shown()) in ([[1, 2]], [[2, 3]])
    assert numbers(searched(everything=True)) in ([[1, 2]], [[2, 3]])


def test_taken_back_the_next_search_finds_it_again(make: Make, bob: Actor) -> None:
    make(**ANNA), make(**ANNA)
    rule_out(bob, 1, 2)
    with database.transaction() as session:
        ruled_out.take_back(session, bob, [2, 1])
    assert numbers(searched(everything=True)) == [[1, 2]]


def test_what_was_ruled_out_holds_for_the_contact_it_went_into(make: Make, bob: Actor) -> None:
    for _ in range(3):
        make(**ANNA)
    rule_out(bob, 2, 3)
    with database.transaction() as session:
        merging.merge(session, bob, 1, [2])
    assert searched(everything=True) == []


def test_who_may_not_or_sees_them_not_is_refused(make: Make, victor: Actor, charlie: Actor, bob: Actor) -> None:
    make(**ANNA), make(**ANNA)
    with pytest.raises(NotPermitted):
        rule_out(victor, 1, 2)
    for stranger, pair in ((charlie, (1, 2)), (bob, (1, 99))):
        with pytest.raises(NotFound, match=r"no contact with the number"):
            rule_out(stranger, *pair)
    with pytest.raises(Invalid, match="at least two"):
        rule_out(bob, 1, 1)
