"""The search box: no letter is lost, however slow the answers are; its truth is the address."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

PEOPLE = """
from crm_app.services import demo, startup
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
from crm_app.services import database
startup.prepare()
demo.fill(60, print)
with database.transaction() as session:
    for first, last in (("Maximiliane", "Wolkenstein-Trostburg"), ("Maximilian", "Sandmann"), ("Björn", "Ångström")):
        cards.create(session, SYSTEM, {"first_name": first, "last_name": last})
"""
LONG = "maximiliane wolkenstein-trostburg"
# Every answer of the server waits in the page itself: the sockets' own messages, not a mock of them.
SLOW_ANSWERS = """
(() => {
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    constructor(...given) {
      super(...given);
      let late = false;
      const again = (event) => {
        if (late) return;
        event.stopImmediatePropagation();
        setTimeout(() => {
          late = true;
          this.dispatchEvent(new MessageEvent("message", { data: event.data, origin: event.origin }));
          late = false;
        }, window.__delay ?? 0);
      };
      super.addEventListener("message", again, true);
    }
  };
})();
"""


@pytest.fixture(scope="module")
def people(server: Server) -> Iterator[Server]:
    server.run(PEOPLE)
    yield server


@pytest.fixture
def slow(context: BrowserContext, people: Server) -> Page:
    """The list of contacts, whose answers take 600 ms longer."""
    page = context.new_page()
    page.add_init_script(SLOW_ANSWERS)
    sign_in(context, people, page=page)
    page.wait_for_selector("tbody .name-link")
    page.evaluate("window.__delay = 600")
    return page


@pytest.fixture
def listed(context: BrowserContext, people: Server) -> Page:
    page = sign_in(context, people)
    page.wait_for_selector("tbody .name-link")
    return page


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id")


def test_no_letter_is_lost_while_answers_are_slow(slow: Page) -> None:
    slow.locator("#search").click()
    slow.keyboard.type(LONG, delay=70)
    expect(slow.locator("#search")).to_have_value(LONG)
    expect(slow.locator("tbody .name-link")).to_have_text(["Maximiliane Wolkenstein-Trostburg"])
    expect(slow.locator("#search")).to_have_value(LONG)
    assert focused(slow) == "search"
    slow.wait_for_function("(text) => new URLSearchParams(location.search).get('q') === text", arg=LONG)


def test_letters_typed_between_two_answers_stay(slow: Page) -> None:
    """Each pause is long enough for a query of its own; the answer comes while the next letters are typed, on a
    machine so slow that the page renders an address when the next is in the window already."""
    client = slow.context.new_cdp_session(slow)
    client.send("Emulation.setCPUThrottlingRate", {"rate": 8})
    slow.locator("#search").click()
    for part, reached in (("maxi", "maxi"), ("milia", "maximilia"), ("ne", "maximiliane")):
        slow.keyboard.type(part, delay=30)
        slow.wait_for_function(
            "text => new URLSearchParams(location.search).get('q') === text", arg=reached, polling=20
        )
    client.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    expect(slow.locator("tbody .name-link")).to_have_text(["Maximiliane Wolkenstein-Trostburg"])
    expect(slow.locator("#search")).to_have_value("maximiliane")
    assert focused(slow) == "search"


def test_the_last_typed_text_wins_over_earlier_answers(slow: Page) -> None:
    slow.locator("#search").click()
    slow.keyboard.type("maximiliane")
    slow.wait_for_url("**q=maximiliane")
    for _ in "iane":
        slow.keyboard.press("Backspace")
    slow.keyboard.type("ian sand")
    expect(slow.locator("tbody .name-link")).to_have_text(["Maximilian Sandmann"])
    expect(slow.locator("#search")).to_have_value("maximilian sand")


def test_slash_focuses_and_escape_clears(listed: Page) -> None:
    listed.keyboard.press("/")
    assert focused(listed) == "search"
    expect(listed.locator("#search")).to_have_value("")
    listed.keyboard.type("sandmann")
    expect(listed.locator("tbody .name-link")).to_have_text(["Maximilian Sandmann"])
    listed.keyboard.press("Escape")
    expect(listed.locator("#search")).to_have_value("")
    expect(listed.locator("tbody .name-link")).to_have_count(50)
    assert listed.evaluate("location.search") == ""
    assert focused(listed) == "search"


def test_a_slash_inside_a_text_is_a_slash(listed: Page) -> None:
    listed.locator("#search").click()
    listed.keyboard.type("a/b")
    expect(listed.locator("#search")).to_have_value("a/b")


def test_back_brings_the_earlier_text_into_the_box(listed: Page) -> None:
    listed.fill("#search", "sandmann")
    expect(listed.locator("tbody .name-link")).to_have_text(["Maximilian Sandmann"])
    listed.locator(".name-link").click()
    listed.wait_for_selector(".card-name")
    listed.go_back()
    expect(listed.locator("#search")).to_have_value("sandmann")
    expect(listed.locator("tbody .name-link")).to_have_text(["Maximilian Sandmann"])
    listed.locator(".tabs").get_by_role("link", name="Customers").click()
    listed.wait_for_url("**lifecycle=customer**")
    listed.locator("#search").fill("")
    listed.wait_for_function("() => !new URLSearchParams(location.search).has('q')")
    listed.go_back()
    expect(listed.locator("#search")).to_have_value("sandmann")
    listed.go_forward()
    expect(listed.locator("#search")).to_have_value("")


@pytest.mark.parametrize("typed", ["BJORN", "angstrom", "ångström", "Björn Ång"])
def test_accents_and_case_do_not_matter(listed: Page, typed: str) -> None:
    listed.fill("#search", typed)
    expect(listed.locator("tbody .name-link")).to_have_text(["Björn Ångström"])


@pytest.mark.parametrize("typed", ["%", "_", "'\"--", "\\", "max* OR 1", "<b>"])
def test_signs_with_a_meaning_elsewhere_are_just_signs(listed: Page, typed: str) -> None:
    listed.fill("#search", typed)
    expect(listed.locator(".empty")).to_contain_text("No contact matches")


def test_a_broken_line_heals_and_keeps_the_text(context: BrowserContext, people: Server) -> None:
    lines: list[WebSocketRoute] = []

    def pass_on(line: WebSocketRoute) -> None:
        line.connect_to_server()
        lines.append(line)

    page = context.new_page()
    page.route_web_socket("**/_event/**", pass_on)
    sign_in(context, people, page=page)
    page.wait_for_selector("tbody .name-link")
    known = len(lines)
    assert known
    lines[-1].close()
    page.fill("#search", "sandmann")
    expect(page.locator("tbody .name-link")).to_have_text(["Maximilian Sandmann"], timeout=20_000)
    expect(page.locator("#search")).to_have_value("sandmann")
    assert len(lines) > known
