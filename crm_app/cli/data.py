"""`crm export`, `backup`, `restore`, `doctor`, `demo`: the data as a whole."""

from pathlib import Path
from typing import Annotated

import typer

from crm_app import locales
from crm_app.services import backup as backups
from crm_app.services import database, exports, restoring, startup
from crm_app.services import doctor as doctors
from crm_app.services.actor import SYSTEM
from crm_app.services.errors import CRMError


def fail(error: CRMError, code: int = 1) -> typer.Exit:
    typer.echo(locales.render(error.message, locales.DEFAULT), err=True)
    return typer.Exit(code)


def export(
    out: Annotated[Path, typer.Argument(help="OUT.csv or OUT.xlsx")],
    fields: Annotated[str, typer.Option(help="Fields by comma; all when left out.")] = "",
) -> None:
    """Write all contacts, active and inactive, to a CSV or XLSX file."""
    names = [name.strip() for name in fields.split(",") if name.strip()]
    try:
        startup.prepare()
        with database.reading() as session:
            chosen = exports.chosen_fields(session, names)
        write = exports.writer_for(out)
    except CRMError as error:
        raise fail(error, 2) from error
    try:
        with database.reading() as session:
            written = write(session, SYSTEM, out, chosen)
    except CRMError as error:
        raise fail(error) from error
    typer.echo(f"{written.rows} contacts written to {out}")


def backup(
    out: Annotated[Path | None, typer.Argument(help="File to write; default: the backups folder.")] = None,
) -> None:
    """Copy the database, and beside it the files kept with contacts, while they are in use."""
    startup.prepare()
    try:
        typer.echo(str(backups.create(database.engine(), target=out)))
    except CRMError as error:
        raise fail(error) from error


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put a backup in the place of the database; the present one is kept as a backup first. Stop the server before."""
    import sys

    if sys.stdin.isatty() and not yes:
        typer.confirm(f"Replace the database by {file}?", abort=True)
    startup.make_folders()
    try:
        done = restoring.restore(database.engine(), file)
    except CRMError as error:
        raise fail(error) from error
    startup.prepare()
    if done.kept:
        typer.echo(f"The database before is kept as {done.kept}")
    came = done.carried
    typer.echo(
        f"Carried over from it: {came.consents} consents and revocations, {came.suppressions} suppressed addresses, "
        f"{came.erasures} erasures, {came.requests} requests"
    )
    for note in done.notes:
        typer.echo(locales.render(note, locales.DEFAULT), err=True)
    typer.echo(f"Restored from {file}")


def doctor() -> None:
    """Check the database, the search index and the folders; says what is wrong and what to do."""
    startup.prepare()
    findings = doctors.examine()
    for finding in findings:
        typer.echo(locales.render(finding.message, locales.DEFAULT), err=not finding.ok)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def demo(
    contacts: Annotated[int, typer.Option(help="How many invented contacts.", min=1)] = 500,
) -> None:
    """Fill the database with invented contacts."""
    from crm_app.services import demo as demos

    startup.prepare()
    made = demos.fill(contacts, typer.echo)
    typer.echo(f"{made} invented contacts added")
