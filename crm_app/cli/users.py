"""`crm user`: accounts from the command line, as the built-in user `system`. Asks nothing without a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from sqlmodel import Session

from crm_app import locales
from crm_app.models import LinkPurpose
from crm_app.services import audit, database, links, second_factor, startup
from crm_app.services import users as accounts
from crm_app.services.actor import SYSTEM
from crm_app.services.errors import Conflict, CRMError, Invalid

users = typer.Typer(no_args_is_help=True, help="Accounts: add, list, disable, sign-in links, second factor.")

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="Address of the account.")]


@users.command()
def add(
    email: Email,
    name: Annotated[str, typer.Option("--name", help="Name people see.")],
    role: Annotated[str, typer.Option("--role", help="admin, manager, staff or viewer.")] = "staff",
    language: Annotated[str, typer.Option("--language", help="Language of the pages (en, de); else the CRM's.")] = "",
) -> None:
    """Add an account and print a link with which its owner signs in once and chooses a password."""
    with _work() as session:
        user = accounts.add(session, SYSTEM, email=email, name=name, role=role, language=language)
        token = links.sign_in_link(session, user.id or 0)
    typer.echo(links.url_of(token, LinkPurpose.SIGN_IN))


@users.command("list")
def list_accounts() -> None:
    """List the accounts: address, role, state, name, separated by tabs."""
    with _work() as session:
        lines = [
            f"{user.email}\t{role.key}\t{'active' if user.active else 'disabled'}\t{user.name}"
            for user, role in accounts.list_all(session, SYSTEM)
        ]
    for line in lines:
        typer.echo(line)


@users.command()
def disable(
    email: Email,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask on a terminal.")] = False,
) -> None:
    """Disable an account: its owner is signed out everywhere within seconds and cannot sign in any more."""
    if not yes and sys.stdin.isatty() and not typer.confirm(f"Disable {email}?"):
        raise typer.Exit(1)
    with _work() as session:
        user = accounts.by_email(session, SYSTEM, email)
        accounts.disable(session, SYSTEM, user.id or 0)
    typer.echo(f"{user.email} is disabled.")


@users.command()
def enable(email: Email) -> None:
    """Enable a disabled account again."""
    with _work() as session:
        user = accounts.by_email(session, SYSTEM, email)
        accounts.enable(session, SYSTEM, user.id or 0)
    typer.echo(f"{user.email} is active.")


@users.command()
def link(email: Email) -> None:
    """Print a link that signs this person in once, for somebody who is locked out. Earlier links stop working."""
    with _work() as session:
        user = accounts.by_email(session, SYSTEM, email)
        if not user.active:
            raise Conflict(locales.text("The account {email} is disabled. Enable it first.", email=user.email))
        token = links.sign_in_link(session, user.id or 0)
        audit.record(session, SYSTEM, "user.link", user=user.id or 0)
    typer.echo(links.url_of(token, LinkPurpose.SIGN_IN))


@users.command("two-factor-off")
def second_factor_off(email: Email) -> None:
    """Switch off the second factor of somebody who lost the device. The password stays as it is."""
    with _work() as session:
        user = accounts.by_email(session, SYSTEM, email)
        second_factor.switch_off(session, SYSTEM, user.id or 0)
    typer.echo(f"{user.email} signs in with the password alone.")


@contextmanager
def _work() -> Iterator[Session]:
    """One transaction on a prepared database; an expected error becomes one sentence and the right exit code."""
    try:
        startup.prepare()
        with database.transaction() as session:
            yield session
    except CRMError as error:
        typer.echo(locales.render(error.message, locales.DEFAULT), err=True)
        raise typer.Exit(2 if isinstance(error, Invalid) else 1) from error
