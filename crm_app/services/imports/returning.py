"""A file of failed rows that somebody brings back: which rows of which import its keys stand for.

Asked anew each time: what can be taken changes with the import the rows belong to.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection

from sqlmodel import Session, col, select

from crm_app.locales import Text, ntext, text
from crm_app.models import HALTED, Import, ImportRow, ImportState
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.errors import Conflict, NotFound
from crm_app.services.imports import access, failed_rows, plan_file, uploads
from crm_app.services.imports.reading.types import KEY_HEADER
from crm_app.services.imports.rejoining import headers_lost, headers_new

OPEN = (ImportState.DONE, *HALTED)
NOT_RETURNED = text("This file does not bring back rows of another import.")
ALL_IN = text("All rows of this file have come in already. Nothing is left to do.")
_UNDONE = text("That import was undone, so these rows can only come in as a new file.")
_NOT_IN_YET = text("That import has not come in yet. Finish it first, or take these rows as a new file.")
_AT_WORK = text("That import is just being worked on. Wait for its end, or take these rows as a new file.")
_PURGED = text("The rows of that import are not kept any more, so these can only come in as a new file.")
_LISTED = 10  # record numbers in a sentence
_LOOKED_AT = 20  # imports that one file is asked for: honest files name one


@dataclass(frozen=True, slots=True)
class Keys:
    """The records of a file by what their keys are worth. Records without any cell are in none of them."""

    rows: dict[int, int]  # record number in the file → row of the import
    twice: list[int]  # the key stood in an earlier record
    strange: list[int]  # no key of this import


@dataclass(frozen=True, slots=True)
class Returned:
    """What a file brings back. `rows`: record number → row of `original`, for those to be judged again."""

    original: Import
    rows: dict[int, int]
    there: list[int]  # records whose rows are in already
    twice: list[int]
    strange: list[int]
    lost: list[str]  # columns of the import that are not in the file
    new: list[str]  # columns of the file that are not in the import
    refusal: Text | None = None  # why the import cannot go on with them

    @property
    def left_alone(self) -> int:
        """Records that are not judged again."""
        return len(self.there) + len(self.twice) + len(self.strange)


def look(
    session: Session, actor: Actor, headers: Sequence[str], folder: Path, name: str = plan_file.NAME
) -> Returned | None:
    """What the file whose plan file is `folder/name` brings back; None when no row of it is one of an import that the
    actor may see. Keys that were made up count as none. Raises NotPermitted.
    """
    if KEY_HEADER not in headers:
        return None
    with plan_file.reading(folder, name) as plan:
        if plan_file.fetch(plan, "continues") is not None:
            return None
        found = _keys(plan, headers.index(KEY_HEADER))
    original = _original(session, actor, [key for _, key in found])
    if original is None:
        return None
    keys = sorted_out(original, found)
    there = already_in(session, original, list(keys.rows.values()))
    known = list(original.read_out.get("headers", []))
    return Returned(
        original,
        {record: row for record, row in keys.rows.items() if row not in there},
        [record for record, row in keys.rows.items() if row in there],
        keys.twice,
        keys.strange,
        headers_lost(known, headers),
        headers_new(known, headers),
        refusal(original),
    )


def keys_in(plan: Connection, original: Import, headers: Sequence[str]) -> Keys:
    """The records of a staged file by their keys of this import."""
    return sorted_out(original, _keys(plan, headers.index(KEY_HEADER)))


def sorted_out(original: Import, found: Sequence[tuple[int, str]]) -> Keys:
    """Records, with their keys, by what those are worth to this import."""
    rows: dict[int, int] = {}
    twice, strange, seen = [], [], set()
    for record, key in found:
        row = failed_rows.row_of(original, key)
        if row is None:
            strange.append(record)
        elif row in seen:
            twice.append(record)
        else:
            rows[record] = row
            seen.add(row)
    return Keys(rows, twice, strange)


def already_in(session: Session, original: Import, rows: Sequence[int]) -> set[int]:
    """Those of the rows that came in, with the file itself or with one that brought them back."""
    query = select(ImportRow.row).where(ImportRow.import_id == original.id, among(session, col(ImportRow.row), rows))
    return set(session.exec(query).all())


def refusal(original: Import) -> Text | None:
    """Why an import takes no rows back; None = it does."""
    if original.state in (ImportState.UNDOING, ImportState.UNDO_STOPPED, ImportState.UNDONE):
        return _UNDONE
    if original.state == ImportState.COMMITTING:
        return _AT_WORK
    if original.state not in OPEN:
        return _NOT_IN_YET
    if not (uploads.place_of(original) / plan_file.NAME).is_file():
        return _PURGED
    return None


def require_open(session: Session, import_id: int | None) -> None:
    """Raises Conflict when rows that were brought back to an import cannot come in with it; None = none were."""
    if import_id is None:
        return
    query = select(Import).where(Import.id == import_id)
    original = session.exec(query.execution_options(populate_existing=True)).one()
    if (reason := refusal(original)) is not None:
        raise Conflict(reason)


def remarks(returned: Returned) -> list[Text]:
    """What has to be said of a file beside how many rows it brings back, a sentence each."""
    said = []
    if returned.there:
        said.append(
            ntext(
                "{n} row has come in already and stays as it is.",
                "{n} rows have come in already and stay as they are.",
                len(returned.there),
            )
        )
    if returned.twice:
        said.append(
            ntext(
                "{n} row stands in the file a second time and is left out (row {rows}).",
                "{n} rows stand in the file a second time and are left out (rows {rows}).",
                len(returned.twice),
                rows=_listed(returned.twice),
            )
        )
    if returned.strange:
        said.append(
            ntext(
                "{n} row is not known to that import and is left out (row {rows}). It can come in as a new file.",
                "{n} rows are not known to that import and are left out (rows {rows}). They can come in as a new file.",
                len(returned.strange),
                rows=_listed(returned.strange),
            )
        )
    if returned.new:
        said.append(
            text("These columns are not in that import and are left out: {columns}.", columns=_named(returned.new))
        )
    if returned.lost:
        said.append(
            text("These columns are missing; their cells stay as they were: {columns}.", columns=_named(returned.lost))
        )
    return said


def _listed(records: Sequence[int]) -> str:
    shown = ", ".join(str(record) for record in records[:_LISTED])
    return shown if len(records) <= _LISTED else shown + " …"


def _named(headers: Sequence[str]) -> str:
    shown = ", ".join(f"“{header}”" for header in headers[:_LISTED])
    return shown if len(headers) <= _LISTED else shown + " …"


def _keys(plan: Connection, index: int) -> list[tuple[int, str]]:
    """Record number and key of every record that is not empty, in the order of the file; '' where there is none."""
    query = (
        "SELECT row, trim(json_extract(cells, ?)) FROM cells WHERE EXISTS "  # noqa: S608  (a constant of ours)
        "(SELECT 1 FROM json_each(cells) WHERE trim(value) <> '') "
        f"UNION SELECT row, '' FROM ({plan_file.REFUSED}) ORDER BY row"
    )
    usual = plan.text_factory
    plan.text_factory = lambda raw: raw.decode("utf-8", "replace")
    try:
        return plan.execute(query, (f"$[{index}]",)).fetchall()
    finally:
        plan.text_factory = usual


def _original(session: Session, actor: Actor, keys: Sequence[str]) -> Import | None:
    """The import that most of the keys stand for."""
    named = Counter(parts[0] for key in keys if (parts := failed_rows.key_parts(key)) is not None)
    best: tuple[int, Import | None] = (0, None)
    for import_id, _ in named.most_common(_LOOKED_AT):
        try:
            found = access.get(session, actor, import_id)
        except NotFound:
            continue
        genuine = sum(1 for key in keys if failed_rows.row_of(found, key) is not None)
        if genuine > best[0]:
            best = (genuine, found)
    return best[1]
