"""`crm undo`: takes a whole import back, with the same services as the wizard."""

import json
import sys
import time
from typing import Annotated

import typer

from crm_app.cli.imports import Progress, refuse, said
from crm_app.locales import Text, text
from crm_app.models import ImportState
from crm_app.services import database, startup
from crm_app.services.actor import SYSTEM
from crm_app.services.errors import CRMError
from crm_app.services.imports import direct, steps
from crm_app.services.imports import undo as undoing
from crm_app.services.imports.undo import UndoPlan


def undo(
    import_id: Annotated[int, typer.Argument(metavar="IMPORT", min=1, help="Number of the import in the history.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before writing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer with one JSON object on one line.")] = False,
) -> None:
    """Undo an import: contacts it made go, values it changed come back, where nobody edited them since.

    Exit status: 0 = done, also when everything was kept or the import is undone already; 1 = nothing was done, or the
    undo was stopped; 2 = wrong usage.
    """
    startup.prepare()
    started = time.monotonic()
    progress = Progress(is_shown=sys.stderr.isatty())
    try:
        plan = _plan(import_id)
        if not dry_run and not plan.is_done:
            if sys.stdin.isatty() and sys.stdout.isatty() and not yes and not as_json:
                typer.confirm(f"{_counted(plan)}. Undo import {import_id}?", abort=True)
            plan = _run(import_id, progress)
    except CRMError as error:
        progress.end()
        refuse(said(error), 1, as_json)
    else:
        progress.end()
        seconds = time.monotonic() - started
        typer.echo(json.dumps(answer(import_id, plan, seconds)) if as_json else _summary(plan, seconds, dry_run))


def answer(import_id: int, plan: UndoPlan, seconds: float) -> dict[str, object]:
    """The object of `--json`."""
    counts = {"reversed": plan.reversed, "kept": plan.kept, "impossible": plan.impossible}
    return {"import": import_id, **counts, "seconds": round(seconds, 2)}


def _plan(import_id: int) -> UndoPlan:
    with database.reading() as session:
        return undoing.preview(session, SYSTEM, import_id)


def _run(import_id: int, progress: Progress) -> UndoPlan:
    found = direct.step(import_id, "undo", steps.undo, progress.show)
    if found.state != ImportState.UNDONE:
        raise CRMError(Text.from_json(found.error) if found.error else text("The undo was stopped. It can go on."))
    return _plan(import_id)


def _counted(plan: UndoPlan) -> str:
    return f"reversed {plan.reversed}, kept {plan.kept}, impossible {plan.impossible}"


def _summary(plan: UndoPlan, seconds: float, dry_run: bool) -> str:
    head = f"{plan.rows} rows in {seconds:.1f} s: {_counted(plan)}"
    return f"Nothing was written. {head}" if dry_run else head
