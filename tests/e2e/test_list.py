"""The table and the board: columns, order, quick look, keys, lanes; on a desktop and on a phone."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

PEOPLE = """
from crm_app.services import database, startup
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
startup.prepare()
with database.transaction() as session:
    for n in range(30):
        values = {"first_name": f"P{n:02}", "city": ("Rom", "Ulm", "")[n % 3], "email": f"p{n}@example.org"}
        cards.create(session, SYSTEM, {**values, "status": ("", "New")[n % 2], "mobile": "0151 2345678"})
"""


@pytest.fixture(scope="module")
def people(server: Server) -> Iterator[Server]:
    server.run(PEOPLE)
    yield server


@pytest.fixture
def page(context: BrowserContext, people: Server) -> Page:
    return on_list(context, people)


def on_list(context: BrowserContext, server: Server, name: str = "alice", path: str = "/contacts") -> Page:
    page = sign_in(context, server, name)
    page.goto(server.url + path)
    page.wait_for_selector(".name-link")
    return page


def status_of(server: Server, name: str) -> str:
    query = "SELECT s.name FROM contact c LEFT JOIN lead_status s ON s.id = c.status_id WHERE c.first_name = ?"
    with closing(sqlite3.connect(server.data_dir / "crm.sqlite")) as connection:
        return connection.execute(query, (name,)).fetchone()[0] or ""


def heads(page: Page) -> list[str]:
    return page.locator("thead .head-link").all_inner_texts()


def test_columns_are_chosen_moved_made_wider_and_reset(page: Page, people: Server) -> None:
    usual = heads(page)
    page.click("#columns-open")
    page.get_by_role("checkbox", name="Came from").click()
    expect(page.locator("thead")).to_contain_text("Came from")
    expect(page.locator("tbody tr").first.locator(".badges-cell")).to_have_text("by hand")
    page.get_by_role("checkbox", name="Number", exact=True).click()
    expect(page.locator("thead")).not_to_contain_text("Number")
    page.get_by_role("button", name="Move City to the left").click()
    expect(page.locator("thead th").nth(4)).to_contain_text("City")
    page.get_by_role("spinbutton", name="Width of City in pixels").fill("222")
    page.get_by_role("spinbutton", name="Width of City in pixels").press("Tab")
    expect(page.get_by_role("separator", name="Width of the column City")).to_have_attribute("aria-valuenow", "222")
    page.get_by_role("checkbox", name="Compact rows").click()
    expect(page.locator("table.dense")).to_be_visible()
    page.click("#columns-open")
    expect(page.get_by_role("button", name="Back to the usual columns")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("separator", name="Width of the column City")).to_have_attribute("aria-valuenow", "222")
    page.click("#columns-open")
    page.get_by_role("button", name="Back to the usual columns").click()
    expect(page.locator("table.dense")).to_have_count(0)
    assert heads(page) == usual


def test_an_edge_is_dragged_and_the_width_kept(page: Page, people: Server) -> None:
    edge = page.get_by_role("separator", name="Width of the column Company")
    box = edge.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 4, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 64, box["y"] + 10, steps=3)
    page.mouse.up()
    expect(edge).to_have_attribute("aria-valuenow", re.compile("2[12]."))
    page.reload()
    expect(edge).to_have_attribute("aria-valuenow", re.compile("2[12]."))
    edge.press("ArrowLeft")
    expect(edge).to_have_attribute("aria-valuenow", re.compile("20.|19."))


def test_a_second_key_of_the_order_comes_with_shift_or_by_the_menu(page: Page, people: Server) -> None:
    page.get_by_role("link", name="City").click()
    page.wait_for_url("**sort=city")
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("City")
    page.get_by_role("link", name="Number").click(modifiers=["Shift"])
    page.wait_for_url("**sort=city%2Cnumber")
    expect(page.locator("th", has_text="City").locator("sup")).to_have_text("1")
    expect(page.locator("th", has_text="Number").locator("sup")).to_have_text("2")
    page.locator("summary", has_text="Sort").click()
    page.get_by_role("combobox", name="Then by").select_option(label="Name")
    page.wait_for_url("**sort=city%2Cname")
    page.get_by_role("button", name="Rising; turn the order round").last.click()
    page.wait_for_url("**sort=city%2C-name")
    expect(page.locator("tbody .name-link").first).to_have_text("P27")


def test_the_list_is_worked_by_keys_alone(page: Page, people: Server) -> None:
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tbody tr").nth(1)).to_be_focused()
    page.keyboard.press("o")
    page.wait_for_url("**look=2")
    expect(page.locator(".look-name")).to_have_text("P01")
    page.keyboard.press("j")
    page.wait_for_url("**look=3")
    expect(page.locator(".look-name")).to_have_text("P02")
    page.keyboard.press("Escape")
    expect(page.locator(".look-sheet")).to_have_count(0)
    expect(page.locator("tbody tr").nth(2)).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys of the list")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("jkxoe")
    expect(page.locator("#search")).to_have_value("jkxoe")
    page.keyboard.press("Escape")
    expect(page.locator("tbody .name-link")).to_have_count(30)
    page.locator("tbody tr").first.focus()
    page.keyboard.press("x")
    expect(page.locator(".bulk-bar")).to_contain_text("1 of 30 selected")
    page.keyboard.press("e")
    page.wait_for_url("**/contacts/1/edit")


def test_a_quick_look_is_an_address_and_back_closes_it(page: Page, people: Server) -> None:
    row = page.locator("tbody tr").nth(4)
    row.hover()
    row.locator("a.look").click()
    expect(page.locator(".look-name")).to_have_text("P04")
    expect(page.locator(".look-body .timeline")).to_contain_text("Created by hand")
    shared = page.url
    page.go_back()
    expect(page.locator(".look-sheet")).to_have_count(0)
    page.goto(shared)
    expect(page.locator(".look-name")).to_have_text("P04")
    page.goto(people.url + "/contacts?look=99999")
    expect(page.locator(".look-name")).to_have_text("No such contact")


def test_what_was_searched_for_is_marked(page: Page, people: Server) -> None:
    page.fill("#search", "p07@exam")
    expect(page.locator(".empty")).to_be_visible()
    page.fill("#search", "p7@exam")
    expect(page.locator("tbody .mail-cell mark")).to_have_text(["p7@exam"])


def test_a_card_is_dragged_to_another_status_and_taken_back(context: BrowserContext, people: Server) -> None:
    page = on_list(context, people, "bob", "/contacts?view=board")
    card = page.locator("#contact-1")
    target = page.get_by_role("region", name="Contacted").bounding_box()
    box = card.bounding_box()
    assert target is not None and box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 45)
    page.mouse.down()
    page.mouse.move(target["x"] + 60, target["y"] + 120, steps=5)
    page.mouse.up()
    expect(page.get_by_role("region", name="Contacted").locator(".board-card")).to_contain_text("P00")
    expect(page.locator("[data-sonner-toast]").first).to_contain_text("P00 is “Contacted” now.")
    assert status_of(people, "P00") == "Contacted"
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-sonner-toast]", has_text="from before")).to_be_visible()
    assert status_of(people, "P00") == ""
    page.get_by_role("combobox", name="Status of P02").select_option(label="Interested")
    expect(page.get_by_role("region", name="Interested").locator(".board-card")).to_contain_text("P02")
    expect(page.locator("[data-sonner-toast]", has_text="P02 is “Interested” now.")).to_be_visible()
    assert status_of(people, "P02") == "Interested"


def test_a_viewer_moves_nobody(context: BrowserContext, people: Server) -> None:
    page = on_list(context, people, "victor", "/contacts?view=board")
    expect(page.locator(".board-move")).to_have_count(0)
    expect(page.locator(".grip")).to_have_count(0)


def test_on_a_phone_the_status_is_on_the_card_and_a_look_comes_from_below(
    phone: BrowserContext, people: Server
) -> None:
    page = on_list(phone, people, "bob")
    page.get_by_role("combobox", name="Status of P04").select_option(label="Won")
    expect(page.locator("[data-sonner-toast]", has_text="P04 is “Won” now.")).to_be_visible()
    assert status_of(people, "P04") == "Won"
    page.locator("#contact-6 a.look").tap()
    sheet = page.locator(".look-sheet")
    expect(sheet.locator(".look-name")).to_have_text("P05")
    box = sheet.bounding_box()
    assert box is not None and box["width"] == 390 and round(box["y"] + box["height"]) == 844
    page.locator("#look-close").tap()
    expect(sheet).to_have_count(0)
    page.get_by_role("link", name="As a board by status").tap()
    expect(page.locator(".lane").first).to_be_visible()
    lane = page.locator(".lane").first.bounding_box()
    assert lane is not None and lane["width"] > 300
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
