"""Rows that would become new contacts though they probably are stored ones, by the rules of the duplicates' finder.

A step of its own behind the check: it says so in the plan and changes no outcome. Somebody says in the preview which
contact a row means (`edits.resolve`). Few rows are looked for through the indexes of the base, many against all of it.
"""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from sqlmodel import Session, col, select

from crm_app.locales import Text, text
from crm_app.models import Contact, PointKind
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.contacts import search
from crm_app.services.contacts.visibility import visible_of_few
from crm_app.services.duplicates import crossing, reasons, rules, similar
from crm_app.services.duplicates.prepared import Raw
from crm_app.services.duplicates.similar import Known
from crm_app.services.fields.verdict import Level
from crm_app.services.imports import conflicts, finding, plan_file, sight
from crm_app.services.imports.collecting import held_back
from crm_app.services.imports.columns import Options
from crm_app.services.imports.conflicts import Match
from crm_app.services.imports.layout import Layout
from crm_app.services.imports.plan_file import CHOSEN, WHOLE_ROW, text_json
from crm_app.services.imports.reading.errors import ReaderDied

log = logging.getLogger(__name__)

MESSAGE = text("Probably a contact that is stored already.")
SMALL = 2_000  # contacts: so few are quickly compared with any number of rows
ROWS_AT_ONCE = 100  # rows looked for through the indexes behind a change in the preview …
CONTACTS_AT_ONCE = 50_000  # … and contacts that are read behind one
MOST = 20_000_000_000  # rows times contacts: more would take many minutes; the first rows are compared then

_NEW = f"outcome = 'create' AND NOT EXISTS (SELECT 1 FROM edit WHERE edit.row = plan.row AND idx = {CHOSEN})"  # noqa: S608
_RAW = ("first_name", "last_name", "company", "street", "postal_code", "city", "tax_number", "gender")

Child = Callable[[str, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A contact that a row probably is."""

    number: int
    score: int
    reasons: list[reasons.Reason]


@dataclass(frozen=True, slots=True)
class Offer:
    """One of the contacts a row probably is, as somebody is asked about it."""

    match: Match
    score: int
    reasons: list[Text]


def after_check(child: Child, payload: dict[str, Any]) -> None:
    """Has the reading process look for them, with the payload of the check. A process that dies spoils no check."""
    if not Options.from_json(payload["options"]).similar:
        return
    try:
        child("similar", payload)
    except ReaderDied as error:
        log.warning("probable duplicates were not looked for: %s", error.reason)


def look(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Marks the rows of a finished plan; yields `{"done", "total"}`. Payload as in `check`. Reads the database only."""
    engine = database.make_engine(payload["database"])
    actor = sight.SEER.seeing(payload)
    try:
        with Session(engine) as session, plan_file.writing(Path(payload["folder"])) as plan, held_back():
            contacts = search.last_id(session)
            strangers = _strangers(plan, limit=MOST // max(contacts, 1)) if contacts else []
            total = len(strangers)
            yield {"done": 0, "total": total}
            if not total:
                return
            plan_file.begin_change(plan)
            rows = plan.execute(f"SELECT count(*) FROM plan WHERE {_NEW}").fetchone()[0]  # noqa: S608  (ours)
            plan_file.put(plan, not_compared=rows - total)
            for share, found in _known(session, actor, strangers, contacts):
                _note(session, actor, plan, found)
                yield {"done": round(share * total), "total": total}
            tell(plan)
            plan_file.finish_change(plan)
    finally:
        engine.dispose()


def again(plan: Connection, actor: Actor, options: Options, rows: Sequence[int]) -> bool:
    """Looks for changed rows of a plan, in the caller's change of it; False when that takes a whole check."""
    if not options.similar or not _is_there(plan):
        return True
    wanted = json.dumps(list(rows))
    plan.execute("DELETE FROM similar WHERE row IN (SELECT value FROM json_each(?))", (wanted,))
    strangers = _strangers(plan, rows)
    with database.reading() as session:
        contacts = search.last_id(session)
        if len(strangers) > ROWS_AT_ONCE and contacts > CONTACTS_AT_ONCE:
            return False
        if strangers and contacts:
            for _, found in _known(session, actor, strangers, contacts):
                _note(session, actor, plan, found)
    tell(plan)
    return True


def tell(plan: Connection) -> None:
    """Makes a problem of every marked row that would still become a new contact."""
    message = text_json(MESSAGE)
    plan.execute("DELETE FROM problem WHERE idx = ? AND message = ?", (WHOLE_ROW, message))
    query = f"SELECT DISTINCT plan.row, ?, ?, ?, '' FROM similar JOIN plan ON plan.row = similar.row WHERE {_NEW}"  # noqa: S608
    plan.execute(f"INSERT INTO problem {query}", (WHOLE_ROW, Level.WARNING.value, message))


def marks(folder: Path, rows: Sequence[int] | None = None) -> dict[int, list[Mark]]:
    """By row the contacts it probably is, the surest first; of these rows, or all."""
    with plan_file.reading(folder) as plan:
        if not _is_there(plan):
            return {}
        condition = "" if rows is None else "WHERE row IN (SELECT value FROM json_each(?))"
        query = f"SELECT row, number, score, reasons FROM similar {condition} ORDER BY row, score DESC, contact_id"  # noqa: S608
        found: dict[int, list[Mark]] = {}
        for row, number, score, why in plan.execute(query, () if rows is None else (json.dumps(list(rows)),)):
            found.setdefault(row, []).append(Mark(number, score, json.loads(why)))
    return found


def contacts(session: Session, actor: Actor, folder: Path, rows: Sequence[int]) -> dict[int, list[Offer]]:
    """For each of the rows the contacts it probably is, as far as the actor may see them."""
    found = marks(folder, rows)
    wanted = sorted({mark.number for ones in found.values() for mark in ones})
    if not wanted:
        return {}
    query = select(Contact).where(among(session, col(Contact.number), wanted), *visible_of_few(actor))
    by_number = {contact.number: conflicts.described(contact) for contact in session.exec(query)}
    return {
        row: [Offer(by_number[m.number], m.score, reasons.texts(m.reasons)) for m in ones if m.number in by_number]
        for row, ones in found.items()
        if any(m.number in by_number for m in ones)
    }


def not_compared(folder: Path) -> int:
    """How many new rows were too many to be compared with so many contacts."""
    with plan_file.reading(folder) as plan:
        return int(plan_file.fetch(plan, "not_compared") or 0)


def kept(plan: Connection) -> list[tuple[Any, ...]]:
    """The marks, for `put_back` behind a check made at once."""
    return plan.execute("SELECT * FROM similar").fetchall() if _is_there(plan) else []


def put_back(plan: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """The marks that `kept` gave, in a plan made anew; a row that is no new contact any more just has some."""
    plan.executemany("INSERT OR REPLACE INTO similar VALUES (?, ?, ?, ?, ?)", rows)


def _is_there(plan: Connection) -> bool:
    """Whether the check was made by a program that looks for them."""
    return plan.execute("SELECT 1 FROM sqlite_master WHERE name = 'similar'").fetchone() is not None


def _strangers(plan: Connection, rows: Sequence[int] | None = None, limit: int = -1) -> list[Raw]:
    """Rows that would become new contacts and of which nobody has said who they are; their ids are below 0."""
    layout = Layout.from_json(plan_file.fetch(plan, "layout"))
    branch = (plan_file.fetch(plan, "branch_ids") or [0])[0]
    condition = "" if rows is None else "AND row IN (SELECT value FROM json_each(?))"
    query = f"SELECT row, data FROM plan WHERE {_NEW} {condition} ORDER BY row LIMIT {limit}"  # noqa: S608  (ours)
    found = plan.execute(query, () if rows is None else (json.dumps(list(rows)),))
    return [_stranger(-row, branch, layout, json.loads(data)) for row, data in found]


def _stranger(id_: int, branch: int, layout: Layout, data: list[Any]) -> Raw:
    values = dict(zip(layout.targets, data[0], strict=True))
    norms = dict(zip(layout.points, data[1], strict=True))
    further = data[5] if len(data) > 5 else ()
    mails = [norms.get("email"), *(point[3] for point in further or () if point[0] == PointKind.EMAIL)]
    phones = [norms.get("phone"), norms.get("mobile"), *(p[3] for p in further or () if p[0] == PointKind.PHONE)]
    born = values.get("birth_date")
    return Raw(
        id_,
        branch,
        **{name: values.get(name) for name in _RAW},
        birth_date=date.fromisoformat(born) if born else None,
        emails=tuple(dict.fromkeys(filter(None, mails))),
        phones=tuple(dict.fromkeys(filter(None, phones))),
    )


def _known(
    session: Session, actor: Actor, strangers: Sequence[Raw], contacts: int
) -> Iterator[tuple[float, dict[int, list[Known]]]]:
    """Whichever way is shorter: a look into the indexes takes some 20 ms a row, reading the base 0.1 ms a contact."""
    by = rules.current(session)
    if contacts <= SMALL or len(strangers) > max(ROWS_AT_ONCE, contacts // 200):
        yield from crossing.known(session, visible_of_few(actor), strangers, by)
        return
    for place, one in enumerate(strangers):
        found = similar.rated(session, actor, one, by, limit=crossing.BEST)
        yield (place + 1) / len(strangers), {one.id: found}


def _note(session: Session, actor: Actor, plan: Connection, found: dict[int, list[Known]]) -> None:
    ids = sorted({one.contact_id for ones in found.values() for one in ones})
    numbers = finding.numbers(session, actor, ids)
    plan.executemany(
        "INSERT OR REPLACE INTO similar VALUES (?, ?, ?, ?, ?)",
        [
            (-stranger, one.contact_id, numbers[one.contact_id], one.score, plan_file.encode(one.reasons))
            for stranger, ones in found.items()
            for one in ones
            if one.contact_id in numbers
        ],
    )
