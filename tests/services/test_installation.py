import pytest
from sqlmodel import select

from crm_app.models import AuditEntry
from crm_app.services import database, installation
from crm_app.services.actor import Actor
from crm_app.services.errors import Invalid, NotPermitted


def change(actor: Actor, **values: object) -> None:
    with database.transaction() as session:
        installation.change(session, actor, **values)


def audited() -> list[dict[str, object]]:
    with database.reading() as session:
        return list(session.exec(select(AuditEntry.data).where(AuditEntry.action == "settings.changed")))


def test_an_administrator_changes_settings_and_the_audit_says_which_without_free_text(alice: Actor) -> None:
    wanted = {"name": "Musikschule", "required_fields": ["city", "email"], "file_days": " 30 ", "undo_days": "0"}
    change(alice, **wanted, only_whole_files=True)
    with database.reading() as session:
        found = installation.current(session)
    assert (found.required_fields, found.file_days, found.undo_days) == (["email", "city"], 30, 0)
    assert found.only_whole_files is True
    assert audited() == [
        {
            "changed": "name,required_fields,file_days,undo_days,only_whole_files",
            "required_fields": "email,city",
            "file_days": 30,
            "undo_days": 0,
            "only_whole_files": 1,
        }
    ]


def test_the_same_again_changes_nothing(alice: Actor) -> None:
    for _ in range(2):
        change(alice, required_fields=["email"])
    assert len(audited()) == 1


def test_others_are_refused(bob: Actor) -> None:
    with pytest.raises(NotPermitted):
        change(bob, only_whole_files=True)


@pytest.mark.parametrize("days", ["", "-1", "x", "1.5", "3651", "²", "99999999999"])
def test_days_are_a_number_that_makes_sense(alice: Actor, days: str) -> None:
    with pytest.raises(Invalid, match="from 0 to 3650") as caught:
        change(alice, file_days=days)
    assert caught.value.field == "file_days"


@pytest.mark.parametrize("field", ["number", "active", "tags", "lifecycle", "nonsense"])
def test_a_field_that_makes_no_sense_cannot_be_required(alice: Actor, field: str) -> None:
    with pytest.raises(Invalid, match="cannot be required"):
        change(alice, required_fields=["email", field])


def test_a_stored_field_that_is_not_offered_any_more_asks_nothing_of_anybody(alice: Actor) -> None:
    with database.transaction() as session:
        found = installation.current(session)
        found.required_fields = ["gone", "email"]
        assert installation.required(found) == ["email"]
