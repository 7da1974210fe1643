from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from crm_app.services import database, schema
from crm_app.services.errors import Conflict


@pytest.mark.sqlite_only
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_migrations_build_what_the_models_say(db: Path) -> None:
    with database.engine().connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_object": lambda o, name, kind, *_: not (name or "").startswith("contact_search")},
        )
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_second_upgrade_changes_nothing_and_takes_no_backup(db: Path) -> None:
    schema.upgrade()
    assert not (db / "backups").exists()


@pytest.mark.sqlite_only
def test_dropped_triggers_come_back(db: Path) -> None:
    with database.engine().begin() as connection:
        connection.execute(text("DROP TRIGGER contact_search_update"))
        connection.execute(text("DROP TABLE contact_search"))
    schema.ensure_derived(database.engine())
    with database.engine().connect() as connection:
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
    assert {"contact_search_update", "contact_search_delete"} <= set(found)
    assert inspect(database.engine()).has_table("contact_search")


def test_a_database_newer_than_the_program_is_refused(db: Path) -> None:
    with database.engine().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match="newer version"):
        schema.upgrade()


@pytest.mark.sqlite_only
def test_roles_of_an_older_database_get_the_right_to_see_colleagues_tasks(tmp_path: Path) -> None:
    engine = database.make_engine(f"sqlite:///{tmp_path}/old.sqlite")
    command.upgrade(schema.config(engine), "0013")
    insert = "INSERT INTO role (key, rank, permissions) VALUES (?, ?, ?)"
    with engine.connect() as connection, connection.begin():
        for key in ("admin", "manager", "staff", "own"):
            connection.exec_driver_sql(insert, (key, 1, '["contacts.read"]'))
    command.upgrade(schema.config(engine), "head")
    with engine.connect() as connection:
        held = dict(connection.exec_driver_sql("SELECT key, permissions FROM role").all())
    assert {key for key, permissions in held.items() if "tasks.all" in permissions} == {"admin", "manager"}
    command.downgrade(schema.config(engine), "0013")
    with engine.connect() as connection:
        left = connection.exec_driver_sql("SELECT count(*) FROM role WHERE permissions LIKE '%tasks%'").scalar()
    assert left == 0
    engine.dispose()


@pytest.mark.sqlite_only
def test_an_upgrade_keeps_who_works_here_and_what_they_own(tmp_path: Path) -> None:
    """A table that is built anew would take along what refers to it."""
    engine = database.make_engine(f"sqlite:///{tmp_path}/old.sqlite")
    command.upgrade(schema.config(engine), "0021")
    rows = (
        "INSERT OR IGNORE INTO branch (id, name) VALUES (1, 'Here')",
        "INSERT INTO role (id, key, rank, permissions) VALUES (1, 'admin', 40, '[]')",
        "INSERT INTO user (id, email, name, role_id, branch_id, language, timezone, mail_notices, active, created_at) "
        "VALUES (7, 'ada@example.org', 'Ada', 1, 1, 'en', 'UTC', 1, 1, '2026-01-01')",
        "INSERT INTO user_session (token_hash, user_id, created_at, seen_at, expires_at, ip, user_agent) "
        "VALUES ('h', 7, '2026-01-01', '2026-01-01', '2030-01-01', '', '')",
        "INSERT INTO message_template (id, name, folded, channel, is_newsletter, created_at) "
        "VALUES (1, 'Hello', 'hello', 'email', 0, '2026-01-01')",
        "INSERT INTO message_text (template_id, language, version, subject, body, at) "
        "VALUES (1, 'en', 1, 'Hello', 'Hello', '2026-01-01')",
    )
    with engine.begin() as connection:
        for row in rows:
            connection.exec_driver_sql(row)
    for revision in ("head", "0021", "head"):
        (command.upgrade if revision == "head" else command.downgrade)(schema.config(engine), revision)
        with engine.connect() as connection:
            for table in ("user_session", "message_text"):
                found = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
                assert found == 1, (revision, table)
    engine.dispose()
