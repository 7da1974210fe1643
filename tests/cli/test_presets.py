"""`crm import --preset`: choices made in the wizard, used by a script."""

import json
from pathlib import Path

import pytest
from sqlmodel import select

from crm_app.models import Contact, Import
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.imports import presets
from tests.cli.test_import import count, crm_import, file, quick  # noqa: F401
from tests.services.imports.conftest import Flow

CHOSEN: dict[str, str | None] = {"Vorname": "first_name", "Nachname": "last_name", "E-Mail": None, "Unsinn": "notes"}


@pytest.fixture
def preset(bob: Actor, file: Path, quick: None) -> str:  # noqa: F811
    """bob's, not shared: whoever has the command line sees all of them."""
    flow = Flow(bob)
    id_ = flow.bring(file.read_text())
    flow.map(id_, CHOSEN, tags=("Fair",))
    with database.transaction() as session:
        presets.save(session, bob, id_, "Messe", False)
        session.delete(session.get_one(Import, id_))
    return "messe"


def test_a_preset_maps_the_file(file: Path, preset: str) -> None:  # noqa: F811
    status, out, _ = crm_import(file, "--preset", preset, "--json", "--yes")
    assert (status, json.loads(out)["create"]) == (0, 3), "the bad e-mail is left out"
    with database.reading() as session:
        ada = session.exec(select(Contact).where(Contact.first_name == "Ada")).one()
    assert (ada.notes, ada.email) == ("x", None)


def test_a_dry_run_with_a_preset_tells_the_same(file: Path, preset: str) -> None:  # noqa: F811
    dry = json.loads(crm_import(file, "--preset", preset, "--dry-run", "--json")[1])
    assert (dry["create"], count(Contact)) == (3, 0)


def test_what_is_said_beside_it_counts_more(file: Path, preset: str) -> None:  # noqa: F811
    arguments = ("--preset", preset, "--map", "E-Mail=email", "--match", "email", "--tag", "Extra", "--json", "--yes")
    answer = json.loads(crm_import(file, *arguments)[1])
    assert (answer["create"], answer["invalid"]) == (2, 1)
    with database.reading() as session:
        found = session.get_one(Import, answer["import"])
    assert (found.options["tags"], found.options["match_key"]) == (["Fair", "Extra"], "email")


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_an_unknown_preset_says_what_there_is(file: Path, preset: str, dry: tuple[str, ...]) -> None:  # noqa: F811
    status, _, err = crm_import(file, "--preset", "Nope", "--yes", *dry)
    assert status == 2
    assert "“Nope”" in err and "Messe" in err and "Google Contacts" in err and err.count("\n") == 1
    assert count(Import) == 0


def test_a_preset_that_knows_no_column_is_wrong_usage(file: Path, quick: None) -> None:  # noqa: F811
    status, _, err = crm_import(file, "--preset", "Mailchimp", "--yes")
    assert status == 2
    assert "none of the columns" in err
    assert count(Import) == 0
