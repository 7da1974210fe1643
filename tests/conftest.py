"""A migrated SQLite file for every test that asks for one, and the cast: alice (admin), bob (colleague), charlie."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from sqlmodel import Session, select

from crm_app import settings
from crm_app.jobs import imports
from crm_app.models import Role, User
from crm_app.models.permission import BUILT_IN_ROLES
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.imports.reading import pool
from tests import postgres_databases
from tests.postgres_databases import migrate

# No test judges by the clock: a machine may be busy with something else.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

POSTGRES = os.environ.get("CRM_TEST_POSTGRES", "")


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Path]:
    """A database with schema and seed, copied for each test: a file, or a template on `make test-postgres`."""
    if POSTGRES:
        with postgres_databases.template(POSTGRES, worker_id):
            yield Path()
        return
    path = tmp_path_factory.mktemp("template") / "crm.sqlite"
    engine = database.make_engine(f"sqlite:///{path}")
    migrate(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    yield path


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty data folder with the settings pointing at it."""
    monkeypatch.setenv("CRM_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    settings.get.cache_clear()
    database.dispose()
    imports.stopping.clear()  # a server that a test before ended in this process told its workers to stop
    yield tmp_path / "data"
    database.dispose()
    settings.get.cache_clear()


@pytest.fixture
def db(data_dir: Path, migrated_database: Path, worker_id: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A ready database in the data folder; use `database.transaction()` and `database.reading()`."""
    if not POSTGRES:
        shutil.copy(migrated_database, data_dir / "crm.sqlite")
        yield data_dir
        return
    with postgres_databases.copy(POSTGRES, worker_id) as url:
        monkeypatch.setenv("CRM_DATABASE_URL", url)
        settings.get.cache_clear()
        yield data_dir
        database.dispose()
        pool.tidy(older_than=0)  # a reading process holds a connection too


@pytest.fixture(scope="session", autouse=True)
def no_reading_process_is_left() -> Iterator[None]:
    yield
    pool.tidy(older_than=0)


def add_user(session: Session, name: str, role: str, **values: object) -> User:
    role_id = session.exec(select(Role.id).where(Role.key == role)).one()
    user = User(email=f"{name}@example.org", name=name.title(), role_id=role_id, **values)
    session.add(user)
    session.flush()
    return user


@pytest.fixture
def cast(db: Path) -> dict[str, Actor]:
    """alice is admin, bob is staff, victor may only look; charlie belongs to another branch."""
    from crm_app.models import Branch

    made = {}
    with database.transaction() as session:
        session.add(Branch(id=2, name="Elsewhere"))
        session.flush()
        for name, role, branch in (
            ("alice", "admin", 1),
            ("bob", "staff", 1),
            ("victor", "viewer", 1),
            ("charlie", "staff", 2),
        ):
            user = add_user(session, name, role, branch_id=branch)
            made[name] = Actor(
                user_id=user.id,
                name=user.name,
                permissions=BUILT_IN_ROLES[role][1],
                branch_ids=frozenset({branch}),
                branch_id=branch,
            )
    return made


@pytest.fixture
def alice(cast: dict[str, Actor]) -> Actor:
    return cast["alice"]


@pytest.fixture
def bob(cast: dict[str, Actor]) -> Actor:
    return cast["bob"]


@pytest.fixture
def charlie(cast: dict[str, Actor]) -> Actor:
    return cast["charlie"]


@pytest.fixture
def victor(cast: dict[str, Actor]) -> Actor:
    return cast["victor"]
