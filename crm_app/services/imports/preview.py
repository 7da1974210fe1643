"""Reading the plan: pages of rows, counts, problems and columns of one import, quick also at a million rows."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from crm_app.locales import DEFAULT, Text, render, text
from crm_app.models import ConsentState, Outcome
from crm_app.services.custom_fields import PREFIX
from crm_app.services.fields.registry import CONSENT_FIELDS
from crm_app.services.fields.verdict import Level
from crm_app.services.imports import course_plan, further_points, plan_file
from crm_app.services.imports.cell_filter import CellFilter
from crm_app.services.imports.course_plan import Member
from crm_app.services.imports.profile import ColumnProfile

PAGE = 50

# What an outcome says by itself when the plan gives no reason of its own.
REASONS: dict[Outcome, Text] = {
    Outcome.CREATE: text("New contact."),
    Outcome.UPDATE: text("Values change."),
    Outcome.UNCHANGED: text("All values are stored like this already."),
    Outcome.SKIP: text("The row is left out."),
    Outcome.INVALID: text("The row cannot be taken."),
    Outcome.CONFLICT: text("Several contacts match."),
}
TAKEN = (Outcome.CREATE, Outcome.UPDATE, Outcome.UNCHANGED)
_YES, _NO = text("Yes"), text("No")
_STATES: dict[ConsentState, Text] = {
    ConsentState.NONE: text("no consent"),
    ConsentState.IMPORTED: text("consent imported"),
    ConsentState.SENT: text("invitation sent"),
    ConsentState.CONFIRMED: text("consent confirmed"),
    ConsentState.REVOKED: text("consent revoked"),
}
_SHOWN_NAMES = {"status_id": "status", "owner_id": "owner"}


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One problem; `index` is the column's, plan_file.WHOLE_ROW when it is the row's."""

    index: int
    level: Level
    message: Text
    value: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row of the file with what becomes of it. `planned` is set when the commit had to plan it again.

    `cells` are as read or as changed since, one per column. `values` are what will be stored, by field, for rows that
    are taken: JSON values, status and owner by name; tags are not among them. `changes` is {field: (old, new)} in
    words, for updates.
    """

    row: int
    outcome: Outcome
    reason: Text
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[CellProblem] = field(default_factory=list)
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    contact_id: int | None = None
    planned: Outcome | None = None
    edited: frozenset[int] = frozenset()  # columns changed in the preview; WHOLE_ROW = left out by hand
    chosen: str = ""  # the contact somebody said it is, by number, or plan_file.ANOTHER
    member: Member | None = None  # what becomes of it in the course, where the file goes into one


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order of the file; `has_more` in the direction of paging."""

    rows: list[PreviewRow]
    has_more: bool


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """The same problem in the same column, and in how many rows."""

    index: int
    level: Level
    message: Text
    rows: int


def page(
    folder: Path,
    *,
    outcome: Outcome | None = None,
    query: str = "",
    after: int = 0,
    before: int | None = None,
    limit: int = PAGE,
    problem_column: int | None = None,
    problem: Text | None = None,
    only_replanned: bool = False,
    cells: CellFilter | None = None,
    also: Sequence[int] = (),
    language: str = DEFAULT,
) -> Page:
    """Rows behind record number `after`, or the last ones before `before`, in the order of the file.

    `query` is looked for in all cells; `problem_column` keeps rows with a problem there, `problem` narrows it to one;
    `cells` keeps rows by what stands in one column. Rows of `also` are among them whatever the filter says.
    `language` is the one of the words in `changes`.
    """
    conditions, parameters = _conditions(outcome, query, problem_column, problem, only_replanned)
    # Only a search in the cells without another filter reads every row's; then the small table leads.
    reads_cells = bool(query.strip()) or (cells is not None and cells.reads_cells)
    is_scan = reads_cells and outcome is None and problem_column is None and not only_replanned
    row = "cells.row" if is_scan else "plan.row"
    tables = (
        "cells CROSS JOIN plan ON plan.row = cells.row" if is_scan else "plan LEFT JOIN cells ON cells.row = plan.row"
    )
    if cells is not None:
        condition, asked = cells.condition(row)
        conditions.append(condition)
        parameters.extend(asked)
    if also and conditions:
        shown = " AND ".join(conditions)
        conditions = [f"(({shown}) OR {row} IN (SELECT value FROM json_each(?)))"]  # noqa: S608  (parts are ours)
        parameters.append(json.dumps(list(also)))
    conditions.append(f"{row} < ?" if before is not None else f"{row} > ?")
    parameters.append(before if before is not None else after)
    direction = "DESC" if before is not None else "ASC"
    statement = (
        "SELECT plan.row, outcome, planned, contact_id, reason, changes, data, cells "  # noqa: S608  (parts are ours)
        f"FROM {tables} "
        f"WHERE {' AND '.join(conditions)} ORDER BY {row} {direction} LIMIT ?"
    )
    with plan_file.reading(folder) as plan:
        found = plan.execute(statement, (*parameters, limit + 1)).fetchall()
        has_more = len(found) > limit
        found = sorted(found[:limit])
        problems = _problems(plan, [row[0] for row in found])
        shape = _Shape(
            plan_file.fetch(plan, "names") or {},
            plan_file.fetch(plan, "layout"),
            plan_file.fetch(plan, "of_new_contacts") or {},
            language,
        )
        edits = plan_file.edits(plan, found[0][0], found[-1][0]) if found else {}
        width = plan.execute("SELECT count(*) FROM profile").fetchone()[0]
        members = course_plan.of_rows(plan, [row[0] for row in found])
    rows = [_row(row, problems, shape, width, edits.get(row[0], {}), members.get(row[0])) for row in found]
    return Page(rows, has_more)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the whole plan knows: names of statuses and users, which value stands where, for whom it is shown."""

    names: Mapping[str, Any]
    layout: dict[str, Any] | None
    of_new: dict[str, Any]
    language: str

    def values(self, data: str | None, outcome: Outcome) -> dict[str, Any]:
        if not data or self.layout is None or outcome not in TAKEN:
            return {}
        values = dict(zip(self.layout["targets"], json.loads(data)[0], strict=True))
        if outcome is Outcome.CREATE:
            instead = {name: value for name, value in self.of_new.items() if values.get(name, "") is None}
            values.update(instead)
        for attribute, target in _SHOWN_NAMES.items():
            if values.get(target) is not None:
                values[target] = self.names.get(attribute, {}).get(str(values[target]), "")
        return values


def _conditions(
    outcome: Outcome | None, query: str, problem_column: int | None, problem: Text | None, only_replanned: bool
) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    parameters: list[Any] = []
    if outcome is not None:
        conditions.append("outcome = ?")
        parameters.append(outcome.value)
    if only_replanned:
        conditions.append("planned IS NOT NULL")
    if word := query.strip():
        # LIKE ignores the case of ASCII letters only.
        spellings = [word] if word.isascii() else dict.fromkeys([word, word.lower(), word.upper(), word.title()])
        conditions.append("(" + " OR ".join(["cells LIKE ? ESCAPE '~'"] * len(spellings)) + ")")
        parameters.extend(plan_file.like(spelling) for spelling in spellings)
    if problem_column is not None:
        inner = "idx = ?"
        parameters.append(problem_column)
        if problem is not None:
            inner += " AND message = ?"
            parameters.append(plan_file.text_json(problem))
        conditions.append(f"plan.row IN (SELECT row FROM problem WHERE {inner})")  # noqa: S608  (ours)
    return conditions, parameters


def _problems(plan: Connection, rows: Sequence[int]) -> dict[int, list[CellProblem]]:
    statement = (
        "SELECT row, idx, level, message, value FROM problem "
        "WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row, idx"
    )
    found: dict[int, list[CellProblem]] = {}
    for row, index, level, message, value in plan.execute(statement, (json.dumps(rows),)):
        found.setdefault(row, []).append(CellProblem(index, Level(level), plan_file.text_of(message), value))
    return found


def _row(
    found: tuple[Any, ...],
    problems: Mapping[int, list[CellProblem]],
    shape: _Shape,
    width: int,
    edits: Mapping[int, str],
    member: Member | None,
) -> PreviewRow:
    row, outcome, planned, contact_id, reason, changes, data, cells = found
    kind = Outcome(outcome)
    return PreviewRow(
        row=row,
        outcome=kind,
        reason=plan_file.text_of(reason) if reason else REASONS[kind],
        cells=plan_file.edited(json.loads(cells) if cells else [""] * width, edits),
        edited=frozenset(edits),
        chosen=edits.get(plan_file.CHOSEN, ""),
        values=shape.values(data, kind),
        problems=problems.get(row, []),
        changes=shown_changes(json.loads(changes), shape.names, shape.language) if changes else {},
        contact_id=contact_id,
        planned=Outcome(planned) if planned else None,
        member=member if kind in TAKEN else None,
    )


def field_of(attribute: str) -> str:
    """The field under whose name a noted change is shown."""
    return _SHOWN_NAMES.get(attribute, attribute.removeprefix(PREFIX))


def shown_changes(
    changes: Mapping[str, Any], names: Mapping[str, Any], language: str = DEFAULT
) -> dict[str, tuple[str, str]]:
    """Changes by field name in words; `names` gives those of statuses and users."""
    shown = {}
    for attribute, (old, new) in changes.items():
        known = names.get(attribute, {})
        if attribute in CONSENT_FIELDS:
            before, after = (render(_STATES[ConsentState(state)], language) for state in (old, new))
            shown[attribute] = (before, after)
            continue
        if attribute == further_points.CHANGE:
            shown[attribute] = (further_points.words(old), further_points.words(new))
            continue
        shown[field_of(attribute)] = (_shown(old, known, language), _shown(new, known, language))
    return shown


def _shown(value: Any, names: Mapping[str, str], language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return render(_YES if value else _NO, language)
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(names.get(str(value), value))


def counts(folder: Path) -> dict[Outcome, int]:
    """Rows per outcome; they add up to the rows of the file."""
    with plan_file.reading(folder) as plan:
        found = Counter(plan_file.fetch(plan, "counts") or {})
        again = "SELECT planned, outcome, count(*) FROM plan WHERE planned IS NOT NULL GROUP BY planned, outcome"
        for planned, outcome, rows in plan.execute(again):
            found[planned] -= rows
            found[outcome] += rows
    return {outcome: found[outcome.value] for outcome in Outcome}


def problem_groups(folder: Path) -> list[ProblemGroup]:
    """Every kind of problem by column, the most frequent first."""
    statement = "SELECT idx, level, message, rows FROM problem_group ORDER BY rows DESC, idx, message"
    with plan_file.reading(folder) as plan:
        found = plan.execute(statement).fetchall()
    return [
        ProblemGroup(index, Level(level), plan_file.text_of(message), rows) for index, level, message, rows in found
    ]


def columns(folder: Path) -> list[ColumnProfile]:
    """What each column holds; known as soon as the file was read."""
    with plan_file.reading(folder) as plan:
        rows = plan_file.fetch(plan, "taken")
        found = plan.execute("SELECT idx, header, filled, different, capped, samples FROM profile ORDER BY idx")
        return [
            ColumnProfile(index, header, rows, filled, different, bool(capped), json.loads(samples))
            for index, header, filled, different, capped, samples in found
        ]


def date_formats(folder: Path) -> dict[int, str]:
    """The format each date column was read by, by column index; known after the check."""
    with plan_file.reading(folder) as plan:
        return {int(index): found for index, found in (plan_file.fetch(plan, "date_formats") or {}).items()}
