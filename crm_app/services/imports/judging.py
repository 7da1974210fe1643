"""Cells become values or problems, a chunk of rows at a time and column by column. Knows nothing of a database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crm_app.locales import Text
from crm_app.services import custom_fields
from crm_app.services.contacts import derived
from crm_app.services.escaping import unescape
from crm_app.services.fields.registry import FURTHER_FIELDS, OFFER, PARSERS, WHOLES
from crm_app.services.fields.verdict import EMPTY, FieldContext, Level, Verdict
from crm_app.services.imports import further_points, references
from crm_app.services.imports.columns import (
    CLEAR,
    NAME_AND_BIRTH,
    NEVER_EMPTY,
    Blank,
    ColumnMapping,
    WriteRule,
    parts_of,
)
from crm_app.services.imports.consent_cells import Want, wanted
from crm_app.services.imports.further_points import Point
from crm_app.services.imports.layout import Layout, plain_column
from crm_app.services.imports.references import References

REMEMBERED = 50_000  # cells a column remembers the verdict of
CLEARED = Verdict()  # by identity: the cell empties the stored value


class Memo(dict[str, Verdict]):
    """Verdicts by cell; a repeated cell is judged once. The apostrophe our exports put before formulas is taken off.

    `has_cleared`: a cell asked for the stored value to be emptied (CLEAR); its verdict is CLEARED.
    """

    def __init__(self, judge: Callable[[str], Verdict]) -> None:
        super().__init__({"": EMPTY})
        self._judge = judge
        self.has_cleared = False

    def __missing__(self, cell: str) -> Verdict:
        if "[" in cell and cell.strip().lower() == CLEAR:
            self.has_cleared = True
            self[cell] = CLEARED
            return CLEARED
        verdict = self._judge(unescape(cell) if cell[0] == "'" else cell)
        if len(self) < REMEMBERED:
            self[cell] = verdict
        return verdict


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with one cell of a row, or with the whole row (index WHOLE_ROW)."""

    index: int
    level: Level
    message: Text
    value: str


@dataclass(slots=True)
class Judged:
    """A chunk of rows, judged. `values` and `norms` follow the layout; `flaws` only holds rows that have some."""

    rows: list[int]
    values: list[list[Any]]
    norms: list[tuple[str | None, ...]]
    tags: list[list[str]]
    keys: Sequence[str | None]
    clears: dict[int, list[int]] = field(default_factory=dict)  # place in the chunk → places in its values
    bad_keys: set[int] = field(default_factory=set)  # places in the chunk whose match key cannot be used
    flaws: dict[int, list[Flaw]] = field(default_factory=dict)  # place in the chunk → flaws
    further: list[list[Point]] = field(default_factory=list)  # by row; empty when no column holds further points
    consents: list[list[Want]] = field(default_factory=list)  # by row; empty when no consent column is mapped
    offers: Sequence[int | None] = ()  # by row; empty when no column names offers


class Judge:
    """Holds one parser per mapped column for a whole file."""

    def __init__(
        self,
        columns: Sequence[ColumnMapping],
        layout: Layout,
        known: References,
        context: FieldContext,
        blank: Blank = Blank.KEEP,
    ) -> None:
        self._layout = layout
        self._blanks_clear = blank is Blank.CLEAR
        self._columns = [
            (column, Memo(parser(column, known, context))) for column in columns if column.target is not None
        ]

    def chunk(self, rows: list[int], cells: list[list[str]]) -> Judged:
        """Judges rows whose cells are all equally wide."""
        by_column = list(zip(*cells, strict=True))
        size = len(rows)
        norms: dict[str, Sequence[str | None]] = {}
        values: dict[str, Sequence[Any]] = {}
        consents: dict[str, list[Verdict]] = {}
        judged = Judged(rows, [], [], [list(self._layout.tags) for _ in rows] if self._layout.has_tags else [], [])
        judged.keys = [None] * size
        judged.further = [[] for _ in rows] if self._layout.has_further else []
        for column, memo in self._columns:
            texts = by_column[column.index]
            verdicts = list(map(memo.__getitem__, texts))
            found, found_norms, levels, _ = zip(*verdicts, strict=True)
            if any(levels):
                self._note_flaws(judged, column, texts, verdicts)
            if column.target == "tags":
                _add_tags(judged.tags, verdicts)
                continue
            assert column.target is not None
            if column.target in FURTHER_FIELDS:
                further_points.note(judged.further, column.target, column.header, verdicts)
                continue
            if column.target in self._layout.consents:
                consents[column.target] = verdicts
                continue
            if column.target == OFFER.name:
                judged.offers = found
                continue
            self._note_clears(judged, column, verdicts, memo)
            if column.target in WHOLES:
                for place, part in enumerate(WHOLES[column.target]):
                    values[part] = [value[place] if value else None for value in found]
                continue
            values[column.target] = plain_column(column.target, found)
            if column.target in self._layout.points:
                norms[column.target] = found_norms
            if column.target == self._layout.key:
                judged.keys = found_norms
        if consents:
            judged.consents = wanted(consents, values, norms, size)
        targets = self._layout.targets
        judged.values = [list(row) for row in zip(*(values[target] for target in targets), strict=True)]
        judged.norms = list(zip(*(norms[target] for target in self._layout.points), strict=True))
        judged.values = judged.values or [[] for _ in rows]
        if self._layout.key == NAME_AND_BIRTH:
            places = [targets.index(name) for name in self._layout.key_fields]
            judged.keys = [name_and_birth(*[row[place] for place in places]) for row in judged.values]
        judged.norms = judged.norms or [() for _ in rows]
        return judged

    def _note_clears(self, judged: Judged, column: ColumnMapping, verdicts: list[Verdict], memo: Memo) -> None:
        blanks = self._blanks_clear and column.rule is WriteRule.OVERWRITE
        if (not blanks and not memo.has_cleared) or column.target in NEVER_EMPTY:
            return
        parts = [part for part in parts_of(str(column.target)) if part not in self._layout.key_fields]
        places = [self._layout.targets.index(part) for part in parts]
        for place, verdict in enumerate(verdicts):
            if places and (verdict is CLEARED or (blanks and verdict.value is None and not verdict.is_error)):
                judged.clears.setdefault(place, []).extend(places)

    def _note_flaws(self, judged: Judged, column: ColumnMapping, texts: Sequence[str], verdicts: list[Verdict]) -> None:
        for place, verdict in enumerate(verdicts):
            if verdict.level is None:
                continue
            assert verdict.message is not None
            flaw = Flaw(column.index, verdict.level, verdict.message, texts[place])
            judged.flaws.setdefault(place, []).append(flaw)
            if verdict.is_error and not set(self._layout.key_fields).isdisjoint(parts_of(str(column.target))):
                judged.bad_keys.add(place)


def name_and_birth(first_name: str | None, last_name: str | None, birth_date: str | None) -> str | None:
    """The key of a person: the name as it is sorted by, and the day in ISO form; None when a part is missing."""
    if not first_name or not last_name or not birth_date:
        return None
    return derived.sort_name({"first_name": first_name, "last_name": last_name}) + "|" + birth_date


def _add_tags(tags: list[list[str]], verdicts: list[Verdict]) -> None:
    for row_tags, verdict in zip(tags, verdicts, strict=True):
        if verdict.value:
            have = {name.casefold() for name in row_tags}
            row_tags.extend(name for name in verdict.value if name.casefold() not in have)


def parser(column: ColumnMapping, known: References, context: FieldContext) -> Callable[[str], Verdict]:
    """How the cells of a column are judged, with what somebody said certain of them mean."""
    parse, meant = _parser(column, known, context), column.values
    return (lambda cell: parse(meant.get(cell.strip(), cell))) if meant else parse


def _parser(column: ColumnMapping, known: References, context: FieldContext) -> Callable[[str], Verdict]:
    target = column.target
    assert target is not None
    if target == "status":
        return references.status_parser(known, context)
    if target == "owner":
        return references.owner_parser(known, context)
    if target == OFFER.name:
        return references.offer_parser(known)
    if target == "tags":
        return references.tags_parser(column.separator, context)
    own = replace(context, date_format=column.date_format) if column.date_format else context
    parse = custom_fields.parser(known.custom[target]) if target in known.custom else PARSERS[target]
    return lambda cell: parse(cell, own)
