"""The privacy desk: a request is noted and answered, a person handed out and erased, the record filled in."""

import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

PEOPLE = """
from datetime import timedelta
from crm_app.models.base import now
from crm_app.services import comments, database
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
from crm_app.services.privacy import requests
with database.transaction() as session:
    ada = cards.create(session, SYSTEM, {"first_name": "Ada", "last_name": "Gone", "email": "ada.gone@example.org"})
    comments.add(session, SYSTEM, ada, "Wants to be forgotten")
    cards.create(session, SYSTEM, {"first_name": "Bea", "email": "bea@example.org"})
    late = now().date() - timedelta(days=50)
    requests.add(session, SYSTEM, "access", number=2, asked_by="Bea by letter", received_on=late)
"""


@pytest.fixture(scope="module")
def people(server: Server) -> Iterator[Server]:
    server.run(PEOPLE)
    yield server


def test_a_request_is_noted_on_the_card_and_the_person_erased(page: Page, people: Server) -> None:
    page.goto(people.url + "/contacts/1")
    page.get_by_role("link", name="Note a request").click()
    expect(page.locator("#request-contact")).to_have_value("1")
    page.select_option("#request-kind", "erasure")
    page.fill("#request-by", "Ada Gone by letter")
    page.get_by_role("button", name="Note the request").click()
    line = page.locator(".requests > li").filter(has_text="Erasure")
    expect(line).to_contain_text("Ada Gone by letter")

    line.get_by_role("link", name="Erase").click()
    expect(page.get_by_role("heading", name="Erase Ada Gone (#1)")).to_be_visible()
    expect(page.locator(".erase")).to_contain_text("Comments")
    page.get_by_role("button", name="Erase this person").click()
    expect(page.get_by_role("alert")).to_contain_text("Type the number 1")
    page.fill("#erase-typed", "1")
    page.get_by_role("button", name="Erase this person").click()
    expect(page.get_by_role("heading", name="The person is erased")).to_be_visible()
    with page.expect_download() as loading:
        page.get_by_role("link", name="Certificate").click()
    written = loading.value.path().read_text()
    assert "Certificate of erasure" in written and "Ada" not in written

    page.get_by_role("link", name="To the requests").click()
    line = page.locator(".requests > li").filter(has_text="Erasure")
    expect(line).not_to_contain_text("Ada")
    page.goto(people.url + "/contacts/1")
    expect(page.get_by_role("heading", name="No such contact")).to_be_visible()


def test_an_overdue_request_is_marked_handed_out_and_answered_on_a_phone(phone: BrowserContext, people: Server) -> None:
    page = sign_in(phone, people, at="/privacy")
    line = page.locator(".requests > li").filter(has_text="Bea by letter")
    expect(line).to_contain_text("overdue")
    with page.expect_download() as loading:
        line.get_by_role("button", name="Hand out").tap()
    with zipfile.ZipFile(loading.value.path()) as archive:
        assert b"bea@example.org" in archive.read("person.json")
    line.get_by_role("button", name="Change request 1").tap()
    page.select_option("#request-state", "refused")
    page.get_by_role("button", name="Save").tap()
    expect(line.get_by_role("alert")).to_contain_text("Please note why")
    page.select_option("#request-state", "answered")
    page.fill("#request-note", "Sent on Monday")
    page.get_by_role("button", name="Save").tap()
    expect(line).to_contain_text("answered")
    expect(line).to_contain_text("Alice")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_record_is_filled_in_and_a_rule_is_changed(page: Page, people: Server) -> None:
    page.goto(people.url + "/privacy/record")
    expect(page.locator(".record").last).to_contain_text("Files for 90 days")
    page.get_by_role("button", name="Fill in").click()
    page.fill("#record-controller", "Musikschule Nord\nHamburg")
    page.get_by_role("button", name="Save the record").click()
    expect(page.locator(".record").first).to_contain_text("Hamburg")
    page.get_by_role("link", name="Retention").click()
    rule = page.locator(".rule").first
    rule.locator(".rule-months").fill("0")
    rule.get_by_role("button", name="Save").click()
    expect(rule).to_contain_text("This rule is off.")


def test_staff_see_no_privacy_desk(context: BrowserContext, people: Server) -> None:
    page = sign_in(context, people, "bob", at="/contacts/2")
    expect(page.locator(".consent").first).to_be_visible()
    expect(page.locator(".rail").get_by_role("link", name="Privacy")).to_have_count(0)
    expect(page.locator(".consent-person")).to_have_count(0)
