from datetime import UTC, datetime, timedelta

import pytest

from crm_app.models import Import, ImportState, Installation
from crm_app.services.actor import Actor
from crm_app.services.imports.kept import DRAFTS, ENDED
from crm_app.state.import_kept import file_line, undo_line

AT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
ROME = Actor(1, "alice", timezone="Europe/Rome")
SETTINGS = Installation(file_days=90, undo_days=365)


def made(state: ImportState, **values: object) -> Import:
    return Import(folder="x", file_name="a.csv", state=state, created_at=AT, **values)


def test_dates_are_those_of_the_readers_time_zone() -> None:
    done = made(ImportState.DONE, finished_at=AT)
    assert file_line(SETTINGS, done, ROME) == "File kept until Feb 21, 2027."
    assert undo_line(SETTINGS, done, ROME) == "Can be undone until Nov 23, 2027."


def test_a_draft_counts_from_its_last_change_and_goes_as_a_whole() -> None:
    draft = made(ImportState.READ, changed_at=AT + timedelta(days=1))
    assert file_line(SETTINGS, draft, ROME) == "Removed on Feb 22, 2027 if nobody goes on with it."
    assert undo_line(SETTINGS, draft, ROME) == ""


def test_what_is_gone_is_said() -> None:
    gone = made(ImportState.DONE, purged_at=AT, undo_purged_at=AT)
    assert file_line(SETTINGS, gone, ROME) == "File deleted on Nov 23, 2026; the counts stay."
    assert "cannot be undone any more" in undo_line(SETTINGS, gone, ROME)


@pytest.mark.parametrize("state", ImportState)
def test_without_a_limit_there_is_no_date(state: ImportState) -> None:
    said = file_line(Installation(file_days=0, undo_days=0), made(state), ROME)
    assert said == ("File kept without a limit." if state in (*ENDED, ImportState.FAILED) else "")
    assert said == "" or state not in DRAFTS
