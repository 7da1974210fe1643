"""What a page shows belongs to its address, also while the answer for it is still on its way."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from tests.e2e import wizard
from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

COURSES = """
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.courses import catalogue
with database.transaction() as session:
    for name in ("Flute", "Harp"):
        catalogue.add(session, SYSTEM, {"name": name, "status": "open"})
"""
DRUMS = """
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.courses import catalogue
with database.transaction() as session:
    print(catalogue.add(session, SYSTEM, {"name": "Drums", "status": "open"}).id)
"""
PEOPLE = """
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
with database.transaction() as session:
    made = [cards.create(session, SYSTEM, {"first_name": name, "last_name": "Late"}) for name in ("Ada", "Ben")]
    print(*[contact.number for contact in made])
"""


class Line:
    """The line to the server; what the server says can be held back."""

    def __init__(self) -> None:
        self._held: list[tuple[WebSocketRoute, str | bytes]] | None = None

    def connect(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()
        server.on_message(lambda said: self._say(browser, said))

    def _say(self, browser: WebSocketRoute, said: str | bytes) -> None:
        if self._held is None:
            browser.send(said)
        else:
            self._held.append((browser, said))

    def hold(self) -> None:
        self._held = []

    def release(self) -> None:
        held, self._held = self._held or [], None
        for browser, said in held:
            browser.send(said)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def slow(context: BrowserContext, server: Server, line: Line) -> Page:
    page = context.new_page()
    page.route_web_socket("**/_event/**", line.connect)
    return sign_in(context, server, at="", page=page)


def test_a_step_never_shows_another_import(slow: Page, server: Server, line: Line, tmp_path: Path) -> None:
    for name in ("Anton", "Berta"):
        (tmp_path / f"{name}.csv").write_text(f"first_name,email\n{name},{name}@example.org\n")
        wizard.upload(slow, server, tmp_path / f"{name}.csv")
        wizard.to_columns(slow)
    imports = slow.get_by_role("link", name="Imports and changes")
    imports.click()
    slow.get_by_role("link", name="Anton.csv").click()
    expect(slow.locator("#main")).to_contain_text("Anton@example.org")
    imports.click()
    slow.get_by_role("link", name="Berta.csv").wait_for()
    line.hold()
    slow.get_by_role("link", name="Berta.csv").click()
    slow.wait_for_url("**/imports/2/**")
    expect(slow.locator("#main .skeleton")).to_be_visible()
    expect(slow.get_by_text("Anton")).to_have_count(0)
    line.release()
    expect(slow.locator("#main")).to_contain_text("Berta@example.org")
    expect(slow.get_by_text("Anton")).to_have_count(0)


def test_a_course_never_shows_another_one(slow: Page, server: Server, line: Line) -> None:
    server.run(COURSES)
    slow.goto(server.url + "/courses")
    slow.get_by_role("link", name="Flute").click()
    expect(slow.locator("h1")).to_contain_text("Flute")
    expect(slow.get_by_role("button", name="Enrol someone").first).to_be_visible()
    slow.locator("h1").get_by_role("link", name="Courses").click()
    slow.get_by_role("link", name="Harp").wait_for()
    line.hold()
    slow.get_by_role("link", name="Harp").click()
    slow.wait_for_url("**/courses/2")
    expect(slow.locator("#main .skeleton")).to_be_visible()
    expect(slow.get_by_text("Flute")).to_have_count(0)
    expect(slow.get_by_role("button", name="Enrol someone")).to_have_count(0)
    line.release()
    expect(slow.locator("h1")).to_contain_text("Harp")


def test_a_file_dropped_at_once_still_comes_into_its_course(
    slow: Page, server: Server, line: Line, tmp_path: Path
) -> None:
    course = server.run(DRUMS)
    (tmp_path / "early.csv").write_text("first_name,email\nEarly,early@example.org\n")
    slow.goto(f"{server.url}/imports/new?course={course}")
    expect(slow.locator("#main")).to_contain_text("Drums")
    slow.locator(".rail").get_by_role("link", name="Imports").click()
    slow.get_by_role("link", name="Import a file").first.click()
    expect(slow.locator("#main")).not_to_contain_text("Drums")
    slow.go_back()
    slow.wait_for_url("**/imports")
    line.hold()
    slow.go_back()
    slow.wait_for_url("**/imports/new?course=*")
    slow.set_input_files("input[type=file]", tmp_path / "early.csv")
    slow.wait_for_url("**/read")
    line.release()
    wizard.to_columns(slow)
    wizard.to_check(slow)
    expect(slow.locator(".wizard-foot")).to_contain_text("1 enrolled")


def test_a_card_is_not_taken_for_the_one_before_and_keys_wait_for_it(slow: Page, server: Server, line: Line) -> None:
    ada, ben = server.run(PEOPLE).split()
    for number in (ada, ben):
        slow.goto(f"{server.url}/contacts")
        slow.locator(f"#contact-{number} .name-link").click()
        expect(slow.locator(".card-name")).to_be_visible()
    slow.go_back()
    slow.locator(f"#contact-{ada} .name-link").wait_for()
    line.hold()
    slow.locator(f"#contact-{ada} .name-link").click()
    slow.wait_for_url(f"**/contacts/{ada}")
    expect(slow.locator(".card-name")).to_be_hidden()
    expect(slow.locator("#card-edit")).to_have_count(0)
    slow.keyboard.press("e")
    line.release()
    slow.wait_for_url(f"**/contacts/{ada}/edit")
