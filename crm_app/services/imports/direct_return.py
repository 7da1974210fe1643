"""A file of failed rows on the command line: its rows belong to the import they come from, and so does the answer."""

import time
from dataclasses import replace
from pathlib import Path

from crm_app import settings
from crm_app.models import Outcome
from crm_app.services import database
from crm_app.services.fields.verdict import Level
from crm_app.services.imports import continuing, merging, plan_file, returning
from crm_app.services.imports.direct_result import Found, Progress, Result, problems_of, telling
from crm_app.services.imports.reading.child import Reader
from crm_app.services.imports.returning import Returned


def tried_out(folder: Path, returned: Returned, reader: Reader, on_progress: Progress, started: float) -> Result:
    """What would become of the rows, without changing anything."""
    if not returned.rows:
        return replace(nothing_left(returned, started), import_id=None)
    original = returned.original
    with database.reading() as session:
        merging.take(session, original, folder, "taken" + plan_file.NEW)
    payload = {
        "folder": str(folder),
        "database": settings.get().database,
        "branch_ids": [original.branch_id],
        "columns": [column.to_json() for column in continuing.mapping(original)],
        "options": original.options,
        "continues_id": original.id,
    }
    checked = reader.run("check", payload, on_progress=telling("check", on_progress))
    counts = {outcome: int(checked["counts"].get(outcome, 0)) for outcome in Outcome}
    problems = problems_of(folder, {"problems": []}, original.read_out["headers"])
    result = Result(None, len(returned.rows), counts, time.monotonic() - started, problems)
    return replace(told(result, returned), import_id=None)


def told(result: Result, returned: Returned) -> Result:
    """The result with row numbers of the file, and the rows that were left alone among the skipped."""
    records = {row: record for record, row in returned.rows.items()}
    problems = [replace(one, row=records.get(one.row, one.row) if one.row else one.row) for one in result.problems]
    return Result(
        returned.original.id,
        result.rows + returned.left_alone,
        {**result.counts, Outcome.SKIP: result.counts[Outcome.SKIP] + returned.left_alone},
        result.seconds,
        [Found(Level.WARNING, None, "", message) for message in returning.remarks(returned)] + problems,
    )


def nothing_left(returned: Returned, started: float) -> Result:
    """The answer when no row of the file is to be judged again."""
    return told(Result(None, 0, dict.fromkeys(Outcome, 0), time.monotonic() - started, []), returned)
