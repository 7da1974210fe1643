"""`crm import`: a contact file into the CRM, with the same services as the wizard."""

import json
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from crm_app.locales import render
from crm_app.models import Outcome
from crm_app.services import startup
from crm_app.services.actor import SYSTEM
from crm_app.services.errors import CRMError, Invalid
from crm_app.services.imports import direct
from crm_app.services.imports.choice import Wish
from crm_app.services.imports.columns import Blank, InFile
from crm_app.services.imports.direct_result import Result
from crm_app.services.imports.reading.errors import Unreadable

SHOWN_PROBLEMS = 20


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV file, workbook or vCard.")],
    name: Annotated[str, typer.Option("--name", help="Name of the import in the history.")] = "",
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="HEADER=FIELD", help="Column to field; an empty field leaves it out. Repeatable."
        ),
    ] = None,
    match: Annotated[
        str | None, typer.Option("--match", help="The only key by which rows find contacts; name_birth_date is one.")
    ] = None,
    tags: Annotated[list[str] | None, typer.Option("--tag", help="Tag for every contact of the file.")] = None,
    preset: Annotated[
        str, typer.Option("--preset", metavar="NAME", help="Choices saved under this name, or those for a program.")
    ] = "",
    blank: Annotated[
        Blank | None, typer.Option("--blank", help="Whether blank cells keep or clear what is stored (keep).")
    ] = None,
    in_file: Annotated[
        InFile | None,
        typer.Option("--in-file", help="Which of several rows of one contact counts: first, last, or all merged."),
    ] = None,
    as_new: Annotated[
        bool,
        typer.Option("--as-new", help="Take failed rows that come back as a file of their own, not with their import."),
    ] = False,
    similar: Annotated[
        bool, typer.Option("--similar/--no-similar", help="Whether new rows are compared with all contacts (yes).")
    ] = True,
    course: Annotated[
        str, typer.Option("--course", metavar="NAME|ID", help="Enrol everybody of the file in this course.")
    ] = "",
    offer: Annotated[
        str,
        typer.Option("--offer", metavar="NAME", help="Their offer; --map HEADER=offer where a column says which."),
    ] = "",
    access_from: Annotated[
        str, typer.Option("--access-from", metavar="DATE", help="First day of access, as 2027-03-01 (now).")
    ] = "",
    notice: Annotated[
        str, typer.Option("--notice", metavar="TEMPLATE", help="Tell new members by e-mail (nothing is sent).")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before writing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer with one JSON object on one line.")] = False,
) -> None:
    """Import a contact file. Failed rows of an import, mended, go on with that import: "import" is its number then.

    Exit status: 0 = done, also when nothing changed or some rows are invalid; 1 = nothing could be read, or nothing was
    written because this installation takes files only as a whole and a row is invalid; 2 = wrong usage.
    """
    if not direct.is_readable(file):
        refuse(f"{file}: there is no such file, or it may not be read.", 1, as_json)
    startup.prepare()
    wish = Wish(
        name, maps or (), match, tags or (), preset, blank, in_file, as_new, similar, course, offer, access_from, notice
    )
    progress = Progress(is_shown=sys.stderr.isatty())
    asks = sys.stdin.isatty() and sys.stdout.isatty() and not yes and not as_json

    def confirm(counts: dict[Outcome, int]) -> bool:
        progress.end()
        return not asks or typer.confirm(f"{_counted(counts)}. Write this?")

    try:
        if dry_run:
            result = direct.try_out(file, wish, on_progress=progress.show)
        else:
            result = direct.run(file, wish, on_progress=progress.show, confirm=confirm)
    except Unreadable as error:
        progress.end()
        refuse(said(error), 1, as_json)
    except Invalid as error:
        progress.end()
        refuse(said(error), 2 if error.field else 1, as_json)
    except CRMError as error:
        progress.end()
        refuse(said(error), 1, as_json)
    else:
        progress.end()
        typer.echo(json.dumps(answer(result), ensure_ascii=False) if as_json else _summary(result))
        if result.refusal is not None:
            typer.echo(render(result.refusal, SYSTEM.language), err=True)
            if not dry_run:
                raise typer.Exit(1)


def answer(result: Result) -> dict[str, object]:
    """The object of `--json`; `error` is in it when the file as a whole is refused."""
    error = {"error": render(result.refusal, SYSTEM.language)} if result.refusal is not None else {}
    places = {} if result.places is None else {"course": {place.value: n for place, n in result.places.items()}}
    return {
        "import": result.import_id,
        "rows": result.rows,
        **{outcome.value: result.counts.get(outcome, 0) for outcome in Outcome},
        "seconds": round(result.seconds, 2),
        "problems": [
            {
                "level": found.level.value,
                "row": found.row,
                "column": found.column,
                "message": render(found.message, SYSTEM.language),
            }
            for found in result.problems
        ],
        **places,
        **error,
    }


def said(error: CRMError) -> str:
    return render(error.message, SYSTEM.language)


def refuse(message: str, status: int, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"error": message}, ensure_ascii=False))
    typer.echo(message, err=True)
    raise typer.Exit(status)


def _counted(counts: dict[Outcome, int]) -> str:
    return ", ".join(f"{outcome.value} {counts.get(outcome, 0)}" for outcome in Outcome)


def _summary(result: Result) -> str:
    head = f"{result.rows} rows in {result.seconds:.1f} s: {_counted(result.counts)}"
    lines = [head if result.import_id else f"Nothing was written. {head}"]
    if result.places is not None:
        lines.append("  course: " + ", ".join(f"{place.value} {count}" for place, count in result.places.items()))
    for found in result.problems[:SHOWN_PROBLEMS]:
        place = ", ".join(filter(None, [f"row {found.row}" if found.row else "", found.column]))
        lines.append(f"  {found.level}: {place + ': ' if place else ''}{render(found.message, SYSTEM.language)}")
    if len(result.problems) > SHOWN_PROBLEMS:
        lines.append(f"  and {len(result.problems) - SHOWN_PROBLEMS} more problems; --json lists all of them")
    return "\n".join(lines)


class Progress:
    """One line on the terminal's error output, rewritten at most five times a second."""

    def __init__(self, *, is_shown: bool) -> None:
        self._is_shown = is_shown
        self._last = 0.0

    def show(self, step: str, done: int, total: int) -> None:
        if self._is_shown and time.monotonic() - self._last > 0.2:
            self._last = time.monotonic()
            of = f" of {total}" if total else ""
            what = "waiting for another import" if step == "wait" else f"{step}: {done}{of} rows"
            typer.echo(f"\r\033[K{what}", err=True, nl=False)

    def end(self) -> None:
        if self._is_shown and self._last:
            typer.echo("\r\033[K", err=True, nl=False)
