"""Rows that several contacts match: somebody says which one, in the preview."""

import pytest

from crm_app.models import Contact
from crm_app.services import database
from crm_app.services.errors import Invalid
from crm_app.services.imports import conflicts, edits, steps
from crm_app.services.imports.columns import InFile
from crm_app.services.imports.plan_file import ANOTHER
from tests.services.imports.conftest import Flow, add_contact

FAMILY = "email,first_name,city\nfamily@example.org,Ada,Rome\n"


@pytest.fixture
def family() -> list[int]:
    """Two people with one address; their ids."""
    return [add_contact(email="family@example.org", first_name=name, last_name="Conti") for name in ("Ada", "Bea")]


def number_of(id_: int) -> str:
    with database.reading() as session:
        return str(session.get_one(Contact, id_).number)


def resolve(flow: Flow, id_: int, row: int, choice: str | None) -> None:
    with database.transaction() as session:
        assert not edits.resolve(session, flow.actor, id_, row, choice).needs_check


def test_the_contacts_are_offered_with_what_tells_them_apart(flow: Flow, family: list[int]) -> None:
    id_ = flow.checked(FAMILY)
    assert flow.outcomes(id_) == ["conflict"]
    with database.reading() as session:
        found = conflicts.matches(session, flow.actor, flow.get(id_), [2])
    assert [(match.name, match.detail) for match in found[2]] == [
        ("Ada Conti", "family@example.org"),
        ("Bea Conti", "family@example.org"),
    ]


def test_the_one_chosen_is_updated(flow: Flow, family: list[int]) -> None:
    id_ = flow.checked(FAMILY)
    resolve(flow, id_, 2, number_of(family[0]))
    [row] = flow.rows(id_)
    assert (row.outcome, row.contact_id, row.changes) == ("update", family[0], {"city": ("", "Rome")})
    assert flow.commit(id_) == {"update": 1}
    with database.reading() as session:
        assert [session.get_one(Contact, one).city for one in family] == ["Rome", None]


def test_a_new_one_can_be_meant_and_every_choice_taken_back(flow: Flow, family: list[int]) -> None:
    id_ = flow.checked(FAMILY)
    resolve(flow, id_, 2, ANOTHER)
    assert flow.outcomes(id_) == ["create"]
    with database.transaction() as session:
        edits.undo(session, flow.actor, id_)
    assert flow.outcomes(id_) == ["conflict"]
    resolve(flow, id_, 2, ANOTHER)
    resolve(flow, id_, 2, None)
    assert flow.outcomes(id_) == ["conflict"]
    resolve(flow, id_, 2, ANOTHER)
    assert flow.commit(id_) == {"create": 1}


@pytest.mark.parametrize("rule", InFile)
def test_two_rows_of_a_family_can_be_two_people(flow: Flow, family: list[int], rule: InFile) -> None:
    id_ = flow.checked(FAMILY + "family@example.org,Cleo,Pisa\n", in_file=rule)
    resolve(flow, id_, 2, number_of(family[0]))
    resolve(flow, id_, 3, ANOTHER)
    assert sorted(flow.outcomes(id_)) == ["create", "update"]
    flow.commit(id_)
    with database.reading() as session:
        assert session.get_one(Contact, family[0]).city == "Rome"


def test_a_choice_survives_a_check_and_says_nothing_once_it_does_not_match(flow: Flow, family: list[int]) -> None:
    stranger = add_contact(email="other@example.org", first_name="Otto")
    id_ = flow.checked(FAMILY)
    resolve(flow, id_, 2, number_of(family[1]))
    flow.work(steps.check, id_)
    assert flow.outcomes(id_) == ["update"]
    resolve(flow, id_, 2, number_of(stranger))
    assert flow.outcomes(id_) == ["conflict"]
    resolve(flow, id_, 2, "999999")
    assert flow.outcomes(id_) == ["conflict"]
    for nonsense in ("-1", "9" * 40, "", "new one"):
        with database.transaction() as session, pytest.raises(Invalid):
            edits.resolve(session, flow.actor, id_, 2, nonsense)
    with database.transaction() as session, pytest.raises(Invalid):
        edits.resolve(session, flow.actor, id_, 99, ANOTHER)
