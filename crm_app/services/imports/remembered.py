"""What was chosen for earlier files with the same columns is suggested for the next one.

What the command line brings is mapped by its arguments alone.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import Import
from crm_app.services.fields.registry import parse
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.imports import plan_file
from crm_app.services.imports.carrying import carried_key, free, leave
from crm_app.services.imports.columns import MANY, ColumnMapping
from crm_app.services.imports.earlier import Choice, Earlier, alike
from crm_app.services.imports.likeness import Key, keys_of
from crm_app.services.imports.mapping.evidence import contradicts, evidence_of
from crm_app.services.imports.mapping.parts import ADDRESS_FIELDS

ROWS = 300  # whose cells may contradict


def put_over(session: Session, found: Import, read_out: dict[str, Any], folder: Path, file: str) -> None:
    """Puts earlier choices over the suggestions of a reading (whose plan file is `folder/file`), in place.

    Each suggestion taken over names the import it comes from as its reason, and keeps in `read` what the reading
    itself had said. `match_key` in the read-out is the key chosen then. A choice gives way where the cells say
    clearly otherwise, and where its field would come from an empty column although a filled one is suggested.
    """
    headers = read_out["headers"]
    keys = keys_of(headers)
    if found.user_id is not None and (earlier := alike(session, found, {key for key in keys if key is not None})):
        Memory(headers, keys, read_out, earlier, _Cells(folder, file)).put_over()


class _Cells:
    """The cells of a plan file, read when somebody asks."""

    def __init__(self, folder: Path, file: str) -> None:
        self._folder, self._file = folder, file

    @cached_property
    def _rows(self) -> list[list[str]]:
        with plan_file.reading(self._folder, self._file) as connection:
            rows = connection.execute("SELECT cells FROM cells ORDER BY row LIMIT ?", (ROWS,)).fetchall()
        return [json.loads(cells) for (cells,) in rows]

    @cached_property
    def _filled(self) -> set[int]:
        with plan_file.reading(self._folder, self._file) as connection:
            return {index for (index,) in connection.execute("SELECT idx FROM profile WHERE filled > 0")}

    def is_filled(self, index: int) -> bool:
        return index in self._filled

    def of(self, index: int) -> list[str]:
        return [row[index] for row in self._rows]


class Memory:
    """Earlier choices and one file on which they are put."""

    def __init__(
        self,
        headers: Sequence[str],
        keys: Sequence[Key | None],
        read_out: dict[str, Any],
        earlier: Sequence[Earlier],
        cells: _Cells,
    ) -> None:
        self.headers, self.keys, self.read_out, self.earlier, self.cells = headers, keys, read_out, earlier, cells
        self.suggestions: list[dict[str, Any]] = read_out["suggestions"]

    def put_over(self) -> None:
        choices = self._without_clashes(self._choices())
        choices = self._without_empty(choices)
        self._keep_one_address(choices)
        for index, choice in choices.items():
            self._suggest(index, choice)
        for index in choices:
            free(self.suggestions, self.headers, index)
        if choices:
            newest = self.earlier[0]
            targets = [suggestion["target"] for suggestion in self.suggestions]
            before = [column.target for column in newest.columns.values()]
            self.read_out["match_key"] = carried_key(newest.match_key, before, targets)

    def _choices(self) -> dict[int, Choice]:
        """For each column what the newest import that knows it says, unless its cells contradict."""
        found = {}
        for index, key in enumerate(self.keys):
            choice = next((c for one in self.earlier if key is not None and (c := one.said(key)) is not None), None)
            if choice is not None and not self._contradicts(index, choice.column.target):
                found[index] = choice
        return found

    def _contradicts(self, index: int, target: str | None) -> bool:
        if target is None or target == self.suggestions[index]["target"]:
            return False
        return contradicts(target, evidence_of(self.cells.of(index)))

    def _without_clashes(self, choices: dict[int, Choice]) -> dict[int, Choice]:
        """Where different imports send two columns to one field, the filled one counts, then the newer import."""
        best: dict[str, int] = {}
        for index in sorted(choices, key=lambda i: (not self.cells.is_filled(i), -choices[i].source.id, i)):
            target = choices[index].column.target
            if target is not None and target not in MANY:
                best.setdefault(target, index)
        return {
            index: choice for index, choice in choices.items() if best.get(choice.column.target or "", index) == index
        }

    def _without_empty(self, choices: dict[int, Choice]) -> dict[int, Choice]:
        """Without those of a field (or address) that only empty columns would go to, while a filled one could."""
        filled = {_group(c.column.target) for i, c in choices.items() if c.column.target and self.cells.is_filled(i)}
        better = {
            _group(suggestion["target"])
            for index, suggestion in enumerate(self.suggestions)
            if suggestion["target"] and index not in choices and self.cells.is_filled(index)
        }
        given_up = better - filled
        return {i: c for i, c in choices.items() if c.column.target is None or _group(c.column.target) not in given_up}

    def _keep_one_address(self, choices: dict[int, Choice]) -> None:
        """Of the columns of another address, which were left out then, none completes the address taken."""
        if not any(choice.column.target in ADDRESS_FIELDS for choice in choices.values()):
            return
        known = set().union(*(one.columns for one in self.earlier))
        for index, suggestion in enumerate(self.suggestions):
            if index not in choices and suggestion["target"] in ADDRESS_FIELDS and self.keys[index] in known:
                leave(suggestion, text("This belongs to another address of the same row."))

    def _suggest(self, index: int, choice: Choice) -> None:
        suggestion, column = self.suggestions[index], choice.column
        read = {key: suggestion[key] for key in ("target", "confidence", "reason", "separator")}
        suggestion.update(
            target=column.target,
            confidence=1.0 if column.target else 0.0,
            reason=choice.source.reason.to_json(),
            separator=self._separator(index, column),
            chosen=replace(column, date_format=self._date_format(index, column)).to_json(),
            read=read,
        )

    def _date_format(self, index: int, column: ColumnMapping) -> str | None:
        """The one chosen then, unless most dates are written in another way now."""
        if column.date_format is None or column.target is None:
            return None
        context = FieldContext(date_format=column.date_format)
        dates = [cell for cell in self.cells.of(index) if cell.strip()]
        fitting = sum(not parse(column.target, cell, context).is_error for cell in dates)
        return column.date_format if 2 * fitting >= len(dates) else None

    def _separator(self, index: int, column: ColumnMapping) -> str:
        """The one chosen then, unless only the one found now stands in the cells."""
        found = str(self.suggestions[index]["separator"])
        if column.target not in MANY or found == column.separator:
            return found
        cells = self.cells.of(index)
        is_there = any(column.separator in cell for cell in cells)
        return column.separator if is_there or not any(found in cell for cell in cells) else found


def _group(target: str | None) -> str | None:
    return "address" if target in ADDRESS_FIELDS else target
