"""A database file that cannot be used is named, and stays as it is."""

from pathlib import Path

import pytest

from crm_app.services import database, startup
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


def test_a_second_start_changes_nothing(db: Path) -> None:
    startup.prepare()
    startup.prepare()
