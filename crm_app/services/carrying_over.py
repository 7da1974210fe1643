"""What a replaced database knows more than the restored one: entries of the ledger, suppressions, erasures, requests.

The source is read as it is, whatever its schema; columns that the restored database has not are left out.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, select

from crm_app.locales import Text, ntext, text
from crm_app.models import (
    Channel,
    Consent,
    ConsentPolicy,
    ConsentState,
    Counter,
    Erasure,
    Import,
    PrivacyRequest,
    SecretKey,
    Suppression,
    SuppressionReason,
    Tag,
    User,
)
from crm_app.models.base import UTCDateTime
from crm_app.services import audit, carrying_messages, secret_key
from crm_app.services.actor import SYSTEM
from crm_app.services.consent import erasure as ledger
from crm_app.services.consent import suppression
from crm_app.services.consent.suppression import Address
from crm_app.services.errors import Conflict, NotFound
from crm_app.services.folding import fold
from crm_app.services.privacy import erasing, files, persons, quotes
from crm_app.services.privacy.persons import Needles, Person

Row = dict[str, Any]
_SAME = ("channel", "group_id", "state", "at", "recorded_at", "source", "text_version")  # never blanked


@dataclass(slots=True)
class Carried:
    """How much came over; `files` belong to erased people and are to be deleted, `notes` are for people."""

    consents: int = 0
    suppressions: int = 0
    erasures: int = 0
    requests: int = 0
    files: list[Path] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)


def carry(session: Session, source: sqlite3.Connection) -> Carried:
    """Brings it over into the restored database, in the caller's transaction. Nothing is ever raised by it but what a
    person confirmed since. Raises Conflict without the right secret key where it is needed."""
    found = Carried()
    _raise_counters(session, source)
    if not _has_table(source, "consent"):
        return found
    _take_key(session, source, found)
    users, groups = _users(session, source), _groups(session, source)
    confirmed = _carry_consents(session, source, users, groups, found)
    _carry_policy(session, source)
    _carry_suppressions(session, source, confirmed, found)
    _carry_requests(session, source, users, found)
    _carry_erasures(session, source, users, found)
    found.notes += carrying_messages.carry(session, source, groups, rows=_typed_rows)
    audit.record(
        session,
        SYSTEM,
        "backup.restored",
        consents=found.consents,
        suppressions=found.suppressions,
        erasures=found.erasures,
        requests=found.requests,
    )
    return found


def _raise_counters(session: Session, source: sqlite3.Connection) -> None:
    """A number that was given since the backup is not given again: the ledger and certificates know people by it."""
    for row in _rows(source, "counter"):
        here = session.get(Counter, row["name"]) or Counter(name=row["name"])
        here.value = max(here.value, row["value"])
        session.add(here)
    session.flush()


def _take_key(session: Session, source: sqlite3.Connection, found: Carried) -> None:
    """The fingerprint of the key, where the backup is from before its first use."""
    theirs = next(iter(_rows(source, "secret_key")), None)
    here = session.get(SecretKey, 1)
    if theirs is None:
        return
    if here is None:
        session.add(SecretKey(**_typed("secret_key", theirs)))
        session.flush()
    elif here.fingerprint != theirs["fingerprint"]:
        found.notes.append(
            text("The backup was made with another secret key. Its suppressed addresses are not those of before.")
        )


def _users(session: Session, source: sqlite3.Connection) -> dict[int, int]:
    """Ids of users there and here, of those who are the same by their address."""
    here = {user.email.lower(): user.id for user in session.exec(select(User)).all()}
    theirs = {row["id"]: str(row["email"]).lower() for row in _rows(source, "user")}
    return {id_: int(here[email] or 0) for id_, email in theirs.items() if email in here}


def _groups(session: Session, source: sqlite3.Connection) -> dict[int, int]:
    """Ids of newsletter groups there and here; those made since the backup are made again."""
    query = "SELECT DISTINCT group_id FROM consent WHERE group_id IS NOT NULL"
    used = {row["group_id"] for row in source.execute(query)}
    found: dict[int, int] = {}
    for row in _rows(source, "tag") if used else ():
        if row["id"] not in used:
            continue
        here = session.exec(select(Tag).where(Tag.folded == (row["folded"] or fold(row["name"])))).first()
        if here is None:
            here = Tag(name=row["name"], folded=row["folded"], is_group=True)
            session.add(here)
            session.flush()
        found[row["id"]] = here.id or 0
    return found


def _carry_consents(
    session: Session, source: sqlite3.Connection, users: Mapping[int, int], groups: Mapping[int, int], found: Carried
) -> set[Address]:
    """Entries the backup does not have, in their order; the addresses that were confirmed among them. What was blanked
    since is blanked here too."""
    columns = [getattr(Consent, name) for name in ("id", "norm", *_SAME)]
    here = {entry.id: entry for entry in session.execute(select(*columns))}
    imports = {one.id: one.folder for one in session.exec(select(Import)).all()}
    theirs_imports = {row["id"]: row["folder"] for row in _rows(source, "import")}
    confirmed: set[Address] = set()
    blanked: list[int] = []
    for row in _typed_rows(source, "consent"):
        there = here.get(row["id"])
        if there is not None and all(getattr(there, name) == row[name] for name in _SAME):
            if there.norm and not row["norm"]:
                blanked.append(row["id"])
            continue
        if row["import_id"] is not None and imports.get(row["import_id"]) != theirs_imports.get(row["import_id"]):
            row["import_id"] = row["import_row"] = None
        row["user_id"] = users.get(row["user_id"])
        row["group_id"] = groups.get(row["group_id"], row["group_id"])
        session.execute(insert(Consent).values({name: value for name, value in row.items() if name != "id"}))
        found.consents += 1
        if row["state"] == ConsentState.CONFIRMED and row["norm"]:
            confirmed.add((Channel(row["channel"]), row["norm"]))
    ledger.blank_entries(session, blanked)
    return confirmed


def _carry_policy(session: Session, source: sqlite3.Connection) -> None:
    for row in _rows(source, "consent_policy"):
        here = session.get(ConsentPolicy, 1) or ConsentPolicy()
        here.imported_is_mailable = bool(row["imported_is_mailable"])
        session.add(here)
    session.flush()


def _carry_suppressions(session: Session, source: sqlite3.Connection, confirmed: set[Address], found: Carried) -> None:
    """All of theirs; of those here only what the person's own confirmation since the backup lifted goes."""
    theirs = {(row["hash"], row["reason"]): _typed("suppression", row) for row in _rows(source, "suppression")}
    here = {(one.hash, one.reason) for one in session.exec(select(Suppression)).all()}
    for at, row in theirs.items():
        if at not in here:
            session.add(Suppression(**row))
            found.suppressions += 1
    session.flush()
    gone = {at for at in here if at not in theirs and at[1] == SuppressionReason.REVOKED}
    if not gone or not confirmed:
        return
    key = secret_key.existing(session)
    for address in confirmed:
        if (suppression.hash_of(key, address), SuppressionReason.REVOKED.value) in gone:
            suppression.remove(session, address, [SuppressionReason.REVOKED])


def _carry_requests(session: Session, source: sqlite3.Connection, users: Mapping[int, int], found: Carried) -> None:
    here = {(one.created_at, one.kind) for one in session.exec(select(PrivacyRequest)).all()}
    for row in _typed_rows(source, "privacy_request"):
        if (row["created_at"], row["kind"]) in here:
            continue
        row |= {name: users.get(row[name]) for name in ("created_by_id", "answered_by_id")}
        if session.get(PrivacyRequest, row["id"]) is not None:
            row.pop("id")
        session.execute(insert(PrivacyRequest).values(row))
        found.requests += 1


def _carry_erasures(session: Session, source: sqlite3.Connection, users: Mapping[int, int], found: Carried) -> None:
    """Certificates the backup does not have: the people are erased here too, finished there or not."""
    here = {(one.number, one.asked_at) for one in session.exec(select(Erasure)).all()}
    unsure: list[int] = []
    for row in _typed_rows(source, "erasure"):
        if (row["number"], row["asked_at"]) in here:
            continue
        row |= {"user_id": users.get(row["user_id"]), "job_id": None}
        if session.get(Erasure, row["id"]) is not None:
            row.pop("id")
        certified = {name: row[name] for name in ("erased_at", "cleaned_at", "counts")}
        made = Erasure(**(row | {"erased_at": None, "cleaned_at": None}))
        session.add(made)
        session.flush()
        found.erasures += 1
        person = _person(session, made.number)
        if person is not None:
            if not _is_meant(session, person):
                unsure.append(made.number)
                continue
            found.files += files.files_of(session, person)
            needles = Needles.of(person)
            counts = erasing.erase(session, SYSTEM, made, needles, quotes.find(session, needles))
            certified["counts"] = certified["counts"] or dict(counts)
        made = session.get_one(Erasure, made.id)
        made.erased_at = certified["erased_at"] or made.asked_at
        made.cleaned_at = certified["cleaned_at"] or made.erased_at
        made.counts = certified["counts"]
        session.add(made)
        session.flush()
    if unsure:
        listed = ", ".join(f"#{number}" for number in unsure)
        found.notes.append(
            ntext(
                "{n} contact was erased since the backup, and it is not sure that the backup means the same person. "
                "Look at it and erase it: {numbers}",
                "{n} contacts were erased since the backup, and it is not sure that the backup means the same people. "
                "Look at them and erase them: {numbers}",
                len(unsure),
                numbers=listed,
            )
        )


def _person(session: Session, number: int) -> Person | None:
    try:
        return persons.get(session, SYSTEM, number)
    except NotFound:
        return None


def _is_meant(session: Session, person: Person) -> bool:
    """Whether the contact is the one that was erased: one of its addresses is suppressed as erased. A backup of another
    installation has other people under the same numbers. Who has no address is known by the number alone."""
    if not person.own:
        return True
    try:
        known = suppression.reasons(session, person.own)
    except Conflict:
        return False
    return any(SuppressionReason.ERASED in reasons for reasons in known.values())


def _rows(source: sqlite3.Connection, table: str) -> Iterator[Row]:
    """In the order of their keys; none of a table that was not there yet."""
    if _has_table(source, table):
        yield from map(dict, source.execute(f'SELECT * FROM "{table}" ORDER BY 1'))  # noqa: S608  (our names)


def _typed_rows(source: sqlite3.Connection, table: str) -> Iterator[Row]:
    """The same, as the models have them."""
    return (_typed(table, row) for row in _rows(source, table))


def _has_table(source: sqlite3.Connection, table: str) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return source.execute(query, (table,)).fetchone() is not None


def _typed(name: str, row: Mapping[str, Any]) -> Row:
    """A row as the driver gives it, as the models have it."""
    columns = SQLModel.metadata.tables[name].c
    found: Row = {}
    for key, value in row.items():
        if key not in columns:
            continue
        kind = columns[key].type
        if isinstance(kind, UTCDateTime) and isinstance(value, str):
            value = kind.process_result_value(datetime.fromisoformat(value), None)  # type: ignore[arg-type]
        elif isinstance(value, str) and kind.__class__.__name__ == "JSON":
            value = json.loads(value)
        elif isinstance(value, str) and kind.__class__.__name__ == "Date":
            value = datetime.fromisoformat(value).date()
        found[key] = value
    return found
