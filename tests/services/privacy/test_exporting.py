"""Everything held of a person is handed out: for machines, for people, and with the files."""

import json
import zipfile
from pathlib import Path

import pytest
from sqlmodel import select

from crm_app.models import AuditEntry
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import NotFound, NotPermitted
from crm_app.services.privacy import exporting
from crm_app.services.privacy.holdings import HOLDINGS
from tests.services.privacy import world


@pytest.fixture
def archive(alice: Actor, bob: Actor, tmp_path: Path) -> zipfile.ZipFile:
    number, _ = world.fill(alice, bob)
    target = tmp_path / "person.zip"
    with database.transaction() as session:
        exporting.note(session, alice, exporting.write(session, alice, number, target))
    return zipfile.ZipFile(target)


def test_every_table_that_names_a_person_is_in_it(archive: zipfile.ZipFile) -> None:
    found = json.loads(archive.read("person.json"))
    assert {one.table for one in HOLDINGS} - {"erasure"} == set(found["tables"])
    assert all(found["tables"].values())
    (contact,) = found["tables"]["contact"]
    assert (contact["first_name"], contact["email"]) == (world.FIRST, world.MAIL)
    assert {one["text"] for one in found["tables"]["consent"]} == {"Yes, write to me"}
    assert {one["tag"] for one in found["tables"]["contact_tag"]} == {"Piano"}
    assert found["never_written_to"] and found["about"]["number"] == 1


def test_the_page_is_for_people_and_holds_no_markup_of_theirs(alice: Actor, tmp_path: Path) -> None:
    from crm_app.services.contacts import cards

    with database.transaction() as session:
        number = cards.create(session, alice, {"first_name": "<b>Ada</b>", "notes": "<script>alert(1)</script>"}).number
        page = exporting.page(session, alice, exporting.collect(session, alice, number))
    assert "&lt;b&gt;Ada&lt;/b&gt;" in page and "<script>" not in page
    assert "search_text" not in page


def test_the_files_kept_with_the_contact_come_along(archive: zipfile.ZipFile) -> None:
    assert f"files/{world.LAST}.pdf" in archive.namelist()
    assert archive.read(f"files/{world.LAST}.pdf").startswith(b"%PDF")


def test_it_is_noted_without_personal_data(archive: zipfile.ZipFile) -> None:
    with database.reading() as session:
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.action == "person.export")).all()
    assert entry.data["contact"] == 1 and not [one for one in world.CANARIES if one in str(entry.data)]


def test_who_may_not_gets_nothing(alice: Actor, bob: Actor, charlie: Actor, tmp_path: Path) -> None:
    number, _ = world.fill(alice, bob)
    with database.transaction() as session, pytest.raises(NotPermitted):
        exporting.write(session, bob, number, tmp_path / "x.zip")
    elsewhere = Actor(charlie.user_id, "c", alice.permissions, charlie.branch_ids, charlie.branch_id)
    said = []
    for one in (number, 999):
        with database.transaction() as session, pytest.raises(NotFound) as error:
            exporting.write(session, elsewhere, one, tmp_path / "x.zip")
        said.append(error.value.message.msgid)
    assert said[0] == said[1] and not (tmp_path / "x.zip").exists()
