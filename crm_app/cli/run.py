"""`crm run`: prepare, build when needed, say where to go, serve."""

import socket
from ipaddress import ip_address

import typer

from crm_app import locales, settings
from crm_app.services import database, installation, links, startup
from crm_app.services.errors import CRMError


def run() -> None:
    """Start the CRM: migrate the database, build the pages when they changed, serve until stopped."""
    from crm_app.web import build

    found = settings.get()
    say(f"Data folder: {found.data_dir.absolute()}")
    try:
        startup.prepare()
    except CRMError as error:
        typer.echo(locales.render(error.message, locales.DEFAULT), err=True)
        raise typer.Exit(1) from error
    if is_taken(found.host, found.port):
        typer.echo(f"Port {found.port} is in use. Stop the other program or set CRM_PORT to another port.", err=True)
        raise typer.Exit(1)
    try:
        client = build.ensure(found.port, say)
    except RuntimeError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    for address in addresses():
        say(f"Open {address}")
    _offer_setup()
    from crm_app.web.serve import serve

    serve(client.parent.parent)


def say(sentence: str) -> None:
    typer.echo(f"crm: {sentence}")


def addresses() -> list[str]:
    """Every address under which people reach this server."""
    found = settings.get()
    if found.public_url:
        return [found.public_url.rstrip("/")]
    if found.host not in ("0.0.0.0", "::"):  # noqa: S104  (compared, not bound)
        return [f"http://{found.host}:{found.port}"]
    return [f"http://{host}:{found.port}" for host in ("127.0.0.1", *own_addresses())]


def own_addresses() -> list[str]:
    """IPv4 addresses of this machine's networks."""
    from crm_app.web.origins import machine_addresses

    return sorted(address for address in machine_addresses() if not ip_address(address).is_loopback)


def is_taken(host: str, port: int) -> bool:
    """Whether another program listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
        return False


def _offer_setup() -> None:
    with database.transaction() as session:
        if installation.is_set_up(session):
            return
        token = links.setup_link(session)
    say("Nobody can sign in yet. Make the first account here (the link works once):")
    say(f"  {addresses()[0]}/setup/{token}")
