"""Block all, or take the good rows; and what is required of new contacts."""

import pytest

from crm_app.models import ImportState
from crm_app.services import database, installation
from crm_app.services.actor import SYSTEM
from crm_app.services.errors import Conflict
from crm_app.services.imports import edits, steps
from tests.services.imports.conftest import Flow

PEOPLE = "external_id,first_name,email\n1,Ada,ada@example.org\n2,Bo,no address\n"


def choose(**values: object) -> None:
    with database.transaction() as session:
        installation.change(session, SYSTEM, **values)


def commit(flow: Flow, id_: int) -> None:
    with database.transaction() as session:
        steps.commit(session, flow.actor, id_)


def test_without_the_setting_the_good_rows_are_taken(flow: Flow) -> None:
    assert flow.done(PEOPLE) == {"create": 1, "invalid": 1}


def test_with_it_the_import_waits_until_the_row_is_mended(flow: Flow) -> None:
    choose(only_whole_files=True)
    id_ = flow.checked(PEOPLE)
    with pytest.raises(Conflict, match="only come in as a whole here, and 1 row cannot be taken"):
        commit(flow, id_)
    assert flow.state(id_) is ImportState.CHECKED
    with database.transaction() as session:
        edits.change(session, flow.actor, id_, 3, 2, "bo@example.org")
    assert flow.commit(id_) == {"create": 2}


def test_a_row_left_out_by_hand_is_not_in_the_way(flow: Flow) -> None:
    choose(only_whole_files=True)
    id_ = flow.checked(PEOPLE)
    with database.transaction() as session:
        edits.leave_out(session, flow.actor, id_, 3)
    assert flow.commit(id_) == {"create": 1, "skip": 1}


def test_a_row_that_means_several_contacts_is_in_the_way_too(flow: Flow) -> None:
    flow.done("first_name,email\nAda,family@example.org\nBo,family@example.org\n", match_key=None)
    choose(only_whole_files=True)
    id_ = flow.checked("first_name,email\nCleo,family@example.org\n", match_key="email")
    assert flow.counts(id_) == {"conflict": 1}
    with pytest.raises(Conflict, match="1 row cannot be taken"):
        commit(flow, id_)


def test_an_import_that_began_before_the_setting_goes_on(flow: Flow) -> None:
    id_ = flow.checked(PEOPLE)
    commit(flow, id_)
    with database.transaction() as session:
        steps.cancel(session, flow.actor, id_)
        found = session.merge(flow.get(id_))
        found.committed_row = 2
    choose(only_whole_files=True)
    commit(flow, id_)
    assert flow.state(id_) is ImportState.COMMITTING


def test_a_required_field_that_every_new_contact_takes_from_the_file_as_a_whole_is_there(flow: Flow) -> None:
    choose(required_fields=["city", "source"])
    text = "first_name,city\nAda,Bonn\nBo,\n"
    assert flow.counts(flow.checked(text)) == {"invalid": 2}
    assert flow.done(text, source="Fair") == {"create": 1, "invalid": 1}
