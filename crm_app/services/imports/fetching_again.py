"""A linked sheet fetched anew: a new import with the choices of the one before, checked at once when the columns are
the same.
"""

from dataclasses import replace

from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import HALTED, Import, ImportState, Job, JobKind
from crm_app.models.base import now
from crm_app.services import jobs
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, Invalid
from crm_app.services.imports import access, columns, sheet_link, steps, uploads
from crm_app.services.imports.carrying import Choices, carry
from crm_app.services.imports.columns import ColumnMapping, from_json
from crm_app.services.imports.likeness import keys_of
from crm_app.services.imports.uploads import Stored

COMMITTED = (ImportState.DONE, *HALTED, ImportState.UNDONE)
_NO_LINK = text("This import did not come from a link, or its files are not kept any more.")


def link_to_fetch(found: Import) -> str:
    """The link an import can be repeated from; '' when there is none, or it has not come in yet."""
    return sheet_link.link_of(found) if found.state in COMMITTED and found.continues_id is None else ""


def link(session: Session, actor: Actor, import_id: int) -> str:
    """The link to fetch (`sheet_link.fetch`) for `begin`. Raises NotFound, NotPermitted; Conflict without one."""
    if not (found := link_to_fetch(access.get(session, actor, import_id))):
        raise Conflict(_NO_LINK)
    return found


def begin(session: Session, actor: Actor, import_id: int, file_name: str, stored: Stored) -> Job:
    """The new import of the fetched file, with the name of the one before; its reading goes on by itself.

    Raises NotFound, NotPermitted; Invalid for an empty file.
    """
    before = access.get(session, actor, import_id)
    made = uploads.create(
        session,
        actor,
        file_name=file_name,
        size=stored.size,
        sha256=stored.sha256,
        folder=stored.folder,
        name=before.name,
    )
    made.follows_id, made.branch_id = before.id, before.branch_id
    assert made.id is not None
    return steps.read(session, actor, made.id)


def go_on(session: Session, found: Import, read_by: int) -> None:
    """Behind its first reading: takes the choices of the import before and asks for the check, in the name of whoever
    asked for the reading (a job). Other columns wait, the known ones as they were chosen.
    """
    before = session.get(Import, found.follows_id) if found.follows_id is not None else None
    if before is None or found.id is None or _readings(session, found.id) > 1:
        return
    mapped = carried(before, found.read_out["headers"])
    if mapped is None:
        _keep_what_is_known(before, found)
        return
    try:
        columns.validate(mapped, columns.Options.from_json(before.options), len(mapped))
    except Invalid:
        return
    found.columns, found.options = [column.to_json() for column in mapped], dict(before.options)
    found.state = ImportState.CHECKING
    session.add(found)
    job = session.get_one(Job, read_by)
    session.add(Job(kind=JobKind.CHECK, subject_id=found.id, user_id=job.user_id, total=found.rows, created_at=now()))


def carried(before: Import, headers: list[str]) -> list[ColumnMapping] | None:
    """The columns of an import on a file with the same ones, in whatever order; None when they are not the same."""
    chosen = {column.index: column for column in from_json(before.columns)}
    known = list(before.read_out.get("headers", []))
    if known == headers:
        places = list(range(len(known)))
    else:
        keys, wanted = keys_of(known), keys_of(headers)
        if None in keys or None in wanted or sorted(map(str, keys)) != sorted(map(str, wanted)):
            return None
        places = [keys.index(key) for key in wanted]
    return [
        replace(chosen.get(place, ColumnMapping(place, headers[index])), index=index, header=headers[index])
        for index, place in enumerate(places)
    ]


def _keep_what_is_known(before: Import, found: Import) -> None:
    chosen = from_json(before.columns)
    known = {key: one for key, one in zip(keys_of([one.header for one in chosen]), chosen, strict=True) if key}
    options = columns.Options.from_json(before.options)
    headers, suggestions = found.read_out["headers"], found.read_out["suggestions"]
    now = carry(Choices(known, options), headers, suggestions, options)
    found.columns, found.options = [column.to_json() for column in now.columns], now.options.to_json()


def _readings(session: Session, import_id: int) -> int:
    return jobs.count(session, import_id, JobKind.READ)
