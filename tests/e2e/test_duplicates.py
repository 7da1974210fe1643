"""Contacts that are one: looked for, compared, merged, taken apart again."""

from collections.abc import Iterator

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
    for letter in "abcdefghijklmnopqrst":
        cards.create(session, SYSTEM, {"first_name": letter * 5, "last_name": letter * 4 + "son", "city": "Ulm"})
    for first, city in (("Ada", "Ulm"), ("Ada", "Rom")):
        values = {"first_name": first, "last_name": "Wolkenstein", "email": "ada@example.org"}
        cards.create(session, SYSTEM, values | {"city": city, "birth_date": "1990-01-02"})
    for first in ("Bert", "Bert"):
        values = {"first_name": first, "last_name": "Sandmann", "phone": "030 9018201", "birth_date": "1980-05-06"}
        cards.create(session, SYSTEM, values)
"""


@pytest.fixture(scope="module")
def people(server: Server) -> Iterator[Server]:
    server.run(PEOPLE)
    yield server


@pytest.fixture
def page(context: BrowserContext, people: Server) -> Page:
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


def test_a_merge_is_taken_back_on_the_card_and_another_begun_from_there(page: Page, people: Server) -> None:
    page.goto(people.url + "/contacts/1")
    page.get_by_role("button", name="Merge with …").click()
    page.get_by_label("Merge with which contact?").last.fill("#2")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="bbbbb bbbbson (#2)").click()
    page.get_by_role("button", name="Merge 2 contacts").click()
    page.wait_for_url("**/contacts/1")
    expect(page.locator(".timeline")).to_contain_text("Merged with #2")
    page.get_by_role("button", name="Take the merge back").click()
    question = page.locator(".notice.warn")
    expect(question).to_contain_text("There again: bbbbb bbbbson (#2)")
    question.get_by_role("button", name="Take it back").click()
    expect(page.locator(".timeline")).to_contain_text("A merge was taken back")
    expect(page.get_by_role("button", name="Take the merge back")).to_have_count(0)
    page.goto(people.url + "/contacts/2")
    expect(page.locator(".card-name")).to_have_text("bbbbb bbbbson")
