"""Looks the installation over: what is well, what is not, and what to do about it."""

from dataclasses import dataclass

from sqlalchemy import text as sql
from sqlalchemy.exc import DatabaseError

from crm_app import settings
from crm_app.locales import Text, text
from crm_app.models.base import now
from crm_app.services import attachments, database, secret_key
from crm_app.services.imports import retention


@dataclass(frozen=True, slots=True)
class Finding:
    ok: bool
    message: Text


def examine() -> list[Finding]:
    """Checks the folder's rights, the secret key, the room imports take, the database and its search index."""
    found = [_folder(), _secret_key(), _imports(), _attachments()]
    with database.engine().connect() as connection:
        if connection.dialect.name != "sqlite":
            return [*found, Finding(True, text("Database: PostgreSQL answers."))]
        answer = connection.execute(sql("PRAGMA integrity_check")).scalar_one()
        found.append(
            Finding(True, text("Database: intact."))
            if answer == "ok"
            else Finding(False, text("Database: damaged ({answer}). Restore a backup: crm restore FILE", answer=answer))
        )
        broken = connection.execute(sql("PRAGMA foreign_key_check")).first()
        if broken:
            found.append(Finding(False, text("Database: a row refers to one that is gone. Restore a backup.")))
        found.append(_search_index(connection))
    return found


def _search_index(connection: database.Connection) -> Finding:
    try:
        connection.execute(sql("INSERT INTO contact_search(contact_search, rank) VALUES ('integrity-check', 1)"))
    except DatabaseError:
        connection.rollback()
        connection.execute(sql("INSERT INTO contact_search(contact_search) VALUES ('rebuild')"))
        connection.commit()
        return Finding(True, text("Search index: did not match the contacts and was rebuilt."))
    connection.rollback()
    return Finding(True, text("Search index: matches the contacts."))


def _secret_key() -> Finding:
    with database.reading() as session:
        message = secret_key.problem(session)
    return Finding(False, message) if message else Finding(True, text("Secret key: belongs to this database."))


def _folder() -> Finding:
    folder = settings.get().data_dir.absolute()
    if folder.stat().st_mode & 0o077:
        return Finding(False, text("Data folder: others can read it. Run: chmod 700 {folder}", folder=str(folder)))
    return Finding(True, text("Data folder: only this account can read it."))


def _imports() -> Finding:
    with database.reading() as session:
        used = retention.usage(session, now())
    message = text(
        "Files of imports: {folders} folders, {size} MB. Due to be deleted: {due}; undos due to be forgotten: {undo}.",
        folders=used.folders,
        size=round(used.size / 1_000_000, 1),
        due=used.due,
        undo=used.due_undo,
    )
    return Finding(True, message)


def _attachments() -> Finding:
    with database.reading() as session:
        used = attachments.usage(session)
    if used.missing:
        return Finding(
            False,
            text(
                "Files kept with contacts: {missing} of {files} are missing. Restore the folder “attachments” from a "
                "backup.",
                missing=used.missing,
                files=used.files,
            ),
        )
    return Finding(
        True,
        text("Files kept with contacts: {files}, {size} MB.", files=used.files, size=round(used.size / 1_000_000, 1)),
    )
