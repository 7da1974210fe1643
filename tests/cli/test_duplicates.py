import json
from pathlib import Path

from typer.testing import CliRunner

from crm_app.cli import app
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards

ANNA = {"first_name": "Anna", "last_name": "Kowalczyk", "email": "anna@example.org"}


def contacts(*texts: dict[str, str]) -> None:
    with database.transaction() as session:
        for one in texts:
            cards.create(session, SYSTEM, one)


def test_each_group_is_a_line_of_json(db: Path) -> None:
    contacts(ANNA | {"external_id": "7"}, {"company": "Rossi"}, ANNA)
    answer = CliRunner().invoke(app, ["duplicates", "--json"])
    assert answer.exit_code == 0
    (line,) = answer.stdout.splitlines()
    found = json.loads(line)
    assert found["contacts"] == [{"number": 1, "external_id": "7"}, {"number": 3, "external_id": None}]
    assert found["score"] >= 90
    assert "The same e-mail address" in found["reasons"]


def test_without_json_people_read_it(db: Path) -> None:
    contacts(ANNA, ANNA)
    answer = CliRunner().invoke(app, ["duplicates", "--all"])
    assert "#1 Anna Kowalczyk, #2 Anna Kowalczyk" in answer.stdout
    assert "The same e-mail address" in answer.stdout
    assert "1 groups among 2 contacts" in answer.stderr


def test_an_empty_base_has_none(db: Path) -> None:
    answer = CliRunner().invoke(app, ["duplicates", "--json"])
    assert (answer.exit_code, answer.stdout) == (0, "")
