"""A database file that cannot be used is named, and stays as it is."""

from pathlib import Path

import pytest

from crm_app.services import backup, database, restoring, startup
from crm_app.services.errors import CRMError


def overwrite(path: Path) -> None:
    path.write_bytes(b"nonsense" * 2048)


def halve(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 8192 * 4096])


@pytest.mark.sqlite_only
@pytest.mark.parametrize("spoil", [overwrite, halve])
def test_a_damaged_database_is_named_and_never_made_anew(db: Path, spoil) -> None:
    path = db / "crm.sqlite"
    database.dispose()
    spoil(path)
    before = path.read_bytes()
    with pytest.raises(CRMError, match=r"crm\.sqlite is not a usable database"):
        startup.prepare()
    assert path.read_bytes() == before


@pytest.mark.sqlite_only
def test_an_emptied_database_is_no_new_installation(db: Path, tmp_path: Path) -> None:
    kept = backup.create(database.engine(), target=tmp_path / "kept.sqlite")
    path = db / "crm.sqlite"
    database.dispose()
    path.write_bytes(b"")
    with pytest.raises(CRMError, match=r"crm\.sqlite is no database any more: it is empty.*delete this file"):
        startup.prepare()
    assert path.read_bytes() == b"" and not path.with_name("crm.sqlite-wal").exists()
    assert restoring.restore(database.engine(), kept).kept is None, "of nothing no copy is kept"
    startup.prepare()


@pytest.mark.sqlite_only
def test_without_a_file_a_new_installation_begins(data_dir: Path) -> None:
    startup.prepare()
    assert (data_dir / "crm.sqlite").stat().st_size


@pytest.mark.sqlite_only
def test_an_empty_file_is_no_backup(db: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.sqlite"
    empty.touch()
    before = (db / "crm.sqlite").read_bytes()
    with pytest.raises(CRMError, match="0 bytes"):
        restoring.restore(database.engine(), empty)
    assert (db / "crm.sqlite").read_bytes() == before


def test_a_second_start_changes_nothing(db: Path) -> None:
    startup.prepare()
    startup.prepare()
