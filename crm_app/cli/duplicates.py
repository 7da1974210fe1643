"""`crm duplicates`: looks for contacts that are probably one, and lists them a group a line."""

import json
import sys
from typing import Annotated

import typer

from crm_app import locales
from crm_app.cli.data import fail
from crm_app.services import database, startup
from crm_app.services.actor import SYSTEM
from crm_app.services.duplicates import groups, running
from crm_app.services.duplicates.groups import Group
from crm_app.services.errors import CRMError

BATCH = 500


def duplicates(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each group.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Compare all contacts again, not only those changed since the last time.")
    ] = False,
) -> None:
    """List contacts that are probably one: numbers, a score from 50 to 100, and why. Changes no contact."""
    startup.prepare()
    shown = sys.stderr.isatty()

    def on_progress(done: int, total: int) -> None:
        if shown:
            typer.echo(f"\r{done} %", err=True, nl=done == total)

    try:
        found = running.run(database.engine(), SYSTEM, on_progress, everything=everything)
    except CRMError as error:
        raise fail(error) from error
    after: int | None = None
    while True:
        with database.reading() as session:
            page = groups.page(session, SYSTEM, after=after, limit=BATCH)
            for group in page.groups:
                typer.echo(json.dumps(_answer(group), ensure_ascii=False) if as_json else _line(group))
        after = page.after
        if after is None:
            break
    typer.echo(f"{found.groups} groups among {found.contacts} contacts", err=True)


def _answer(group: Group) -> dict[str, object]:
    return {
        "contacts": [{"number": one.number, "external_id": one.external_id} for one in group.contacts],
        "score": group.score,
        "certain": group.is_certain,
        "reasons": [locales.render(reason, SYSTEM.language) for reason in group.reasons],
    }


def _line(group: Group) -> str:
    who = ", ".join(f"#{one.number} {one.display_name}" for one in group.contacts)
    why = "; ".join(locales.render(reason, SYSTEM.language) for reason in group.reasons)
    return f"{group.score}\t{who}\t{why}"
