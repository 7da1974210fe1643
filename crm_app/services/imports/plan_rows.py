"""What a check writes: one row of the plan for each row of the file, and the problems of these rows."""

from collections.abc import Mapping, Sequence
from sqlite3 import Connection
from typing import Any

from crm_app.locales import text
from crm_app.models import Outcome
from crm_app.services.fields.verdict import Level
from crm_app.services.imports import plan_file
from crm_app.services.imports.judging import Flaw, Judged
from crm_app.services.imports.matching import Candidate, Decision
from crm_app.services.imports.plan_file import WHOLE_ROW, text_json

EMPTY_ROW = text("The row is empty.")
BY_HAND = text("You left this row out.")

_TAKEN = (Outcome.CREATE, Outcome.UPDATE, Outcome.UNCHANGED)


def write(
    plan: Connection, judged: Judged, decisions: Sequence[Decision], chosen: Mapping[int, int], *, keeps_all: bool
) -> None:
    """Writes a chunk of rows, one decision each. `chosen`: contacts by row that somebody said they mean; `keeps_all`:
    rows that are left out keep their data too, another rule may take them up.
    """
    rows: list[tuple[Any, ...]] = []
    problems: list[tuple[Any, ...]] = []
    for place, decision in enumerate(decisions):
        row, key, data = judged.rows[place], judged.keys[place], None
        taken = decision.outcome in _TAKEN
        if taken or (decision.outcome is not Outcome.INVALID and keeps_all):
            data = _data(judged, place, chosen.get(row))
        changes = plan_file.encode(decision.changes) if decision.changes else None
        reason = text_json(decision.reason) if decision.reason else None
        rows.append((row, decision.outcome.value, decision.contact_id, decision.version, key, reason, data, changes))
        flaws = judged.flaws.get(place, ()) if decision.reason is not BY_HAND else ()
        problems.extend((row, f.index, f.level.value, text_json(f.message), _value(f)) for f in flaws)
        if not taken and reason and not flaws and decision.reason not in (EMPTY_ROW, BY_HAND):
            level = Level.WARNING if decision.outcome is Outcome.SKIP else Level.ERROR
            problems.append((row, WHOLE_ROW, level.value, reason, ""))
    plan.executemany(
        "INSERT INTO plan(row, outcome, contact_id, version, key, reason, data, changes) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    plan.executemany("INSERT INTO problem VALUES (?, ?, ?, ?, ?)", problems)


def refuse_unread(plan: Connection) -> int:
    """Records that could not be read are invalid rows with the reader's reason. Returns how many there are."""
    query = (
        "SELECT row, level, min(message), value FROM note "  # noqa: S608  (a constant of ours)
        f"WHERE row IN ({plan_file.REFUSED}) AND level = 'error' GROUP BY row"
    )
    found = plan.execute(query).fetchall()
    plan.executemany(
        "INSERT INTO plan(row, outcome, reason) VALUES (?, 'invalid', ?)",
        [(row, message) for row, _, message, _ in found],
    )
    plan.executemany(
        "INSERT INTO problem VALUES (?, ?, ?, ?, ?)",
        [(row, WHOLE_ROW, level, message, value) for row, level, message, value in found],
    )
    return len(found)


def candidate_of(judged: Judged, place: int) -> Candidate:
    """A judged row as the matching takes it."""
    return Candidate(
        judged.rows[place],
        judged.keys[place],
        judged.values[place],
        judged.norms[place],
        judged.tags[place] if judged.tags else [],
        judged.clears.get(place, ()),
        judged.consents[place] if judged.consents else (),
        judged.further[place] if judged.further else (),
    )


def _data(judged: Judged, place: int, chosen: int | None) -> str:
    """What the commit needs of a row, as JSON: `Candidate.data`, without making one for each row."""
    if judged.consents or judged.further or chosen is not None:
        candidate = candidate_of(judged, place)
        candidate.chosen = chosen
        return candidate.data
    tags = judged.tags[place] if judged.tags else []
    return plan_file.encode([judged.values[place], judged.norms[place], tags, judged.clears.get(place, ())])


def _value(flaw: Flaw) -> str:
    return flaw.value if plan_file.is_storable(flaw.value) else flaw.value.encode("utf-8", "replace").decode()
