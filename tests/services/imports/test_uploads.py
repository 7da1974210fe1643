import hashlib
import os
import stat
from pathlib import Path

import pytest
from sqlmodel import func, select

from crm_app import settings
from crm_app.models import Import, ImportState
from crm_app.services import database
from crm_app.services.errors import Conflict, Invalid
from crm_app.services.imports import uploads
from tests.services.imports.conftest import Flow


def folders() -> list[Path]:
    place = settings.get().imports_dir
    return sorted(place.iterdir()) if place.exists() else []


def create(flow: Flow, stored: uploads.Stored, file_name: str = "a.csv") -> int:
    with database.transaction() as session:
        made = uploads.create(
            session, flow.actor, file_name=file_name, size=stored.size, sha256=stored.sha256, folder=stored.folder
        )
    assert made.id is not None
    return made.id


def test_a_file_is_kept_under_a_generated_name_for_this_service_only(flow: Flow) -> None:
    stored = uploads.from_text("first_name\nAda\n")
    source = settings.get().imports_dir / stored.folder / "source"
    assert stat.S_IMODE(source.stat().st_mode) == 0o600
    assert stat.S_IMODE(source.parent.stat().st_mode) == 0o700
    assert stored.sha256 == hashlib.sha256(b"first_name\nAda\n").hexdigest()
    assert len(stored.folder) == 32


def test_a_file_name_cannot_lead_anywhere(flow: Flow) -> None:
    id_ = create(flow, uploads.from_text("first_name\nAda\n"), "..\\..\\../etc/<b>.csv")
    assert flow.get(id_).file_name == "<b>.csv"


def test_nothing_stays_of_an_upload_that_broke_off(db: Path) -> None:
    with pytest.raises(ConnectionError), uploads.receiving() as receiver:
        receiver.write(b"first_name\n")
        raise ConnectionError
    assert folders() == []


def test_a_file_over_the_limit_is_refused_and_gone(db: Path, monkeypatch) -> None:
    monkeypatch.setattr(settings.get(), "upload_limit", 2048)
    with pytest.raises(Invalid, match="larger"), uploads.receiving() as receiver:
        for _ in range(3):
            receiver.write(b"x" * 1000)
    assert folders() == []


def test_nothing_pasted_is_refused(db: Path) -> None:
    with pytest.raises(Invalid):
        uploads.from_text("  \n ")


def test_an_import_without_contacts_can_be_deleted_with_its_files(flow: Flow) -> None:
    id_ = flow.checked("first_name\nAda\n")
    with database.transaction() as session:
        uploads.delete(session, flow.actor, id_)
        assert len(folders()) == 1, "files go when the transaction is in"
    assert folders() == []
    with database.reading() as session:
        assert session.exec(select(func.count()).select_from(Import)).one() == 0


def test_an_import_with_contacts_stays(flow: Flow) -> None:
    id_ = flow.checked("first_name\nAda\n")
    flow.commit(id_)
    with pytest.raises(Conflict), database.transaction() as session:
        uploads.delete(session, flow.actor, id_)
    assert flow.state(id_) is ImportState.DONE
    assert len(folders()) == 1


def test_leftovers_of_dead_uploads_are_removed_and_living_ones_kept(flow: Flow) -> None:
    kept = flow.bring("first_name\nAda\n")
    dead, fresh = uploads.from_text("a\n1\n"), uploads.from_text("b\n2\n")
    for name in ("source", ""):
        os.utime(settings.get().imports_dir / dead.folder / name, (1, 1))
        os.utime(flow.folder(kept) / name, (1, 1))
    with database.transaction() as session:
        assert uploads.clean(session) == 1
    assert {folder.name for folder in folders()} == {flow.folder(kept).name, fresh.folder}
