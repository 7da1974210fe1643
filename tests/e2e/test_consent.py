"""Consents on the card are read, recorded and revoked; lists and many at once follow them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

PEOPLE = """
from crm_app.models import Channel, ConsentSource, ConsentState
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.consent import ledger
from crm_app.services.consent.ledger import Proof
from crm_app.services.contacts import cards
from crm_app.services.settings import tags
with database.transaction() as session:
    tags.add(session, SYSTEM, "Piano news", is_group=True)
    for name in ("Ada", "Bea", "Cleo"):
        cards.create(session, SYSTEM, {"first_name": name, "email": name.lower() + "@example.org"})
    cards.create(session, SYSTEM, {"first_name": "Dora"})
    proof = Proof(text="Yes, write to me.", text_version="v1", source_name="Newsletter form", ip="192.0.2.7")
    for state in (ConsentState.SENT, ConsentState.CONFIRMED):
        ledger.record(session, SYSTEM, Channel.EMAIL, "bea@example.org", state, source=ConsentSource.FORM, proof=proof)
"""


@pytest.fixture(scope="module")
def people(server: Server) -> Iterator[Server]:
    server.run(PEOPLE)
    yield server


def test_a_consent_is_recorded_with_its_reason_and_revoked(page: Page, people: Server) -> None:
    page.goto(people.url + "/contacts/1")
    head = page.locator(".card-sub .consent-state")
    expect(head).to_have_text("Newsletter: no consent")
    line = page.locator(".consent").first
    line.get_by_role("button", name="Record a consent for ada@example.org").click()
    expect(page.locator("#consent-reason")).to_be_focused()
    page.get_by_role("button", name="Record the consent").click()
    expect(line.get_by_role("alert")).to_contain_text("how this person agreed")
    page.fill("#consent-reason", "Signed the sheet at the fair")
    page.get_by_role("button", name="Record the consent").click()
    expect(line.locator(".consent-state")).to_have_text("confirmed")
    expect(head).to_contain_text("Newsletter: confirmed")
    line.get_by_role("button", name="Proof").click()
    expect(page.locator(".consent-proof")).to_contain_text("Signed the sheet at the fair")

    line.get_by_role("button", name="Revoke the consent for ada@example.org").click()
    page.get_by_role("button", name="Revoke the consent", exact=True).click()
    expect(line.locator(".consent-head .consent-state")).to_have_text("revoked")
    expect(line).to_contain_text("Never written to: consent was revoked.")
    expect(page.locator(".event").first).to_contain_text("Consent revoked: E-mail")


def test_a_group_is_agreed_to_by_itself_on_a_phone(phone: BrowserContext, people: Server) -> None:
    page = sign_in(phone, people, at="/contacts/3")
    page.locator(".card-sub .consent-state").tap()
    line = page.locator(".consent").first
    line.get_by_role("button", name="Record a consent for").tap()
    page.select_option("#consent-group", label="Piano news")
    page.fill("#consent-reason", "Asked for it on the phone")
    page.get_by_role("button", name="Record the consent").tap()
    group = page.locator(".consent.of-group")
    expect(group).to_contain_text("Piano news")
    expect(group.locator(".consent-state")).to_have_text("confirmed")
    expect(line.locator(".consent-state")).to_have_text("none")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_exact_text_is_shown_on_request(page: Page, people: Server) -> None:
    page.goto(people.url + "/contacts/2")
    line = page.locator(".consent").first
    expect(line.locator(".consent-marks")).to_contain_text("Newsletter form")
    line.get_by_role("button", name="Proof").last.click()
    expect(page.locator(".consent-proof blockquote")).to_have_text("Yes, write to me.")
    expect(page.locator(".consent-proof")).to_contain_text("192.0.2.7")


def test_who_may_only_look_sees_them_without_acts(context: BrowserContext, people: Server) -> None:
    page = sign_in(context, people, "victor", at="/contacts/2")
    expect(page.locator(".consent").first).to_contain_text("confirmed")
    expect(page.locator(".consent-acts button")).to_have_count(0)
    expect(page.locator(".consent-person")).to_have_count(0)


def test_everybody_without_opt_in_is_made_inactive_with_the_reasons_before(page: Page, people: Server) -> None:
    page.goto(people.url + "/privacy/retention")
    page.get_by_role("link", name="Deactivate all without opt-in").click()
    reasons = page.locator(".bulk-reasons")
    expect(reasons).to_contain_text("no e-mail address")
    expect(reasons).to_contain_text("Dora")
    page.get_by_role("button", name=re.compile("Change [23] contacts")).click()
    page.wait_for_url("**/imports/*/done")
    expect(page.locator(".notice.good")).to_contain_text("contacts were changed")
    page.goto(people.url + "/contacts")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("Bea")
