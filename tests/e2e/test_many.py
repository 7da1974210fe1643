"""The list narrowed, kept as a segment and shared; many contacts changed at once, and that taken back."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.keyboard import tab_to
from tests.e2e.server import Server

PEOPLE = """
from crm_app.services import database, startup
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
startup.prepare()
with database.transaction() as session:
    for n in range(30):
        values = {"first_name": f"P{n:02}", "city": "Rom" if n % 3 else "Ulm", "tags": "VIP" if n % 2 else ""}
        cards.create(session, SYSTEM, values)
"""


@pytest.fixture(scope="module")
def people(server: Server) -> Iterator[Server]:
    server.run(PEOPLE)
    yield server


@pytest.fixture
def page(context: BrowserContext, people: Server) -> Page:
    return on_list(context, people)


@pytest.fixture
def phone(browser: Browser, people: Server) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, locale="en-GB"
    )
    yield on_list(context, people)
    context.close()


def on_list(context: BrowserContext, server: Server, name: str = "alice") -> Page:
    page = sign_in(context, server, name, at="")
    page.goto(server.url + "/contacts")
    page.wait_for_selector("tbody .name-link")
    return page


def rows(server: Server, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(server.data_dir / "crm.sqlite")) as connection:
        return connection.execute(query).fetchall()


def expect_total(page: Page, words: str) -> None:
    expect(page.locator(".toolbar-end .number")).to_have_text(words)


def ask_for_city(page: Page, city: str, place: int = 0) -> None:
    page.locator(".filter-subject").nth(place).select_option("city")
    expect(page.locator(".filter-text")).to_have_count(place + 1)
    page.locator(".filter-text").last.fill(city)
    page.locator(".filter-text").last.blur()


def build(page: Page) -> None:
    """City is Ulm, and: tagged VIP or named P00."""
    page.click("#filter-open")
    ask_for_city(page, "ulm")
    expect(page.get_by_role("button", name="Show 10 contacts")).to_be_visible()
    page.get_by_role("button", name="Group", exact=True).click()
    page.locator(".filter-subject").nth(1).select_option("tags")
    page.get_by_role("combobox", name="Add a value").select_option(label="VIP")
    expect(page.get_by_role("button", name="Take out VIP")).to_be_visible()
    page.get_by_role("button", name="Condition", exact=True).first.click()
    page.locator(".filter-subject").nth(2).select_option("first_name")
    expect(page.locator(".filter-text")).to_have_count(2)
    page.locator(".filter-text").last.fill("p00")
    page.locator(".filter-text").last.blur()
    page.get_by_role("button", name="Show 6 contacts").click()


@pytest.mark.parametrize("width", ["page", "phone"])
def test_a_nested_filter_is_built_kept_shared_and_opened_by_a_colleague(
    request: pytest.FixtureRequest, browser: Browser, people: Server, width: str
) -> None:
    page: Page = request.getfixturevalue(width)
    build(page)
    expect(page.locator(".filter-chip")).to_have_count(2)
    expect_total(page, "6 contacts")
    page.reload()
    expect_total(page, "6 contacts")
    page.click("#segment-save")
    page.fill("#segment-name", f"VIPs of Ulm ({width})")
    page.select_option("#segment-sharing", "all")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**segment=**")
    expect(page.locator(".filter-chip")).to_have_text([f"VIPs of Ulm ({width})"])
    expect_total(page, "6 contacts")
    context = browser.new_context(locale="en-GB")
    other = on_list(context, people, "bob")
    other.click("#segments-open")
    link = other.locator(".segment-link", has_text=f"VIPs of Ulm ({width})")
    expect(link).to_contain_text("Alice")
    expect(link.locator(".number")).to_have_text("6")
    link.click()
    expect_total(other, "6 contacts")
    other.go_back()
    expect_total(other, "30 contacts")
    context.close()


def test_a_filter_is_built_with_the_keyboard_alone(page: Page) -> None:
    page.locator("#filter-open").focus()
    page.keyboard.press("Enter")
    subject = page.locator(".filter-subject")
    expect(subject).to_be_visible()
    page.locator(".filter-match").focus()
    page.keyboard.press("Tab")
    expect(subject).to_be_focused()
    page.keyboard.type("City")
    expect(page.locator(".filter-text")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(".filter-text")).to_be_focused()
    page.keyboard.type("ulm")
    page.keyboard.press("Enter")
    expect_total(page, "10 contacts")
    expect(page.locator(".filter-chip")).to_have_text(["City contains “ulm”"])
    page.locator("#filter-open").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".filter-text")).to_have_value("ulm")
    page.locator(".filter-text").focus()
    page.keyboard.press("Escape")
    expect(page.locator(".filter-form")).to_have_count(0)
    expect(page.locator("#filter-open")).to_be_focused()


def test_a_nested_filter_is_built_saved_and_shared_with_the_keyboard_alone(page: Page) -> None:
    tab_to(page, page.locator("#filter-open"))
    page.keyboard.press("Enter")
    tab_to(page, page.locator(".filter-subject"))
    page.keyboard.type("City")
    tab_to(page, page.locator(".filter-text"))
    page.keyboard.type("ulm")
    tab_to(page, page.get_by_role("button", name="Group", exact=True))
    page.keyboard.press("Enter")
    tab_to(page, page.locator(".filter-subject").nth(1))
    page.keyboard.type("Tags")
    tab_to(page, page.get_by_role("combobox", name="Add a value"))
    page.keyboard.type("VIP")
    expect(page.get_by_role("button", name="Take out VIP")).to_be_visible()
    tab_to(page, page.get_by_role("button", name=re.compile("^Show [0-9]+ contacts")))
    page.keyboard.press("Enter")
    expect(page.locator(".filter-chip")).to_have_count(2)
    tab_to(page, page.locator("#segment-save"))
    page.keyboard.press("Enter")
    expect(page.locator("#segment-name")).to_be_focused()
    page.keyboard.type("By keyboard")
    tab_to(page, page.locator("#segment-sharing"))
    page.keyboard.press("End")
    tab_to(page, page.get_by_role("button", name="Save", exact=True))
    page.keyboard.press("Enter")
    page.wait_for_url("**segment=**")
    expect(page.locator(".filter-chip")).to_have_text(["By keyboard"])


def test_lines_keep_their_values_when_one_above_goes(page: Page) -> None:
    page.click("#filter-open")
    ask_for_city(page, "ulm")
    expect(page.get_by_role("button", name="Show 10 contacts")).to_be_visible()
    page.get_by_role("button", name="Condition", exact=True).click()
    expect(page.locator(".filter-subject")).to_have_count(2)
    ask_for_city(page, "rom", 1)
    expect(page.get_by_role("button", name="Show 0 contacts")).to_be_visible()
    page.get_by_role("button", name="Remove this condition").first.click()
    expect(page.locator(".filter-text")).to_have_count(1)
    expect(page.locator(".filter-text")).to_have_value("rom")
    page.get_by_role("button", name="Show 20 contacts").click()
    expect_total(page, "20 contacts")


def test_a_value_that_is_missing_is_said_and_the_list_stays(page: Page) -> None:
    page.click("#filter-open")
    page.locator(".filter-subject").select_option("city")
    page.locator(".filter-foot .primary").click()
    expect(page.locator(".filter-form .notice")).to_contain_text("The value for “City” is missing")
    expect_total(page, "30 contacts")


@pytest.mark.parametrize(
    "query",
    ["where={", "after=99999999999999999999999", 'where={"all":[["shoe","is","1"]]}', "segment=999", "segment=x"],
)
def test_a_link_that_is_not_understood_shows_nobody(page: Page, people: Server, query: str) -> None:
    page.goto(f"{people.url}/contacts?{query}")
    expect(page.locator(".notice.danger")).to_be_visible()
    expect(page.locator("tbody .name-link")).to_have_count(0)


@pytest.mark.parametrize("width", ["page", "phone"])
def test_all_of_a_result_are_tagged_and_it_is_taken_back(
    request: pytest.FixtureRequest, people: Server, width: str
) -> None:
    page: Page = request.getfixturevalue(width)
    page.goto(people.url + '/contacts?where={"all":[["city","is","Rom"]]}')
    expect_total(page, "20 contacts")
    page.locator("tbody .tick input").first.click()
    expect(page.locator(".bulk-bar")).to_contain_text("1 of 20 selected")
    page.get_by_role("button", name="Select all 20").click()
    page.click("#bulk-open")
    page.get_by_role("combobox", name="What to do").select_option("tag")
    page.get_by_role("textbox", name="Tags, with commas between them").fill(f"Fair {width}")
    page.get_by_role("textbox", name="Tags, with commas between them").blur()
    expect(page.locator(".filter-form")).to_contain_text("20 contacts change: P01, P02, P04, P05, P07 …")
    page.get_by_role("button", name="Change 20 contacts").click()
    page.wait_for_url("**/imports/*/done")
    expect(page.locator(".notice.good")).to_contain_text("20 contacts were changed")
    tagged = f"SELECT count(*) FROM contact_tag JOIN tag ON tag.id = tag_id WHERE name = 'Fair {width}'"
    assert rows(people, tagged) == [(20,)]
    page.get_by_role("link", name="Undo this change").click()
    page.get_by_role("button", name="Undo 20 rows").click()
    expect(page.locator(".notice")).to_contain_text("Undone")
    assert rows(people, tagged) == [(0,)]


def test_with_the_keyboard_alone_all_of_a_result_are_tagged_taken_back_and_exported(page: Page, people: Server) -> None:
    page.goto(people.url + '/contacts?where={"all":[["city","is","Rom"]]}')
    expect_total(page, "20 contacts")
    page.keyboard.press("j")
    page.keyboard.press("x")
    tab_to(page, page.get_by_role("button", name="Select all 20"))
    page.keyboard.press("Enter")
    tab_to(page, page.locator("#bulk-open"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="What to do")).to_be_focused()
    page.keyboard.type("Give tags")
    tags = page.get_by_role("textbox", name="Tags, with commas between them")
    tab_to(page, tags)
    page.keyboard.type("By keyboard")
    page.keyboard.press("Tab")
    change = page.get_by_role("button", name="Change 20 contacts")
    expect(change).to_be_enabled()
    page.keyboard.press("Shift+Tab")
    expect(change).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".notice.good")).to_contain_text("20 contacts were changed")
    tab_to(page, page.get_by_role("link", name="Undo this change"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Undo 20 rows"))
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("Undone")
    page.goto(people.url + '/contacts?where={"all":[["city","is","Ulm"]]}')
    tab_to(page, page.get_by_role("link", name="Export", exact=True))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Export 10 contacts"))
    with page.expect_download():
        page.keyboard.press("Enter")


def test_ticked_ones_get_a_status_and_the_rest_does_not(page: Page, people: Server) -> None:
    for place in (0, 1):
        page.locator("tbody .tick input").nth(place).click()
    expect(page.locator(".bulk-bar")).to_contain_text("2 of 30 selected")
    page.click("#bulk-open")
    page.get_by_role("combobox", name="Value").select_option(label="Interested")
    page.get_by_role("button", name="Change 2 contacts").click()
    expect(page.locator(".notice.good")).to_contain_text("2 contacts were changed")
    assert rows(people, "SELECT first_name FROM contact WHERE status_id IS NOT NULL ORDER BY 1") == [("P00",), ("P01",)]
    page.get_by_role("link", name="Show the contacts").click()
    expect_total(page, "2 contacts")


@pytest.mark.parametrize("width", ["page", "phone"])
def test_the_list_is_exported_with_chosen_fields_and_fetched_by_itself(
    request: pytest.FixtureRequest, people: Server, width: str
) -> None:
    page: Page = request.getfixturevalue(width)
    page.goto(people.url + '/contacts?where={"all":[["city","is","Ulm"]]}')
    expect_total(page, "10 contacts")
    page.get_by_role("link", name="Export", exact=True).click()
    expect(page.get_by_text("10 contacts go into the file.")).to_be_visible()
    page.get_by_role("button", name="None", exact=True).click()
    expect(page.locator(".export-fields li")).to_have_count(0)
    for label in ("City", "Number"):
        page.get_by_label(label, exact=True).click()
        expect(page.locator(".export-fields")).to_contain_text(label)
    page.get_by_role("button", name="Move Number up").click()
    expect(page.locator(".export-fields li").first).to_contain_text("Number")
    page.get_by_label("Text file (.csv)").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export 10 contacts").click()
    written = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert (written[0], len(written)) == ("number,city", 11)
    expect(page.locator(".notice.good")).to_have_text("10 contacts are in the file.")
    with page.expect_download() as again:
        page.get_by_role("button", name="Download the file (.csv)").click()
    assert again.value.suggested_filename.endswith(".csv")
    page.get_by_role("link", name="Earlier exports").click()
    expect(page.locator("tbody tr").first).to_contain_text("Ready to download")
    page.goto(people.url + "/exports/new")
    expect(page.locator(".export-fields li")).to_have_count(2)


def test_ticked_ones_are_exported(page: Page) -> None:
    for place in (0, 1, 2):
        page.locator("tbody .tick input").nth(place).click()
    page.locator(".bulk-bar").get_by_role("button", name="Export").click()
    expect(page.get_by_text("3 contacts go into the file.")).to_be_visible()


@pytest.mark.parametrize("width", ["page", "phone"])
def test_many_go_to_the_trash_and_come_back(request: pytest.FixtureRequest, people: Server, width: str) -> None:
    page: Page = request.getfixturevalue(width)
    page.goto(people.url + '/contacts?where={"all":[["city","is","Ulm"]]}')
    expect_total(page, "10 contacts")
    page.locator("tbody .tick input").first.click()
    page.get_by_role("button", name="Select all 10").click()
    page.click("#bulk-open")
    page.get_by_role("combobox", name="What to do").select_option("trash")
    page.get_by_role("button", name="Move 10 contacts to the trash").click()
    page.wait_for_url("**/imports/*/done")
    page.get_by_role("link", name="Look into the trash").click()
    expect(page.locator("tbody .name-link")).to_have_count(10)
    page.get_by_role("button", name="Restore P00", exact=True).click()
    expect(page.locator("tbody .name-link")).to_have_count(9)
    page.get_by_role("button", name="Restore all 9 contacts").click()
    page.wait_for_url("**/imports/*/done")
    expect(page.locator(".notice.good")).to_contain_text("9 contacts were changed")
    assert rows(people, "SELECT count(*) FROM contact WHERE trashed_at IS NOT NULL") == [(0,)]


def test_a_contact_is_thrown_away_found_by_its_number_restored_and_deleted_for_good(page: Page, people: Server) -> None:
    page.get_by_role("link", name="P29", exact=True).click()
    page.get_by_role("button", name="Move to the trash").click()
    expect(page.get_by_role("heading", name="P29 is in the trash")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Restore").click()
    expect(page.locator(".card-name")).to_have_text("P29")
    page.get_by_role("button", name="Move to the trash").click()
    page.get_by_role("link", name="Look into the trash").click()
    page.get_by_role("checkbox", name="Tick P29").click()
    page.get_by_role("button", name="Delete for good").click()
    page.get_by_role("button", name="Delete 1 contact").click()
    expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    assert rows(people, "SELECT count(*) FROM contact WHERE first_name = 'P29'") == [(0,)]


def test_a_segment_is_filled_by_hand_from_the_list_and_on_the_card(page: Page) -> None:
    for place in (0, 1):
        page.locator("tbody .tick input").nth(place).click()
    page.click("#bulk-open")
    page.get_by_role("combobox", name="What to do").select_option("pick")
    page.get_by_role("combobox", name="Segment", exact=True).select_option("new")
    page.get_by_role("textbox", name="Name of a new segment").fill("Choir")
    page.get_by_role("textbox", name="Name of a new segment").blur()
    page.get_by_role("button", name="Change 2 contacts").click()
    page.wait_for_url("**/imports/*/done")
    page.get_by_role("link", name="Show the contacts").click()
    page.get_by_role("link", name="P01", exact=True).click()
    page.wait_for_selector(".timeline")
    page.get_by_role("button", name="Segments").click()
    page.get_by_role("checkbox", name="Choir").click()
    expect(page.get_by_role("checkbox", name="Choir")).not_to_be_checked()
    page.get_by_role("link", name="Contacts", exact=True).first.click()
    page.click("#segments-open")
    expect(page.locator(".segment-link", has_text="Choir").locator(".number")).to_have_text("1")
    page.locator(".segment-link", has_text="Choir").click()
    expect_total(page, "1 contact")


def test_who_may_not_change_many_sees_no_ticks(browser: Browser, people: Server) -> None:
    context = browser.new_context(locale="en-GB")
    page = on_list(context, people, "bob")
    expect(page.locator(".tick")).to_have_count(0)
    context.close()


COURSE = """
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.courses import catalogue, offers
with database.transaction() as session:
    course = catalogue.add(session, SYSTEM, {"name": "Violin", "status": "open", "capacity": "8"}).id
    offers.add(session, SYSTEM, course, {"name": "Three parts", "kind": "instalments", "amount": "90", "parts": "3"})
"""


def test_all_of_a_result_are_enrolled_in_a_course_and_taken_out_again(page: Page, people: Server) -> None:
    people.run(COURSE)
    page.goto(people.url + "/contacts?q=P0")
    expect_total(page, "10 contacts")
    page.locator("tbody .tick input").first.click()
    page.get_by_role("button", name="Select all 10").click()
    page.click("#bulk-open")
    page.get_by_role("combobox", name="What to do").select_option("enrol")
    page.get_by_role("combobox", name="Course").select_option(label="Violin")
    expect(page.locator(".filter-form")).to_contain_text("8 contacts come into the course, 2 on the waiting list")
    page.get_by_role("combobox", name="Offer").select_option(label="Three parts")
    page.get_by_role("button", name="Change 10 contacts").click()
    page.wait_for_url("**/done")
    expect(page.get_by_role("link", name="Undo this change")).to_be_visible()
    assert dict(rows(people, "SELECT status, count(*) FROM enrolment GROUP BY status")) == {"active": 8, "waiting": 2}
    assert rows(people, "SELECT count(*) FROM charge") == [(24,)]
    page.get_by_role("link", name="Undo this change").click()
    page.get_by_role("button", name="Undo 10 rows").click()
    expect(page.locator(".notice").filter(has_text="Undone")).to_be_visible()
    assert rows(people, "SELECT count(*) FROM enrolment") == [(0,)]
