"""The whole way of a file in one call, for the command line: the wizard's services, run in this process."""

import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlmodel import Session

from crm_app import settings
from crm_app.locales import Text, text
from crm_app.models import Import, ImportState, Job, JobState, Outcome
from crm_app.services import custom_fields, database, jobs
from crm_app.services.actor import SYSTEM
from crm_app.services.errors import CRMError, Invalid
from crm_app.services.fields.verdict import Level
from crm_app.services.imports import (
    access,
    choice,
    continuing,
    course_plan,
    direct_return,
    into_course,
    own_fields,
    plan_file,
    presets,
    probably_known,
    returning,
    steps,
    uploads,
    whole_files,
    work,
)
from crm_app.services.imports.choice import Wish
from crm_app.services.imports.columns import ColumnMapping, IntoCourse, Options
from crm_app.services.imports.direct_result import Found, Progress, Result, problems_of, telling
from crm_app.services.imports.preset_access import PresetId
from crm_app.services.imports.reading.child import Reader
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.returning import Returned

CACHE_KIB = 262_144
WAIT_SECONDS = 0.5


def try_out(path: Path, wish: Wish, *, on_progress: Progress) -> Result:
    """Reads and checks without changing anything. Raises Unreadable, Invalid (wrong wish)."""
    started = time.monotonic()
    preset = _preset(wish)
    _look_at_course(wish)
    chosen = settings.get()
    with tempfile.TemporaryDirectory(prefix="dry-", dir=chosen.imports_dir) as place, Reader() as reader:
        folder = Path(place)
        (folder / plan_file.SOURCE).symlink_to(path.absolute())
        payload: dict[str, Any] = {
            "folder": place,
            "file": plan_file.NAME,
            "file_name": path.name,
            "settings": {},
            "max_rows": chosen.import_max_rows,
        }
        staged = reader.run("stage", payload, on_progress=telling("read", on_progress))
        returned = _returned(wish, staged["headers"], folder)
        if returned is not None and not returned.refusal:
            return direct_return.tried_out(folder, returned, reader, on_progress, started)
        with database.reading() as session:
            own_fields.put_over(custom_fields.all_of(session), staged["read_out"])
        columns, options = _choose(staged["read_out"], wish, preset)
        payload = {
            "folder": place,
            "database": chosen.database,
            "branch_ids": [SYSTEM.branch_id],
            "columns": [column.to_json() for column in columns],
            "options": options.to_json(),
        }
        checked = reader.run("check", payload, on_progress=telling("check", on_progress))
        compare = partial(reader.run, on_progress=telling("compare", on_progress))
        probably_known.after_check(compare, payload)
        counts = {outcome: int(checked["counts"].get(outcome, 0)) for outcome in Outcome}
        problems = _refused(returned) + problems_of(folder, staged["read_out"], staged["headers"])
        places = course_plan.counts(folder) if options.course is not None else None
    return Result(None, staged["rows"], counts, time.monotonic() - started, problems, _refusal(counts), places)


def run(path: Path, wish: Wish, *, on_progress: Progress, confirm: Callable[[dict[Outcome, int]], bool]) -> Result:
    """Reads, checks and commits as the built-in user; `confirm` may still say no, then nothing stays. Nor does a file
    that the installation only takes as a whole and that has rows which cannot be taken.

    Raises Unreadable, Invalid (wrong wish), CRMError.
    """
    started = time.monotonic()
    preset = _preset(wish)
    _look_at_course(wish)
    stored = uploads.from_path(path)
    with database.transaction() as session:
        made = uploads.create(
            session,
            SYSTEM,
            file_name=path.name,
            size=stored.size,
            sha256=stored.sha256,
            folder=stored.folder,
            name=wish.name,
        )
    assert made.id is not None
    try:
        with Reader() as reader:
            found = _read(made.id, on_progress, reader)
            returned = _returned(wish, found.read_out["headers"], uploads.place_of(found))
            if returned is None or returned.refusal:
                found = _plan(found, wish, preset, on_progress, reader)
            elif returned.rows:
                found = _checked(step(made.id, "check", continuing.start, on_progress, reader))
            else:
                _forget(made.id)
                return direct_return.nothing_left(returned, started)
        counts = {outcome: int(found.counts.get(outcome, 0)) for outcome in Outcome}
        if refusal := _refusal(counts):
            problems = problems_of(uploads.place_of(found), found.read_out, found.read_out["headers"])
            _forget(made.id)
            return Result(None, found.rows, counts, time.monotonic() - started, problems, refusal)
        if not confirm(counts):
            _forget(made.id)
            return Result(None, found.rows, counts, time.monotonic() - started, [])
    except BaseException:
        _forget(made.id)
        raise
    found = step(made.id, "commit", steps.commit, on_progress)
    if found.state != ImportState.DONE:
        error = Text.from_json(found.error) if found.error else text("The import was stopped.")
        raise CRMError(error)
    counts = {outcome: int(found.counts.get(outcome, 0)) for outcome in Outcome}
    problems = _refused(returned) + problems_of(uploads.place_of(found), found.read_out, found.read_out["headers"])
    places = course_plan.counts(uploads.place_of(found)) if found.options.get("course") else None
    result = Result(made.id, found.rows, counts, time.monotonic() - started, problems, places=places)
    return direct_return.told(result, returned) if found.continues_id is not None and returned else result


def _refusal(counts: Mapping[Any, Any]) -> Text | None:
    with database.reading() as session:
        rows = whole_files.in_the_way(session, counts)
    return whole_files.refusal(rows) if rows else None


def _read(import_id: int, on_progress: Progress, reader: Reader) -> Import:
    found = step(import_id, "read", steps.read, on_progress, reader)
    if found.state != ImportState.READ:
        raise Unreadable(Text.from_json(found.error) if found.error else text("The file cannot be read."))
    return found


def _plan(found: Import, wish: Wish, preset: PresetId | None, on_progress: Progress, reader: Reader) -> Import:
    import_id = found.id or 0
    columns, options = _choose(found.read_out, wish, preset)
    with database.transaction() as session:
        steps.map_columns(session, SYSTEM, import_id, columns, options)
    return _checked(step(import_id, "check", steps.check, on_progress, reader))


def _checked(found: Import) -> Import:
    if found.state != ImportState.CHECKED:
        raise CRMError(Text.from_json(found.error) if found.error else text("The file cannot be checked."))
    return found


def _returned(wish: Wish, headers: Sequence[str], folder: Path) -> Returned | None:
    """What the file brings back to another import. Raises Invalid when the wish asks for columns of its own."""
    if wish.as_new:
        return None
    with database.reading() as session:
        found = returning.look(session, SYSTEM, headers, folder)
    if found is not None and not found.refusal and wish.chooses:
        raise Invalid(
            text(
                "These are rows of import {number}, whose columns and options count. Leave yours out, or add --as-new.",
                number=found.original.id,
            ),
            "map",
        )
    return found


def _refused(returned: Returned | None) -> list[Found]:
    """Why rows that come back are a file of their own, as a problem of the file."""
    return [Found(Level.WARNING, None, "", returned.refusal)] if returned is not None and returned.refusal else []


def _preset(wish: Wish) -> PresetId | None:
    """The preset wished for, looked up before the file is read. Raises Invalid when there is none of that name."""
    if not wish.preset:
        return None
    with database.reading() as session:
        return presets.named(session, SYSTEM, wish.preset)


def _choose(read_out: dict[str, Any], wish: Wish, preset: PresetId | None) -> tuple[list[ColumnMapping], Options]:
    headers, suggestions = read_out["headers"], read_out["suggestions"]
    with database.reading() as session:
        fields = custom_fields.targets(session)
        carried = presets.on_file(session, SYSTEM, preset, headers, suggestions) if preset is not None else None
        course = _course(session, wish)
    how: dict[str, Any] = {"product": read_out.get("product"), "preset": carried, "fields": fields, "course": course}
    return choice.choose(headers, suggestions, wish, **how)


def _look_at_course(wish: Wish) -> None:
    """Before the file is read. Raises as `_course`."""
    with database.reading() as session:
        _course(session, wish)


def _course(session: Session, wish: Wish) -> IntoCourse | None:
    """Raises Invalid for what there is not, and for what has no meaning without a course."""
    if not wish.course:
        if wish.offer or wish.access_from or wish.notice:
            raise Invalid(text("Say with --course which course is meant."), "course")
        return None
    return into_course.named(
        session, SYSTEM, wish.course, offer=wish.offer, access_from=wish.access_from, notice=wish.notice
    )


def step(
    import_id: int, name: str, verb: Callable[..., Job], on_progress: Progress, reader: Reader | None = None
) -> Import:
    """Starts a step and works on it here; waits while another import is being committed."""
    with database.transaction() as session:
        job = verb(session, SYSTEM, import_id)
        assert job.id is not None
        job_id = job.id
        claim = jobs.claim(session, job_id, jobs.CLI)
    while claim is None:
        time.sleep(WAIT_SECONDS)
        with database.transaction() as session:
            current = session.get(Job, job_id)
            if current is None or current.is_finished:
                break
            on_progress("wait" if current.state == JobState.QUEUED else name, current.done, current.total)
            claim = jobs.claim(session, job_id, jobs.CLI)
    if claim is not None:
        try:
            work.run(
                claim,
                on_progress=lambda done, total: on_progress(name, done, total),
                cache_kib=CACHE_KIB,
                reader=reader,
            )
        except KeyboardInterrupt:
            work.abandon(claim)
            raise
    with database.reading() as session:
        return access.get(session, SYSTEM, import_id)


def _forget(import_id: int) -> None:
    with database.transaction() as session:
        uploads.delete(session, SYSTEM, import_id)


def is_readable(path: Path) -> bool:
    """Whether the file is there and may be read."""
    return path.is_file() and os.access(path, os.R_OK)
