"""Rows of one file that mean the same contact, when the last one counts or all of them together.

Runs behind the last row of a check, on the plan that let the first one count: those rows are decided anew, and
nothing else changes.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from sqlite3 import Connection

from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import Outcome
from crm_app.services.fields.verdict import Level
from crm_app.services.imports import further_points, plan_file
from crm_app.services.imports.columns import InFile
from crm_app.services.imports.layout import Layout
from crm_app.services.imports.matching import Candidate, Decision, Matcher
from crm_app.services.imports.plan_file import WHOLE_ROW, text_json

GROUPS = 500  # contacts decided at a time
_TOLD = (Outcome.SKIP, Outcome.INVALID, Outcome.CONFLICT)
LAST_COUNTS = text("The same contact as in row {row}; the last row counts.").msgid
MERGED = text("The same contact as in row {row}; what that row left blank was taken from here.").msgid


def settle(
    session: Session, plan: Connection, matcher: Matcher, later: Mapping[int, Sequence[int]], rule: InFile
) -> Counter[str]:
    """Decides the rows of `later` (rows behind the first, by the first) again; answers how the counts change."""
    change: Counter[str] = Counter()
    groups = [[first, *rows] for first, rows in later.items()]
    for start in range(0, len(groups), GROUPS):
        some = groups[start : start + GROUPS]
        found, before = _load(plan, [row for group in some for row in group])
        winners = [_winner(matcher.layout, [found[row] for row in group], rule) for group in some]
        decided: list[tuple[Candidate, Decision]] = []
        for group, winner, decision in zip(some, winners, matcher.decide(session, winners), strict=True):
            reason = text(LAST_COUNTS if rule is InFile.LAST else MERGED, row=winner.row)
            decided.append((winner, decision))
            decided += [(found[row], Decision(Outcome.SKIP, reason=reason)) for row in group if row != winner.row]
        _write(plan, decided)
        change.update(Counter(decision.outcome for _, decision in decided))
        change.subtract(Counter(before))
        session.rollback()  # no snapshot is held for long
    return change


def _winner(layout: Layout, rows: Sequence[Candidate], rule: InFile) -> Candidate:
    """The last row; or the first, its blanks filled from the later ones in their order, with the tags of all."""
    if rule is InFile.LAST:
        return rows[-1]
    first = rows[0]
    sources = {
        target: next((row for row in rows if row.values[place] is not None), first)
        for place, target in enumerate(layout.targets)
    }
    values = [source.values[place] for place, source in enumerate(sources.values())]
    norms = [sources[target].norms[place] for place, target in enumerate(layout.points)]
    tags: dict[str, str] = {}
    for row in rows:
        for name in row.tags:
            tags.setdefault(name.casefold(), name)
    points = further_points.different([point for row in rows for point in row.further], ())
    return Candidate(
        first.row, first.key, values, norms, list(tags.values()), first.clears, first.consents, points, first.chosen
    )


def _load(plan: Connection, rows: Sequence[int]) -> tuple[dict[int, Candidate], list[str]]:
    """The rows as they were judged, and their outcomes so far."""
    query = "SELECT row, outcome, key, data FROM plan WHERE row IN (SELECT value FROM json_each(?))"
    found, outcomes = {}, []
    for row, outcome, key, data in plan.execute(query, (json.dumps(rows),)):
        found[row] = Candidate(row, key, *json.loads(data))
        outcomes.append(outcome)
    return found, outcomes


def _write(plan: Connection, decided: Sequence[tuple[Candidate, Decision]]) -> None:
    plan.executemany(
        "UPDATE plan SET outcome = ?, contact_id = ?, version = ?, reason = ?, data = ?, changes = ? WHERE row = ?",
        [
            (
                decision.outcome,
                decision.contact_id,
                decision.version,
                text_json(decision.reason) if decision.reason else None,
                candidate.data,
                plan_file.encode(decision.changes) if decision.changes else None,
                candidate.row,
            )
            for candidate, decision in decided
        ],
    )
    rows = [(candidate.row, WHOLE_ROW) for candidate, _ in decided]
    plan.executemany("DELETE FROM problem WHERE row = ? AND idx = ?", rows)
    plan.executemany(
        "INSERT INTO problem VALUES (?, ?, ?, ?, '')",
        [
            (candidate.row, WHOLE_ROW, _level(decision), text_json(decision.reason))
            for candidate, decision in decided
            if decision.reason is not None and decision.outcome in _TOLD
        ],
    )


def _level(decision: Decision) -> Level:
    return Level.WARNING if decision.outcome is Outcome.SKIP else Level.ERROR
