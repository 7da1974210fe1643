"""The `crm` command. Without a terminal nothing is ever asked; exit 0 = done, 1 = nothing done, 2 = wrong usage."""

import logging

import typer

from crm_app import locales, settings
from crm_app.cli.data import backup, demo, doctor, export, restore
from crm_app.cli.duplicates import duplicates
from crm_app.cli.imports import import_file
from crm_app.cli.inspect import inspect
from crm_app.cli.run import run
from crm_app.cli.undo import undo
from crm_app.cli.users import users
from crm_app.services.errors import CRMError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.command()(run)
app.command()(inspect)
app.command("import")(import_file)
app.command()(undo)
app.command()(duplicates)
app.command()(export)
app.add_typer(users, name="user")
app.command()(demo)
app.command()(backup)
app.command()(restore)
app.command()(doctor)


def main() -> None:
    logging.basicConfig(level=settings.get().log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    for name in ("alembic", "huey"):
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        app()
    except CRMError as error:  # from `startup.prepare`, with which every command begins
        typer.echo(locales.render(error.message, locales.DEFAULT), err=True)
        raise SystemExit(1) from error
