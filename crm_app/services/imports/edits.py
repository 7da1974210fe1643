"""Cells mended in the preview. They stand beside the cells of the file; the row is judged again at once.

With a row, those are judged again that mean the same contact: the key that was mended away lets the next row count.
Every step can be undone, the last one first.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from sqlite3 import Connection

from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import Import, ImportState, Outcome
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, Invalid
from crm_app.services.fields.registry import CONSENT_FIELDS
from crm_app.services.imports import access, find_replace, plan_file, probably_known, sight, uploads
from crm_app.services.imports import columns as mappings
from crm_app.services.imports.check import Check
from crm_app.services.imports.columns import InFile, Options
from crm_app.services.imports.find_replace import Search
from crm_app.services.imports.plan_file import WHOLE_ROW

MOST_LETTERS = 10_000
_DIGITS = 19  # no contact has so long a number, and no database could look for it
AT_ONCE = 1_000  # rows judged again here; more need a whole check


@dataclass(frozen=True, slots=True)
class Edited:
    """What a change did. `needs_check`: so much hangs on it that the whole plan has to be made again (`steps.check`).

    `alike` is the number of other rows that hold in this column what stood here before, `rows` how many a replacement
    changed.
    """

    needs_check: bool
    alike: int = 0
    rows: int = 0


def change(session: Session, actor: Actor, import_id: int, row: int, index: int, value: str) -> Edited:
    """Gives a cell another text; an empty one is a blank cell.

    Raises NotFound, NotPermitted; Invalid for a cell that is not there or a text of more than 10,000 characters;
    Conflict when the import has no finished check or went on meanwhile.
    """
    found = _open(session, actor, import_id)
    if len(value) > MOST_LETTERS:
        raise Invalid(text("A cell takes at most {limit} characters.", limit=MOST_LETTERS), "value")
    with plan_file.writing(uploads.place_of(found)) as plan:
        before = _cell(plan, row, index)
        return _apply(session, actor, found, plan, {(row, index): value}, _alike(plan, index, before, row))


def change_alike(session: Session, actor: Actor, import_id: int, index: int, old: str, new: str) -> Edited:
    """Gives every cell of a column that holds `old` the text `new`. Raises like `change`."""
    found = _open(session, actor, import_id)
    if index < 0 or len(new) > MOST_LETTERS:
        raise Invalid(text("A cell takes at most {limit} characters.", limit=MOST_LETTERS), "value")
    with plan_file.writing(uploads.place_of(found)) as plan:
        rows = _rows_with(plan, index, old)
        return _apply(session, actor, found, plan, {(row, index): new for row in rows})


def count_in(
    session: Session,
    actor: Actor,
    import_id: int,
    index: int,
    find: str,
    *,
    whole_cell: bool = False,
    match_case: bool = False,
) -> int:
    """In how many rows a text stands in a column; see `find_replace.Search`.

    Raises NotFound, NotPermitted; Conflict when cells cannot be changed now.
    """
    found = _open(session, actor, import_id)
    with plan_file.reading(uploads.place_of(found)) as plan:
        return find_replace.count(plan, Search(index, find, whole_cell, match_case))


def replace_in(
    session: Session,
    actor: Actor,
    import_id: int,
    index: int,
    find: str,
    new: str,
    *,
    whole_cell: bool = False,
    match_case: bool = False,
) -> Edited:
    """Replaces a text wherever it stands in a column, as one step; without a cell to change there is no step.

    Raises like `change`, and Invalid when a cell would get too long: then nothing is replaced.
    """
    with database.reading() as reading:
        folder = uploads.place_of(_open(reading, actor, import_id))
    with plan_file.writing(folder) as plan:
        plan_file.begin_change(plan)
        step, search = _last_step(plan) + 1, Search(index, find, whole_cell, match_case)
        changed = find_replace.write(plan, search, new, step=step, longest=MOST_LETTERS)
        found = _open(session, actor, import_id)  # only now: a million rows must not keep others from writing
        return _finish(session, found, plan, _rows_of(plan, step), rows=changed) if changed else Edited(False)


def leave_out(session: Session, actor: Actor, import_id: int, row: int, *, is_out: bool = True) -> Edited:
    """Leaves a row out, or takes it again. Raises like `change`."""
    found = _open(session, actor, import_id)
    with plan_file.writing(uploads.place_of(found)) as plan:
        if plan.execute("SELECT 1 FROM cells WHERE row = ?", (row,)).fetchone() is None:
            raise Invalid(text("There is no row {row} that could be changed.", row=row), "row")
        return _apply(session, actor, found, plan, {(row, WHOLE_ROW): "" if is_out else None})


def resolve(session: Session, actor: Actor, import_id: int, row: int, choice: str | None) -> Edited:
    """Says which contact a row means: its number, ANOTHER for a new one, None = nobody says. Raises like `change`."""
    found = _open(session, actor, import_id)
    is_number = choice is not None and choice.isascii() and choice.isdigit() and len(choice) < _DIGITS
    if choice is not None and choice != plan_file.ANOTHER and not is_number:
        raise Invalid(text("Choose one of the contacts, or a new one."), "choice")
    with plan_file.writing(uploads.place_of(found)) as plan:
        if plan.execute("SELECT 1 FROM cells WHERE row = ?", (row,)).fetchone() is None:
            raise Invalid(text("There is no row {row} that could be changed.", row=row), "row")
        return _apply(session, actor, found, plan, {(row, plan_file.CHOSEN): choice})


def undo(session: Session, actor: Actor, import_id: int) -> Edited | None:
    """Takes the last step back; None when there is none. Raises like `change`."""
    found = _open(session, actor, import_id)
    with plan_file.writing(uploads.place_of(found)) as plan:
        step = _last_step(plan)
        if not step:
            return None
        plan_file.begin_change(plan)
        rows = _rows_of(plan, step)
        these = "FROM edit_step WHERE step = ?"
        plan.execute(f"DELETE FROM edit WHERE (row, idx) IN (SELECT row, idx {these})", (step,))  # noqa: S608  (ours)
        plan.execute(f"INSERT INTO edit SELECT row, idx, before {these} AND before IS NOT NULL", (step,))
        plan.execute(f"DELETE {these}", (step,))
        return _finish(session, found, plan, rows)


def steps_taken(found: Import) -> int:
    """How many steps can be undone."""
    folder = uploads.place_of(found)
    if not (folder / plan_file.NAME).is_file():
        return 0
    with plan_file.reading(folder) as plan:
        return _last_step(plan)


def _open(session: Session, actor: Actor, import_id: int) -> Import:
    found = access.get(session, actor, import_id)
    if found.state != ImportState.CHECKED:
        raise Conflict(text("Cells can only be changed between the check and the import."))
    return found


def _apply(
    session: Session,
    actor: Actor,
    found: Import,
    plan: Connection,
    wanted: dict[tuple[int, int], str | None],
    alike: int = 0,
) -> Edited:
    """Writes texts by row and column (None = as in the file) as one step, and judges again."""
    plan_file.begin_change(plan)
    step = _last_step(plan) + 1
    query = "INSERT INTO edit_step SELECT ?, ?, ?, (SELECT value FROM edit WHERE row = ? AND idx = ?)"
    plan.executemany(query, [(step, row, index, row, index) for row, index in wanted])
    plan.executemany("DELETE FROM edit WHERE row = ? AND idx = ?", list(wanted))
    kept = [(row, index, value) for (row, index), value in wanted.items() if value is not None]
    plan.executemany("INSERT INTO edit VALUES (?, ?, ?)", kept)
    return _finish(session, found, plan, sorted({row for row, _ in wanted}), alike=alike)


def _finish(
    session: Session, found: Import, plan: Connection, changed: Sequence[int], *, alike: int = 0, rows: int = 0
) -> Edited:
    """Judges the changed rows and ends the change; of more than AT_ONCE rows not all need to be told."""
    is_judged = _judge_again(session, found, plan, changed)
    plan_file.finish_change(plan)
    if not is_judged and found.rows <= AT_ONCE:
        is_judged = _check_all(session, found, plan, changed)
    return Edited(not is_judged, alike, rows)


def _check_all(session: Session, found: Import, plan: Connection, changed: Sequence[int]) -> bool:
    """A whole check of a small file, at once; False when even that is too much."""
    marks = probably_known.kept(plan)
    with database.reading() as reading:  # the check lets go of its snapshots; the caller's transaction goes on
        *_, last = _check(reading, found, plan).run()
    found.counts = last["counts"]
    session.add(found)
    plan_file.begin_change(plan)
    probably_known.put_back(plan, marks)
    is_done = _compare(found, plan, changed)
    plan_file.finish_change(plan)
    return is_done


def _compare(found: Import, plan: Connection, rows: Sequence[int]) -> bool:
    """Looks again for the contacts that rows probably are; False when it takes a whole check."""
    return probably_known.again(plan, sight.of_plan(plan), Options.from_json(found.options), rows)


def _check(session: Session, found: Import, plan: Connection) -> Check:
    formats = {int(index): pattern for index, pattern in (plan_file.fetch(plan, "date_formats") or {}).items()}
    columns, options = mappings.from_json(found.columns), Options.from_json(found.options)
    return Check(session, plan, sight.of_plan(plan), columns, options, formats, found.continues_id)


def _judge_again(session: Session, found: Import, plan: Connection, rows: Sequence[int]) -> bool:
    """Judges the rows and those that mean the same contacts; False when it takes a whole check."""
    options = Options.from_json(found.options)
    has_consents = any(column["target"] in CONSENT_FIELDS for column in found.columns)
    if len(rows) > AT_ONCE or options.in_file is not InFile.FIRST or has_consents:
        return False
    before = _same_contacts(plan, rows)
    change = Counter[str]()
    check = _check(session, found, plan)
    check.again(rows)
    change.update(check.counts)
    together = sorted({*before, *_same_contacts(plan, rows)})
    if len(together) > AT_ONCE:
        return False
    if together != list(rows):
        check = _check(session, found, plan)
        check.again(together)
        for outcome, count in check.counts.items():
            change[outcome] += count
    counts = {outcome.value: found.counts.get(outcome.value, 0) + change[outcome.value] for outcome in Outcome}
    plan_file.put(plan, counts=counts)
    found.counts = counts
    session.add(found)
    return _compare(found, plan, together)


def _same_contacts(plan: Connection, rows: Iterable[int]) -> set[int]:
    """The rows, those with their keys or contacts, and those that were left out because of one of them."""
    found, wanted = set(rows), json.dumps(list(rows))
    these = "(SELECT value FROM json_each(:rows))"
    query = (
        "SELECT row FROM plan WHERE "  # noqa: S608  (constants)
        f"key IN (SELECT key FROM plan WHERE key IS NOT NULL AND row IN {these}) OR "
        f"contact_id IN (SELECT contact_id FROM plan WHERE contact_id IS NOT NULL AND row IN {these}) OR "
        f"(outcome = 'skip' AND json_extract(reason, '$[1].row') IN {these}) LIMIT {AT_ONCE + 1}"
    )
    found.update(row for (row,) in plan.execute(query, {"rows": wanted}))
    first = f"SELECT json_extract(reason, '$[1].row') FROM plan WHERE outcome = 'skip' AND row IN {these}"  # noqa: S608
    found.update(int(row) for (row,) in plan.execute(first, {"rows": wanted}) if row)
    return found


def _last_step(plan: Connection) -> int:
    """The number of the step taken last, 0 when there is none: steps are written, and taken back, in their order."""
    found = plan.execute("SELECT step FROM edit_step ORDER BY rowid DESC LIMIT 1").fetchone()
    return int(found[0]) if found else 0


def _rows_of(plan: Connection, step: int) -> list[int]:
    """The rows a step changed, in order; of a large one the first AT_ONCE + 1."""
    query = f"SELECT DISTINCT row FROM edit_step WHERE step = ? ORDER BY row LIMIT {AT_ONCE + 1}"  # noqa: S608
    return [row for (row,) in plan.execute(query, (step,))]


def _cell(plan: Connection, row: int, index: int) -> str:
    """What stands in a cell now. Raises Invalid when there is no such cell."""
    query = (
        "SELECT coalesce((SELECT value FROM edit WHERE row = cells.row AND idx = :index), json_extract(cells, :place)) "
        "FROM cells WHERE row = :row"
    )
    values = {"index": index, "place": f"$[{index}]", "row": row}
    found = plan.execute(query, values).fetchone() if index >= 0 else None
    if found is None or found[0] is None:
        raise Invalid(text("There is no row {row} that could be changed.", row=row), "row")
    return str(found[0])


def _alike(plan: Connection, index: int, value: str, row: int) -> int:
    """How many other rows hold this text in the column; blank cells are not alike."""
    return len([other for other in _rows_with(plan, index, value) if other != row]) if value.strip() else 0


def _rows_with(plan: Connection, index: int, value: str) -> list[int]:
    query = (
        "SELECT cells.row FROM cells LEFT JOIN edit ON edit.row = cells.row AND edit.idx = :index "
        "WHERE coalesce(edit.value, json_extract(cells, :place)) = :value ORDER BY cells.row"
    )
    return [row for (row,) in plan.execute(query, {"index": index, "place": f"$[{index}]", "value": value})]
