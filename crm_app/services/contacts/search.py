"""Full text: what a search asks for, and SQLite's trigram index.

The index is filled in bulk for new contacts; changes and deletions follow by trigger.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, column, func, literal, literal_column, select, table
from sqlalchemy import text as sql
from sqlmodel import Session, col

from crm_app.models import Contact
from crm_app.services import database
from crm_app.services.bulk import among
from crm_app.services.folding import digits, fold

TRIGRAM = 3
MOST_PARTS = 12  # of one word
RARE, FREQUENT = 10_000, 50_000  # hits of the index: listed at once, or never
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


def conditions(session: Session, words: Sequence[str]) -> list[ColumnElement[bool]]:
    """Contacts whose search text holds all these words."""
    if not database.is_sqlite(session):
        return [_holds(word) if len(word) >= TRIGRAM else _word_starts_with(session, word) for word in words]
    found = [_word_starts_with(session, word) for word in words if len(word) < TRIGRAM]
    long = [word for word in words if len(word) >= TRIGRAM]
    if not long:
        return found
    hits = _having(part for word in long for part in _parts(word))
    ids = list(session.execute(hits.limit(RARE + 1)).scalars())
    if len(ids) <= RARE:
        found.append(among(session, col(Contact.id), ids))
    elif session.execute(hits.limit(1).offset(FREQUENT)).first() is None:
        found.append(col(Contact.id).in_(hits))  # more come by soon enough while contacts are gone through
    return found + [func.instr(Contact.search_text, word) > 0 for word in long]


def holds_all(session: Session, parts: Iterable[str]) -> ColumnElement[bool]:
    """Contacts whose search text holds all these parts of three letters or digits each, wherever."""
    if not database.is_sqlite(session):
        return and_(*[col(Contact.search_text).like(f"%{part}%") for part in sorted(set(parts))])
    return col(Contact.id).in_(_having(parts))


def _having(parts: Iterable[str]) -> Select[Any]:
    """The ids of SQLite's index. Without positions (detail=none) it knows parts of three letters and no longer ones."""
    quoted = " AND ".join('"' + part.replace('"', '""') + '"' for part in sorted(set(parts)))
    return select(_INDEX.c.rowid).where(literal_column("contact_search").op("MATCH", is_comparison=True)(quoted))


def _parts(word: str) -> list[str]:
    """Three letters each, all over the word; of a long one as many as tell it from others."""
    last = len(word) - TRIGRAM
    step = max(1, -(-(last + 1) // MOST_PARTS))
    return [word[at : at + TRIGRAM] for at in sorted({*range(0, last + 1, step), last})]


def _holds(word: str) -> ColumnElement[bool]:
    if any(mark in word for mark in _MARKS):
        return func.strpos(Contact.search_text, word) > 0
    return col(Contact.search_text).like(f"%{word}%")


def _word_starts_with(session: Session, term: str) -> ColumnElement[bool]:
    """One or two letters: contacts with a word that begins so."""
    spaced = literal(" ").concat(Contact.search_text)
    found = func.instr if database.is_sqlite(session) else func.strpos
    return found(spaced, f" {term}") > 0
