"""Imports hold to what own fields ask for, as the form does."""

import pytest

from crm_app.models import CustomField, FieldType
from crm_app.services import custom_fields, database
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict
from crm_app.services.settings import field_type, fields, statuses
from tests.services.imports.conftest import Flow, add_contact, inline  # noqa: F401
from tests.services.settings.conftest import everything

HEAD = "first_name,email,card\n"
TARGETS = {"first_name": "first_name", "email": "email", "card": "card"}
SHOWN = {name: True for name in fields.SWITCHES if name.startswith("show")}


@pytest.fixture
def flow(alice: Actor, inline: None) -> Flow:  # noqa: F811
    with database.transaction() as session:
        custom_fields.create(session, alice, "Card", FieldType.TEXT)
    return Flow(alice)


def ask(actor: Actor, default: str = "", **on: bool) -> None:
    with database.transaction() as session:
        fields.change(session, actor, "card", label="Card", help="", default=default, switches=SHOWN | on)


def cards() -> list[object]:
    return [custom.get("card") for _, custom, _ in everything().values()]


def test_a_required_one_is_asked_of_new_rows(flow: Flow) -> None:
    ask(flow.actor, required=True)
    id_ = flow.checked(HEAD + "Ada,,7\nBo,,\n", TARGETS)
    good, bad = flow.rows(id_)
    assert (good.outcome, bad.outcome) == ("create", "invalid")
    assert "“Card” is required here" in str(bad.reason)
    assert [row.outcome for row in flow.rows(flow.checked("first_name\nCy\n", {"first_name": "first_name"}))] == [
        "invalid"
    ]


def test_new_rows_take_the_default(flow: Flow) -> None:
    ask(flow.actor, default="none", required=True)
    assert flow.done(HEAD + "Ada,ada@example.org,7\nBo,bo@example.org,\n", TARGETS) == {"create": 2}
    assert flow.done("first_name\nCy\n", {"first_name": "first_name"}, match_key=None) == {"create": 1}
    assert cards() == ["7", "none", "none"]
    assert flow.done(HEAD + "Ada,ada@example.org,\n", TARGETS) == {"unchanged": 1}


def test_a_key_is_taken_once(flow: Flow) -> None:
    ask(flow.actor, is_unique=True)
    add_contact(first_name="Ada", email="ada@example.org", custom={"card": "7"})
    rows = "Ada,ada@example.org,7\nBo,bo@example.org,7\nCy,cy@example.org,8\nDi,di@example.org,8\nCy,cy@example.org,8\n"
    id_ = flow.checked(HEAD + rows, TARGETS)
    assert [row.outcome for row in flow.rows(id_)] == ["unchanged", "invalid", "create", "invalid", "skip"]
    assert "contact 1 has “7” already" in str(flow.rows(id_)[1].reason)
    assert "row 4 has “8” already" in str(flow.rows(id_)[3].reason)
    add_contact(first_name="Ed", custom={"card": "8"})
    flow.commit(id_)
    assert cards() == ["7", "8"]  # taken since the check: the row stayed out


def test_a_file_checked_before_a_change_of_type_is_checked_again(flow: Flow) -> None:
    id_ = flow.checked(HEAD + "Ada,,x7\n", TARGETS)
    with database.transaction() as session:
        field_type.change(session, flow.actor, "card", FieldType.NUMBER)
    with pytest.raises(Conflict, match="Check the file again"):
        flow.commit(id_)
    with database.transaction() as session:
        session.get_one(CustomField, 1).type = FieldType.TEXT
    flow.commit(id_)
    assert cards() == ["x7"]


def test_a_removed_status_is_none_that_a_cell_may_name(flow: Flow) -> None:
    id_ = flow.checked("first_name,status\nAda,Won\n", {"first_name": "first_name", "status": "status"})
    with database.transaction() as session:
        won = next(entry.status for entry in statuses.listing(session, flow.actor) if entry.status.name == "Won")
        statuses.remove(session, flow.actor, won.id or 0)
    flow.commit(id_)
    assert everything() == {}
    again = flow.checked("first_name,status\nAda,Won\n", {"first_name": "first_name", "status": "status"})
    assert [row.outcome for row in flow.rows(again)] == ["invalid"]
