"""Full text: SQLite's trigram index is filled in bulk for new contacts; changes and deletions follow by trigger."""

from sqlalchemy import text as sql
from sqlmodel import Session

from crm_app.services import database


def fill(session: Session, after_id: int) -> None:
    """Adds every contact with an id above `after_id` to the search index, in the caller's transaction.

    Call once per chunk with the highest id from before the inserts. PostgreSQL's index fills itself.
    """
    if database.is_sqlite(session):
        session.execute(
            sql("INSERT INTO contact_search(rowid, search_text) SELECT id, search_text FROM contact WHERE id > :after"),
            {"after": after_id},
        )


def last_id(session: Session) -> int:
    """The highest contact id, 0 on an empty table."""
    return int(session.execute(sql("SELECT coalesce(max(id), 0) FROM contact")).scalar_one())
