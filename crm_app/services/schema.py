"""Brings a database to this program's schema: a backup first, then Alembic's migrations, then what is derived."""

import logging
from pathlib import Path
from zlib import crc32

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlmodel import Session

from crm_app import locales
from crm_app.services import backup, custom_fields, database, statistics
from crm_app.services.contacts import derived, own_values, sorting
from crm_app.services.errors import Conflict

log = logging.getLogger(__name__)

# SQLite's full text copies nothing: it reads `contact` itself. Inserts are filled in bulk by services/contacts/search.
_SQLITE_DERIVED = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS contact_search USING fts5("
    "search_text, content='contact', content_rowid='id', tokenize='trigram', detail=none)",
    "CREATE TRIGGER IF NOT EXISTS contact_search_update AFTER UPDATE OF search_text ON contact "
    "WHEN old.search_text IS NOT new.search_text BEGIN "
    "INSERT INTO contact_search(contact_search, rowid, search_text) VALUES ('delete', old.id, old.search_text); "
    "INSERT INTO contact_search(rowid, search_text) VALUES (new.id, new.search_text); END",
    "CREATE TRIGGER IF NOT EXISTS contact_search_delete AFTER DELETE ON contact BEGIN "
    "INSERT INTO contact_search(contact_search, rowid, search_text) VALUES ('delete', old.id, old.search_text); END",
)
_BOTH_DERIVED = (
    f"CREATE INDEX IF NOT EXISTS ix_contact_tax_norm ON contact ({derived.TAX_NORM.replace('contact.', '')}) "
    "WHERE tax_number IS NOT NULL",
)
_OWN_INDEX = "ix_contact_custom_"  # before key and kind of an own field: another kind is another index
# What the list is sorted by beside the columns that sort as they are (`services/contacts/sorting.py`).
_SORTED_TEXTS = ("company", "city", "email")
_APPEND_ONLY = {
    "activity": "at, kind, data",
    "audit_entry": "at, action, data",
    "login_event": "at, account, outcome",
    "enrolment_entry": "at, kind, owed, paid",
}
# Erasure marks the rows it blanks in `consent_erasure`; then all columns but these may change.
_KEPT = (
    "id", "channel", "group_id", "state", "at", "recorded_at", "source", "user_id", "import_id", "import_row", "text",
    "text_version",
)  # fmt: skip
_IS_MARKED = "EXISTS (SELECT 1 FROM consent_erasure WHERE consent_id = old.id)"
_SAME_SQLITE = " AND ".join(f'old."{name}" IS new."{name}"' for name in _KEPT)
_SAME_POSTGRES = " AND ".join(f'old."{name}" IS NOT DISTINCT FROM new."{name}"' for name in _KEPT)
SQLITE_LEDGER = (
    f"CREATE TRIGGER IF NOT EXISTS consent_update BEFORE UPDATE ON consent WHEN NOT ({_IS_MARKED} AND {_SAME_SQLITE}) "
    "BEGIN SELECT RAISE(ABORT, 'consent is append-only'); END",
    "CREATE TRIGGER IF NOT EXISTS consent_delete BEFORE DELETE ON consent "
    "BEGIN SELECT RAISE(ABORT, 'consent is append-only'); END",
    # INSERT OR REPLACE would take a row away without asking the trigger above.
    "CREATE TRIGGER IF NOT EXISTS consent_replace BEFORE INSERT ON consent "
    "WHEN EXISTS (SELECT 1 FROM consent WHERE id = new.id) "
    "BEGIN SELECT RAISE(ABORT, 'consent is append-only'); END",
)
_POSTGRES_LEDGER = (
    "CREATE OR REPLACE FUNCTION consent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF TG_OP = 'UPDATE' THEN IF {_IS_MARKED} AND {_SAME_POSTGRES} THEN RETURN new; END IF; END IF; "
    "RAISE EXCEPTION 'consent is append-only'; END $$",
    "CREATE OR REPLACE TRIGGER consent_change BEFORE UPDATE OR DELETE ON consent "
    "FOR EACH ROW EXECUTE FUNCTION consent_is_append_only()",
    "CREATE OR REPLACE TRIGGER consent_truncate BEFORE TRUNCATE ON consent "
    "FOR EACH STATEMENT EXECUTE FUNCTION consent_is_append_only()",
)
_POSTGRES_DERIVED = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX IF NOT EXISTS ix_contact_search ON contact USING gin (search_text gin_trgm_ops)",
)


def config(engine: Engine) -> Config:
    """Alembic's configuration, made here so that no file has to be found."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent.parent / "migrations"))
    made.attributes["engine"] = engine
    return made


def revision(connection: Connection) -> str | None:
    """The schema's revision in the database; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine | None = None, *, keeps_copy: bool = True) -> None:
    """Brings the database to the newest schema, a copy of it kept before. Safe to call at every start.

    Raises Conflict when the database was written by a newer program.
    """
    engine = engine or database.engine()
    scripts = ScriptDirectory.from_config(config(engine))
    known = {script.revision for script in scripts.walk_revisions()}
    with engine.connect() as connection:
        current = revision(connection)
        has_data = inspect(connection).has_table("user")
    if current is not None and current not in known:
        raise Conflict(
            locales.text(
                "The database was made by a newer version of this program (schema {revision}). "
                "Start that version, or restore the backup from before its update.",
                revision=current,
            )
        )
    if current != scripts.get_current_head():
        if has_data and keeps_copy:
            log.info("backup before migration: %s", backup.create(engine, reason="migration").name)
        command.upgrade(config(engine), "head")
        ensure_derived(engine)
        statistics.refresh(engine)  # a table that is rebuilt loses them
        return
    ensure_derived(engine)


def ensure_derived(engine: Engine) -> None:
    """Re-creates triggers and search indexes, which Alembic's batch mode drops with the table it rebuilds."""
    with engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
        for statement in _BOTH_DERIVED:
            connection.exec_driver_sql(statement)
        _ensure_fast_fields(connection)
        is_sqlite = engine.dialect.name == "sqlite"
        for name in _SORTED_TEXTS:
            key = sorting.text_key(name, is_sqlite)
            connection.exec_driver_sql(
                f"CREATE INDEX IF NOT EXISTS ix_contact_by_{name} ON contact (({key}), sort_name, id)"
            )
        if not is_sqlite:
            for statement in (*_POSTGRES_DERIVED, *_POSTGRES_LEDGER):
                connection.exec_driver_sql(statement)
            return
        is_new = not inspect(connection).has_table("contact_search")
        for statement in (*_SQLITE_DERIVED, *SQLITE_LEDGER):
            connection.exec_driver_sql(statement)
        for table, columns in _APPEND_ONLY.items():
            connection.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS {table}_append_only BEFORE UPDATE OF {columns} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        if is_new:
            connection.exec_driver_sql("INSERT INTO contact_search(contact_search) VALUES ('rebuild')")


def ensure_fast_fields(engine: Engine) -> None:
    """Makes the indexes of the own fields that are to be fast, and drops others. Takes seconds for a million."""
    with engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
        _ensure_fast_fields(connection)


def _ensure_fast_fields(connection: Connection) -> None:
    wanted = {}
    with Session(connection, join_transaction_mode="rollback_only") as session:
        for key, field in custom_fields.all_of(session).items():
            if field.is_fast:
                value = own_values.expression(field, is_sqlite=connection.dialect.name == "sqlite")
                bare = value.replace("contact.", "")
                name = f"{_OWN_INDEX}{key[:24]}_{crc32(key.encode()):x}_{field.kind.value}"
                wanted[name] = f"(({bare}), sort_name, id) WHERE ({bare}) IS NOT NULL"
    there = own_indexes(connection)
    for name in there - wanted.keys():
        connection.exec_driver_sql(f'DROP INDEX "{name}"')
    for name in wanted.keys() - there:
        connection.exec_driver_sql(f'CREATE INDEX "{name}" ON contact {wanted[name]}')


def own_indexes(connection: Connection) -> set[str]:
    """Names of the indexes that own fields have."""
    query = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'contact'"
    if connection.dialect.name != "sqlite":
        query = "SELECT indexname FROM pg_indexes WHERE tablename = 'contact'"
    return {name for name in connection.execute(text(query)).scalars() if name.startswith(_OWN_INDEX)}
