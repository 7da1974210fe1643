"""Contacts that are one: looked for, compared, merged, taken apart again."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.keyboard import tab_to
from tests.e2e.server import Server

PEOPLE = """
from crm_app.services import database, startup
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
startup.prepare()
with database.transaction() as session:
    for letter in "abcdefghijklmnopqrst":
        cards.create(session, SYSTEM, {"first_name": letter * 5, "last_name": letter * 4 + "son", "city": "Ulm"})
    for first, city in (("Ada", "Ulm"), ("Ada", "Rom")):
        values = {"first_name": first, "last_name": "Wolkenstein", "email": "ada@example.org"}
        cards.create(session, SYSTEM, values | {"city": city, "birth_date": "1990-01-02"})
    for first in ("Bert", "Bert"):
        values = {"first_name": first, "last_name": "Sandmann", "phone": "030 9018201", "birth_date": "1980-05-06"}
        cards.create(session, SYSTEM, values)
"""

NUMBERS = {letter * 5: number for number, letter in enumerate("abcdefghijklmnopqrst", start=1)}


@pytest.fixture(scope="module")
def people(server: Server) -> Iterator[Server]:
    server.run(PEOPLE)
    yield server


@pytest.fixture
def page(context: BrowserContext, people: Server) -> Page:
    return on_duplicates(context, people)


def on_duplicates(context: BrowserContext, people: Server) -> Page:
    page = sign_in(context, people, at="")
    page.goto(people.url + "/duplicates")
    return page


def test_looked_for_compared_merged_and_taken_apart(page: Page, people: Server) -> None:
    expect(page.locator(".toolbar-end")).to_contain_text("Nobody has looked for duplicates yet")
    page.get_by_role("button", name="Look for duplicates").click()
    group = page.locator(".duplicate-group", has_text="Ada Wolkenstein")
    expect(group).to_contain_text("certain")
    expect(page.locator(".duplicate-group")).to_have_count(2)
    group.get_by_role("link", name="Compare").click()
    fields = page.locator(".duplicate-fields")
    expect(fields.get_by_role("radio", name="Ulm")).to_be_visible()
    fields.get_by_role("radio", name="Rom").check()
    page.get_by_role("button", name="Merge 2 contacts").click()
    expect(page.locator(".notice.good")).to_contain_text("#22 went into #21")
    page.goto(people.url + "/contacts/22")
    page.wait_for_url("**/contacts/21")
    expect(page.locator(".facts-side")).to_contain_text("Rom")
    expect(page.locator("main")).to_contain_text("Merged with #22")


def test_told_apart_they_do_not_come_back(page: Page, people: Server) -> None:
    page.get_by_role("button", name="Look for duplicates").click()
    group = page.locator(".duplicate-group", has_text="Bert Sandmann")
    group.get_by_role("button", name="Not duplicates").click()
    expect(group).to_have_count(0)
    page.get_by_role("button", name="Look for duplicates").click()
    expect(page.locator(".toolbar")).to_be_visible()
    expect(group).to_have_count(0)


@pytest.mark.parametrize(("width", "kept", "gone"), [("context", "aaaaa", "bbbbb"), ("phone", "ccccc", "ddddd")])
def test_a_merge_is_taken_back_on_the_card_and_another_begun_from_there(
    request: pytest.FixtureRequest, people: Server, width: str, kept: str, gone: str
) -> None:
    page = sign_in(request.getfixturevalue(width), people, at="")
    first, second = NUMBERS[kept], NUMBERS[gone]
    page.goto(f"{people.url}/contacts/{first}")
    if width == "phone":
        page.locator(".thumb-bar").get_by_role("button", name="More").tap()
        page.get_by_role("menuitem", name="Merge with …").tap()
    else:
        page.get_by_role("button", name="Merge with …").click()
    page.get_by_label("Merge with which contact?").last.fill(f"#{second}")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=f"{gone} {gone[:4]}son (#{second})").click()
    page.get_by_role("button", name="Merge 2 contacts").click()
    page.wait_for_url(f"**/contacts/{first}")
    expect(page.locator(".timeline")).to_contain_text(f"Merged with #{second}")
    page.get_by_role("button", name="Take the merge back").click()
    question = page.locator(".notice.warn")
    expect(question).to_contain_text(f"There again: {gone} {gone[:4]}son (#{second})")
    question.get_by_role("button", name="Take it back").click()
    expect(page.locator(".timeline")).to_contain_text("A merge was taken back")
    expect(page.get_by_role("button", name="Take the merge back")).to_have_count(0)
    page.goto(f"{people.url}/contacts/{second}")
    expect(page.locator(".card-name")).to_have_text(f"{gone} {gone[:4]}son")


def test_with_the_keyboard_alone_two_are_merged_and_taken_apart(context: BrowserContext, people: Server) -> None:
    page = sign_in(context, people, at="/contacts/5")
    tab_to(page, page.get_by_role("button", name="Merge with …"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Merge with which contact?").last).to_be_focused()
    page.keyboard.type("#6")
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="fffff ffffson (#6)"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Merge 2 contacts"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts/5")
    tab_to(page, page.get_by_role("button", name="Take the merge back"))
    page.keyboard.press("Enter")
    expect(page.locator(".notice.warn")).to_contain_text("There again: fffff ffffson (#6)")
    tab_to(page, page.locator(".notice.warn").get_by_role("button", name="Take it back"))
    page.keyboard.press("Enter")
    expect(page.locator(".timeline")).to_contain_text("A merge was taken back")
