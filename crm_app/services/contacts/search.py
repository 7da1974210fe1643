"""Full text: what a search asks for, and SQLite's trigram index.

The index is filled in bulk for new contacts; changes and deletions follow by trigger.
"""

import re
from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, column, func, literal, table
from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from crm_app.models import Contact
from crm_app.services import database
from crm_app.services.folding import digits, fold

TRIGRAM = 3
_MARKS = "%_\\"  # of LIKE
_INDEX = table("contact_search", column("rowid"), column("search_text"))
_PHONE = re.compile(r"(?<!\S)\+?[(\d][\d ()/.-]*\d(?!\S)")


def fill(session: Session, after_id: int) -> None:
    """Adds every contact with an id above `after_id` to the search index, in the caller's transaction.

    Call once per chunk with the highest id from before the inserts. PostgreSQL's index fills itself.
    """
    if database.is_sqlite(session):
        session.execute(
            sql("INSERT INTO contact_search(rowid, search_text) SELECT id, search_text FROM contact WHERE id > :after"),
            {"after": after_id},
        )


def add(session: Session, contact_id: int) -> None:
    """Adds one contact that was written with an id of its own."""
    if database.is_sqlite(session):
        session.execute(
            sql("INSERT INTO contact_search(rowid, search_text) SELECT id, search_text FROM contact WHERE id = :id"),
            {"id": contact_id},
        )


def last_id(session: Session) -> int:
    """The highest contact id, 0 on an empty table."""
    return int(session.execute(sql("SELECT coalesce(max(id), 0) FROM contact")).scalar_one())


def terms(query: str) -> list[str]:
    """The words a contact must all hold. A phone number, however it is grouped, is one word: its digits without
    leading zeros, because the stored one may begin with the country's code.
    """
    words = _PHONE.sub(lambda match: f" {digits(match[0]).lstrip('0') or digits(match[0])} ", fold(query))
    return words.split()


def holds(session: Session, term: str) -> ColumnElement[bool]:
    """Contacts whose search text holds `term`."""
    if len(term) < TRIGRAM:
        return _word_starts_with(session, term)
    if any(mark in term for mark in _MARKS):
        find = func.instr if database.is_sqlite(session) else func.strpos
        return find(Contact.search_text, term) > 0
    if not database.is_sqlite(session):
        return col(Contact.search_text).like(f"%{term}%")
    # LIKE on the full-text table walks its trigrams; MATCH cannot take more than three letters with detail=none.
    hits = select(_INDEX.c.rowid).where(_INDEX.c.search_text.like(f"%{term}%"))
    return col(Contact.id).in_(hits)


def holds_all(session: Session, parts: Iterable[str]) -> ColumnElement[bool]:
    """Contacts whose search text holds all these parts of three letters or digits each, wherever."""
    wanted = sorted(set(parts))
    if not database.is_sqlite(session):
        return and_(*[col(Contact.search_text).like(f"%{part}%") for part in wanted])
    match = sql("contact_search MATCH :parts").bindparams(parts=" AND ".join(f'"{part}"' for part in wanted))
    return col(Contact.id).in_(select(_INDEX.c.rowid).where(match))


def _word_starts_with(session: Session, term: str) -> ColumnElement[bool]:
    """One or two letters: contacts with a word that begins so."""
    spaced = literal(" ").concat(Contact.search_text)
    found = func.instr if database.is_sqlite(session) else func.strpos
    return found(spaced, f" {term}") > 0
