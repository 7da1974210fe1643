"""Rows of the preview as finished text: values as they will be stored, what is wrong in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm_app import locales
from crm_app.locales import text
from crm_app.services.actor import Actor
from crm_app.services.fields.registry import FURTHER_FIELDS, Field, FieldKind
from crm_app.services.imports import plan_file, preview
from crm_app.services.imports.columns import ColumnMapping, parts_of
from crm_app.services.imports.conflicts import Match
from crm_app.services.imports.edits import MOST_LETTERS
from crm_app.services.imports.preview import PreviewRow
from crm_app.state.choice import Choice
from crm_app.state.contact_view import label_of, plain_words
from crm_app.state.formats import exact
from crm_app.state.import_course_view import said
from crm_app.state.import_known_view import KnownLine

SHOWN_LETTERS = 200
ANOTHER = plan_file.ANOTHER


@dataclass
class CellLine:
    index: int
    label: str
    raw: str  # as in the file, or as changed since
    text: str  # as it will be stored, or raw where nothing will be
    old: str = ""
    mark: str = ""  # error, warning or changed; edited
    hint: str = ""  # what is wrong, or what stands in the file where that is written otherwise
    is_editable: bool = True  # a text too long for a cell is changed in the file


@dataclass
class RowLine:
    row: int
    outcome: str
    reason: str
    cells: list[CellLine] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_left_out: bool = False  # by hand
    matches: list[Choice] = field(default_factory=list)  # contacts among which somebody can choose
    chosen: str = ""
    known: list[KnownLine] = field(default_factory=list)  # contacts that it probably is
    member: str = ""  # what becomes of it in the course


@dataclass
class ColumnHead:
    index: int
    header: str
    target: str


@dataclass
class GroupLine:
    sentence: str
    column: str
    rows: int
    level: str
    url: str
    current: bool


class Shown:
    """Rows of the preview as one reader sees them: values as they will be stored. `fields` are those of the house.
    `is_done`: the rows are in.
    """

    def __init__(self, actor: Actor, fields: Mapping[str, Field], *, is_done: bool = False) -> None:
        self._actor, self._language, self._fields = actor, actor.language, fields
        self._is_done = is_done

    def heads(self, mapped: list[ColumnMapping]) -> list[ColumnHead]:
        return [
            ColumnHead(column.index, column.header, label_of(str(column.target), self._language, self._fields))
            for column in mapped
        ]

    def row(
        self,
        row: PreviewRow,
        mapped: list[ColumnMapping],
        matches: Sequence[Match] = (),
        known: Sequence[KnownLine] = (),
    ) -> RowLine:
        problems = {problem.index: problem for problem in reversed(row.problems)}
        return RowLine(
            row=row.row,
            outcome=row.outcome.value,
            reason=locales.render(row.reason, self._language),
            cells=[self._cell(row, column, problems.get(column.index)) for column in mapped],
            problems=[_sentence(problem, mapped, self._language) for problem in row.problems],
            is_left_out=plan_file.WHOLE_ROW in row.edited,
            matches=[
                Choice(str(one.number), f"#{one.number} {one.name}" + (f" ({one.detail})" if one.detail else ""))
                for one in matches
            ],
            chosen=row.chosen,
            known=list(known),
            member=said(row.member, self._language, is_done=self._is_done),
        )

    def _cell(self, row: PreviewRow, column: ColumnMapping, problem: preview.CellProblem | None) -> CellLine:
        raw = row.cells[column.index] if column.index < len(row.cells) else ""
        target = str(column.target)
        stored, old, mark = raw, "", problem.level.value if problem else ""
        parts = parts_of(target)
        if any(part in row.changes for part in parts):
            pairs = [row.changes.get(part, (row.values.get(part),) * 2) for part in parts]
            old, stored = (self._joined(parts, pair) for pair in zip(*pairs, strict=True))
            mark = mark or "changed"
        elif any(row.values.get(part) is not None for part in parts):
            stored = self._joined(parts, [row.values.get(part) for part in parts])
        elif target in FURTHER_FIELDS:
            added = row.changes.get("points", ("", ""))[1]
            mark = mark or ("changed" if raw and f"{column.header}: " in added else "")
        elif problem and row.values:
            stored = ""  # taken without its bad cell
        hint = locales.render(problem.message, self._language) if problem else ""
        if not hint and stored != raw and raw:
            hint = locales.render(text("In the file: {value}", value=short(raw)), self._language)
        mark += " edited" if column.index in row.edited else ""
        whole = raw if len(raw) <= MOST_LETTERS else ""
        return CellLine(column.index, column.header, whole, short(stored), short(old), mark, hint, whole == raw)

    def _joined(self, parts: Sequence[str], values: Sequence[Any]) -> str:
        """What a column fills, its parts told apart."""
        shown = [self._value(part, value) for part, value in zip(parts, values, strict=True)]
        return " · ".join(filter(None, shown))

    def _value(self, target: str, value: Any) -> str:
        """A stored value in words; status, owner and tags are names already."""
        kind = self._fields[target].kind if target in self._fields else None
        if kind is FieldKind.MOMENT and isinstance(value, str) and value:
            return exact(datetime.fromisoformat(value), self._language, self._actor.timezone)
        return plain_words(target, value, self._language, self._fields)


def _sentence(problem: preview.CellProblem, mapped: list[ColumnMapping], language: str) -> str:
    said = locales.render(problem.message, language)
    if problem.index == plan_file.WHOLE_ROW:
        return said
    header = next((column.header for column in mapped if column.index == problem.index), "")
    return f"{header}: {said}" if header else said


def short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= SHOWN_LETTERS else line[:SHOWN_LETTERS] + "…"
