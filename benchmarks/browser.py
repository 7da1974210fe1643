"""A signed-in Chromium page and the stop-watch inside it: from the click to the painted rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.e2e.conftest import ARGUMENTS, MAKE_USERS, sign_in
from tests.e2e.server import Server, copy_build, free_port
from tests.gate import find_chromium

ROWS = "tr .name-link"
_TIMED = Path(__file__).with_name("stopwatch.js").read_text()
# Seconds from the start of the navigation to the first painted row.
_FIRST_ROWS = """
() => new Promise((resolve) => {
  const look = () => document.querySelector("tr .name-link")
    ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now() / 1000)))
    : requestAnimationFrame(look);
  look();
})
"""


# So many contacts as are missing, in a process of the server's data.
_FILL = """
from sqlalchemy import func
from sqlmodel import select
from crm_app.models import Contact
from crm_app.services import database, demo
with database.reading() as session:
    there = session.execute(select(func.count()).select_from(Contact)).scalar_one()
demo.fill(max(0, {contacts} - there), lambda sentence: None)
"""
_HAS_USERS = """
from crm_app.services import database, startup, users
from crm_app.services.actor import SYSTEM
startup.prepare()
with database.reading() as session:
    print(any(user.email == "alice@example.org" for user, _ in users.list_all(session, SYSTEM)))
"""


@contextmanager
def serving(contacts: int, kept: str = "", **environment: str) -> Iterator[Server]:
    """A running server with alice (admin) and so many invented contacts, on data of its own, or in a `kept` folder."""
    with TemporaryDirectory(prefix="bench-") as folder:
        port = free_port()
        data = Path(kept) if kept else Path(folder) / "data"
        server = Server(copy_build(Path(folder) / "web", port), data, port, **environment)
        if server.run(_HAS_USERS) != "True":
            server.run(MAKE_USERS)
        server.run(_FILL.format(contacts=contacts))
        with server:
            yield server


@contextmanager
def signed_in(server: Server) -> Iterator[Page]:
    """alice on the contact list of a desktop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
        context.set_default_timeout(60_000)
        page = sign_in(context, server)
        page.wait_for_selector(ROWS)
        yield page
        browser.close()


def cookies(page: Page) -> dict[str, str]:
    """What the browser sends, for requests without it."""
    return {str(cookie["name"]): str(cookie["value"]) for cookie in page.context.cookies()}


def first_rows(page: Page, url: str) -> float:
    """Seconds from the start of the navigation until the first row is painted."""
    page.goto(url, wait_until="commit")
    return float(page.evaluate(_FIRST_ROWS))


def turn(page: Page) -> float:
    """Seconds from a click on “Next” until other rows are painted."""
    return click(page, ".pager a.button")


def click(page: Page, selector: str) -> float:
    """Seconds from a click on the last element that is meant until other rows are painted."""
    return float(page.evaluate(_TIMED, ["turn", selector]))


def search(page: Page, words: str) -> float:
    """Seconds from the typed word until other rows are painted; 0.2 s of them the box itself waits for more keys."""
    return float(page.evaluate(_TIMED, ["search", words]))


def open_first(page: Page) -> float:
    """Seconds from a click on the first name until its card is painted."""
    return float(page.evaluate(_TIMED, ["card", "tr:first-child .name-link"]))
