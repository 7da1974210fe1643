import json
from pathlib import Path

import pytest
import typer
from sqlalchemy import text
from sqlmodel import func, select
from typer.testing import CliRunner

from crm_app.cli.undo import undo
from crm_app.models import Contact, Import, ImportState, Job
from crm_app.services import database, jobs
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.imports import steps
from tests.services.imports.conftest import Flow

app = typer.Typer()
app.command()(undo)
PEOPLE = "external_id,first_name,city\n1,Ada,Rom\n2,Kurt,Wien\n"
KEYS = "import reversed kept impossible seconds".split()


def crm_undo(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def count() -> int:
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(Contact)).one()


@pytest.fixture
def imported(inline: None, bob: Actor) -> int:
    flow = Flow(bob)
    id_ = flow.checked(PEOPLE)
    flow.commit(id_)
    with database.transaction() as session:
        session.execute(text("UPDATE contact SET city = 'Bern', version = 2 WHERE first_name = 'Ada'"))
    return id_


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    from crm_app.services.imports.reading import pool
    from tests.services.imports.conftest import InlineReader

    monkeypatch.setattr(pool, "reader", InlineReader)


def test_one_line_of_json_says_what_happened_and_again_says_the_same(imported: int) -> None:
    for _ in range(2):
        status, out, _ = crm_undo(imported, "--json", "--yes")
        answer = json.loads(out)
        assert (status, out.count("\n"), list(answer)) == (0, 1, KEYS)
        assert [answer[key] for key in KEYS[:4]] == [imported, 1, 1, 0]
        assert count() == 1
    with database.reading() as session:
        assert session.get_one(Import, imported).state == ImportState.UNDONE
        assert all(job.is_finished for job in session.exec(select(Job)).all())


def test_a_dry_run_tells_the_same_and_changes_nothing(imported: int) -> None:
    dry = json.loads(crm_undo(imported, "--dry-run", "--json")[1])
    assert count() == 2
    with database.reading() as session:
        assert session.get_one(Import, imported).state == ImportState.DONE
    real = json.loads(crm_undo(imported, "--json")[1])
    assert [dry[key] for key in KEYS[:4]] == [real[key] for key in KEYS[:4]]


def test_people_get_a_summary(imported: int) -> None:
    assert crm_undo(imported, "--dry-run")[1].startswith("Nothing was written. 2 rows in ")
    assert crm_undo(imported)[1].startswith("2 rows in ")


def test_a_missing_import_is_status_1(db: Path) -> None:
    status, out, err = crm_undo(77, "--json")
    assert status == 1
    assert json.loads(out)["error"] in err


@pytest.mark.parametrize("arguments", [("x",), ("0",), (), ("1", "--nope")])
def test_wrong_usage_is_status_2(db: Path, arguments: tuple[str, ...]) -> None:
    assert crm_undo(*arguments)[0] == 2


def test_an_import_at_work_is_status_1(inline: None, bob: Actor) -> None:
    flow = Flow(bob)
    id_ = flow.checked(PEOPLE)
    assert crm_undo(id_)[0] == 1
    with database.transaction() as session:
        steps.commit(session, flow.actor, id_)
    assert crm_undo(id_)[0] == 1


def test_an_undo_a_dead_server_left_is_taken_up(imported: int) -> None:
    """Nobody beats for the running job any more: the command takes it over and ends it."""
    with database.transaction() as session:
        job = steps.undo(session, SYSTEM, imported)
        assert jobs.claim(session, job.id or 0) is not None
        session.execute(text("UPDATE job SET heartbeat_at = '2020-01-01 00:00:00.000000' WHERE state = 'running'"))
    status, out, _ = crm_undo(imported, "--json")
    assert (status, json.loads(out)["reversed"]) == (0, 1)
