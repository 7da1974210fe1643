import threading
from pathlib import Path

import pytest

from crm_app.models import ImportState, JobState, Outcome
from crm_app.services import database, jobs
from crm_app.services.errors import Invalid
from crm_app.services.imports import choice, direct, steps
from crm_app.services.imports.choice import Wish
from tests.services.imports.conftest import Flow

SUGGESTED = [{"target": "first_name"}, {"target": "email"}, {"target": None}]
HEADERS = ["Vorname", "E-Mail", "Kürzel"]


def silent(*_: object) -> None: ...


def test_the_command_line_waits_while_somebody_else_commits(flow: Flow, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(direct, "WAIT_SECONDS", 0.01)
    other = flow.checked("first_name\nAda\n")
    with database.transaction() as session:
        held = jobs.claim(session, steps.commit(session, flow.actor, other).id)
    assert held is not None
    path = tmp_path / "people.csv"
    path.write_text("first_name\nKurt\n")
    waited, results = threading.Event(), []

    def run() -> None:
        def on_progress(step: str, *_: int) -> None:
            if step == "wait":
                waited.set()

        wish = Wish(maps=["first_name=first_name"])
        results.append(direct.run(path, wish, on_progress=on_progress, confirm=lambda _: True))

    thread = threading.Thread(target=run)
    thread.start()
    assert waited.wait(20)
    with database.transaction() as session:
        jobs.finish(session, held, JobState.FAILED)
    thread.join(20)
    assert results[0].counts[Outcome.CREATE] == 1


def test_a_refused_question_leaves_nothing(flow: Flow, tmp_path: Path, db: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("first_name\nKurt\n")
    wish = Wish(maps=["first_name=first_name"])
    result = direct.run(path, wish, on_progress=silent, confirm=lambda counts: counts[Outcome.CREATE] != 1)
    assert result.import_id is None
    assert list((db / "imports").iterdir()) == []


def test_ctrl_c_in_a_commit_leaves_a_cancelled_import_that_can_go_on(flow: Flow, tmp_path: Path, monkeypatch) -> None:
    from crm_app.services.imports import pace

    for name in ("FIRST", "SMALLEST", "LARGEST"):
        monkeypatch.setattr(pace, name, 10)
    path = tmp_path / "people.csv"
    path.write_text("first_name\n" + "".join(f"P{n}\n" for n in range(50)))

    def interrupt(step: str, done: int, _total: int) -> None:
        if step == "commit" and done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        direct.run(path, Wish(maps=["first_name=first_name"]), on_progress=interrupt, confirm=lambda _: True)
    assert flow.state(1) is ImportState.CANCELLED
    assert flow.commit(1) == {"create": 50}


def test_wishes_go_over_suggestions() -> None:
    columns, options = choice.choose(HEADERS, SUGGESTED, Wish(maps=["kurzel=external_id"], tags=["Messe"]))
    assert [column.target for column in columns] == ["first_name", "email", "external_id"]
    assert (options.match_key, options.tags) == ("external_id", ("Messe",))
    columns, options = choice.choose(HEADERS, SUGGESTED, Wish(maps=["Kürzel=email"], match="email"))
    assert [column.target for column in columns] == ["first_name", None, "email"]
    columns, options = choice.choose(HEADERS, SUGGESTED, Wish(maps=["E-Mail="]))
    assert [column.target for column in columns] == ["first_name", None, None]
    assert options.match_key is None


def test_a_header_with_an_equals_sign_can_be_named() -> None:
    columns, _ = choice.choose(["a=b"], [{"target": None}], Wish(maps=["a=b=first_name"]))
    assert columns[0].target == "first_name"


def test_a_header_that_is_there_twice_is_ambiguous() -> None:
    with pytest.raises(Invalid, match="several"):
        choice.choose(["x", "x"], [{"target": None}] * 2, Wish(maps=["x=email"]))
