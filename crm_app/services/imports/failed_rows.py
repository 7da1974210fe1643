"""The rows of a file that did not come in, in its own columns and format, with the reason: mend them and bring them
back. A key in the last column says which row of which import each is.
"""

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from sqlite3 import Connection

from sqlmodel import Session

from crm_app.locales import DEFAULT, LANGUAGES, Text, render, text
from crm_app.models import Import, ImportState
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict
from crm_app.services.fields.verdict import Level
from crm_app.services.imports import access, doubles, failed_rows_file, kept, plan_file, settling, uploads
from crm_app.services.imports.failed_rows_file import Target
from crm_app.services.imports.plan_file import WHOLE_ROW
from crm_app.services.imports.plan_rows import BY_HAND, EMPTY_ROW
from crm_app.services.imports.reading.types import KEY_HEADER

BATCH = 500
REASON = text("Why this row did not come in")
# Rows left out because an earlier one means the same contact, and empty ones: there is nothing to mend.
_NOT_FAILED = frozenset(
    {
        doubles.SAME_KEY,
        doubles.SAME_CONTACT,
        settling.LAST_COUNTS,
        settling.MERGED,
        BY_HAND.msgid,
        EMPTY_ROW.msgid,
    }
)
_IN_BETWEEN = (ImportState.READING, ImportState.READ, ImportState.CHECKING, ImportState.FAILED)


@dataclass(frozen=True, slots=True)
class Failed:
    """One row that did not come in: its cells as read, and why."""

    row: int
    cells: list[str]
    reasons: list[Text]


def write(session: Session, actor: Actor, import_id: int, target: Path) -> int:
    """Writes invalid and conflicting rows and those left out for another reason than being a double or empty.

    Columns, delimiter and encoding are the file's, a workbook becomes XLSX; behind them the reason in the actor's
    language and a key. Cells no spreadsheet takes for formulas. Returns the number of rows; `file_name` suggests one.
    Raises NotFound, NotPermitted; Conflict before the check, or when the import's files were removed.
    """
    found = access.get(session, actor, import_id)
    folder = uploads.place_of(found)
    if found.state in _IN_BETWEEN:
        raise Conflict(text("This import has no finished check yet, so it is not known which rows fail."))
    kept.require_file(found)
    headers = list(found.read_out.get("headers", []))
    width = len(headers)
    if headers[-1:] == [KEY_HEADER]:  # a file that was written here before: its reasons and keys are made anew
        width -= 2
    head = [*headers[:width], render(REASON, actor.language), KEY_HEADER]

    owner = found if found.continues_id is None else session.get_one(Import, found.continues_id)

    def rows() -> Iterator[list[str]]:
        with plan_file.reading(folder) as plan:
            for failed in _failed(plan, len(headers)):
                reason = _said(failed.reasons, actor.language)
                yield [*failed.cells[:width], reason, row_key(owner, failed.row)]

    return failed_rows_file.write(Target(target, found.read_out), head, rows)


def count(found: Import) -> int:
    """How many rows `write` would write, in one quick look; 0 when the import's files were removed."""
    folder = uploads.place_of(found)
    if found.purged_at is not None or not (folder / plan_file.NAME).is_file():
        return 0
    query = (
        "SELECT count(*) FROM plan WHERE outcome IN ('invalid', 'conflict') OR (outcome = 'skip' "
        "AND coalesce(json_extract(reason, '$[0]'), '') NOT IN (SELECT value FROM json_each(?)))"
    )
    with plan_file.reading(folder) as plan:
        return int(plan.execute(query, (json.dumps(sorted(_NOT_FAILED)),)).fetchone()[0])


def file_name(found: Import, language: str = DEFAULT) -> str:
    """What the file with the failed rows should be called: "people (failed rows).csv"."""
    stem = Path(found.file_name).stem or "import"
    name = render(text("{name} (failed rows)", name=stem), language)
    return name + (".csv" if failed_rows_file.is_text(found.read_out) else ".xlsx")


def is_ours(header: str) -> bool:
    """Whether a column was put beside the rows of a file by `write`, in any language."""
    return header == KEY_HEADER or header in {render(REASON, language) for language in LANGUAGES}


def row_key(found: Import, row: int) -> str:
    """Which row of which import this is. Nobody can make one up: the import's folder, which nobody sees, is in it."""
    return f"{found.id}-{row}-{_sign(found, row)}"


def key_parts(key: str) -> tuple[int, int] | None:
    """Import and row a key speaks of, None when it is none. `row_of` says whether it is to be believed."""
    parts = key.strip().split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts[:2]):
        return None
    return int(parts[0]), int(parts[1])


def row_of(found: Import, key: str) -> int | None:
    """The row of this import the key stands for; None when it is not one of this import's keys."""
    parts = key_parts(key)
    if parts is None or parts[0] != found.id:
        return None
    return parts[1] if hmac.compare_digest(key.strip(), row_key(found, parts[1])) else None


def _sign(found: Import, row: int) -> str:
    return hmac.new(found.folder.encode(), f"{found.id}-{row}".encode(), sha256).hexdigest()[:12]


def _failed(plan: Connection, width: int) -> Iterator[Failed]:
    """Rows that did not come in, in the order of the file, read in batches."""
    query = (
        "SELECT plan.row, outcome, reason, cells FROM plan LEFT JOIN cells ON cells.row = plan.row "
        "WHERE plan.row > ? AND outcome IN ('invalid', 'conflict', 'skip') ORDER BY plan.row LIMIT ?"
    )
    after = 0
    while found := plan.execute(query, (after, BATCH)).fetchall():
        after = found[-1][0]
        headers = dict(plan.execute("SELECT idx, header FROM profile"))
        problems = _problems(plan, [row for row, *_ in found], headers)
        edits = plan_file.edits(plan, found[0][0], after)
        for row, outcome, stored, cells in found:
            reason = plan_file.text_of(stored) if stored else None
            if outcome == "skip" and reason is not None and reason.msgid in _NOT_FAILED:
                continue
            reasons = problems.get(row) or ([reason] if reason is not None else [])
            read = json.loads(cells) if cells else [""] * width
            yield Failed(row, plan_file.edited(read, edits.get(row, {})), reasons)


def _problems(plan: Connection, rows: list[int], headers: dict[int, str]) -> dict[int, list[Text]]:
    """What is wrong with each row, cell by cell; warnings do not keep a row out."""
    query = (
        "SELECT row, idx, message FROM problem WHERE row IN (SELECT value FROM json_each(?)) AND level = ? "
        "ORDER BY row, idx"
    )
    found: dict[int, list[Text]] = {}
    for row, index, message in plan.execute(query, (json.dumps(rows), Level.ERROR.value)):
        said = plan_file.text_of(message)
        if index != WHOLE_ROW:
            said = text("“{column}”: {problem}", column=headers.get(index, ""), problem=said)
        found.setdefault(row, []).append(said)
    return found


def _said(reasons: list[Text], language: str) -> str:
    return " ".join(dict.fromkeys(render(reason, language) for reason in reasons))
