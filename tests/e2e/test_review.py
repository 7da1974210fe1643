"""Leads are worked through one by one, on a phone with the thumb and on a desktop with the keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

LEADS = """
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
with database.transaction() as session:
    for n in range(1, 5):
        phone = f"0170 123456{n}"
        cards.create(session, SYSTEM, {"first_name": f"Lead {n}", "lifecycle": "lead", "mobile": phone})
"""

TEN = """
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
with database.transaction() as session:
    for n in range(1, 11):
        phone = f"0170 555 00{n:02}"
        cards.create(session, SYSTEM, {"first_name": f"Decem {n}", "lifecycle": "lead", "mobile": phone})
"""
WORKED = """
from datetime import time, timedelta
from sqlmodel import col, select
from crm_app.models import Comment, Contact, Task
from crm_app.services import choosable, database, installation, local_time
with database.reading() as session:
    ten = session.exec(select(Contact).where(col(Contact.first_name).startswith("Decem "))).all()
    ids = [contact.id for contact in ten]
    day = local_time.today(installation.current(session).timezone) + timedelta(days=1)
    tasks = session.exec(select(Task).where(col(Task.contact_id).in_(ids), Task.due_day == day)).all()
    assert all(task.due_time == time(10) for task in tasks)
    notes = session.exec(select(Comment).where(col(Comment.contact_id).in_(ids))).all()
    second = choosable.statuses(session)[1].id
    print(f"{len(tasks)} tasks, {sum(one.status_id == second for one in ten)} statuses, {len(notes)} note")
"""


@pytest.fixture(scope="module")
def leads(server: Server) -> Iterator[Server]:
    server.run(LEADS)
    yield server


def who(page: Page, name: str) -> None:
    expect(page.locator(".review h2")).to_have_text(name)


def test_on_a_phone_a_status_leads_to_the_next_and_the_place_is_kept(
    phone: BrowserContext, context: BrowserContext, leads: Server
) -> None:
    page = sign_in(phone, leads, "bob", at="/review")
    who(page, "Lead 4")
    expect(page.locator("#review-call")).to_have_attribute("href", "tel:01701234564")
    expect(page.locator(".review-steps")).to_be_in_viewport()
    page.fill("#review-note", "Wants piano on Fridays")
    page.get_by_role("button", name="Keep the note").tap()
    expect(page.locator(".review-lately")).to_contain_text("Wants piano on Fridays")
    page.locator("#review-outcome-2").tap()
    who(page, "Lead 3")
    expect(page.locator(".review-progress")).to_contain_text("1 done, 2 to go")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    other = sign_in(context, leads, at="/review")
    who(other, "Lead 4")
    expect(other.locator(".review-outcomes [aria-pressed=true]")).to_have_count(1)
    other.keyboard.press("ArrowRight")
    who(other, "Lead 2")
    expect(other.locator(".notice")).to_contain_text("Bob")
    other.get_by_role("button", name="To the list").click()
    other.wait_for_url("**/contacts?lifecycle=lead")

    page.reload()
    who(page, "Lead 3")
    page.get_by_role("button", name="To the list").tap()
    page.wait_for_url("**/contacts?lifecycle=lead")


def test_ten_leads_are_worked_by_thumb_a_tap_for_each_that_does_not_answer(
    phone: BrowserContext, leads: Server
) -> None:
    leads.run(TEN)
    page = sign_in(phone, leads, "bob", at="/review?lifecycle=lead&q=decem")
    for n in range(10, 0, -1):
        who(page, f"Decem {n}")
        expect(page.locator("#review-call")).to_have_attribute("href", f"tel:017055500{n:02}")
        if n == 10:
            page.fill("#review-note", "Wants guitar")
            page.get_by_role("button", name="Keep the note").tap()
            expect(page.locator(".review-lately")).to_contain_text("Wants guitar")
        page.locator("#review-later" if n % 2 else "#review-outcome-2").tap()
    expect(page.get_by_role("heading", name="All through")).to_be_visible()
    assert leads.run(WORKED) == "5 tasks, 5 statuses, 1 note"


def test_on_a_desktop_the_keyboard_is_enough(page: Page, leads: Server) -> None:
    page.goto(leads.url + "/review?lifecycle=lead&q=lead")
    who(page, "Lead 4")
    page.keyboard.press("n")
    page.keyboard.type("j is a letter here")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    who(page, "Lead 3")
    page.keyboard.press("k")
    who(page, "Lead 4")
    for name in ("Lead 3", "Lead 2", "Lead 1"):
        page.keyboard.press("ArrowRight")
        who(page, name)
    page.keyboard.press("1")
    expect(page.get_by_role("heading", name="All through")).to_be_visible()
    page.get_by_role("button", name="Begin again").click()
    who(page, "Lead 4")


def test_a_double_click_goes_on_by_one(page: Page, leads: Server) -> None:
    page.goto(leads.url + "/review?lifecycle=lead&q=123456")
    who(page, "Lead 4")
    page.get_by_role("button", name="Next").dblclick()
    who(page, "Lead 3")
    page.keyboard.press("k")
    who(page, "Lead 4")


def test_comments_are_written_mended_and_restored_on_the_card(page: Page, leads: Server) -> None:
    page.goto(leads.url + "/contacts/1")
    page.fill("#new-comment", "See https://example.org/plan")
    page.get_by_role("button", name="Add the comment").click()
    first = page.locator(".event").first
    expect(first.locator("a.link")).to_have_attribute("href", "https://example.org/plan")
    expect(page.locator("#new-comment")).to_have_value("")
    first.get_by_role("button", name="Edit").click()
    page.locator(".event textarea").fill("Plan is sent")
    page.get_by_role("button", name="Save").click()
    expect(first).to_contain_text("Plan is sent")
    expect(first).to_contain_text("edited")
    first.get_by_role("button", name="Delete").click()
    expect(first).to_contain_text("You deleted this comment.")
    first.get_by_role("button", name="Restore").click()
    expect(first).to_contain_text("Plan is sent")


def test_a_viewer_is_told_that_the_review_is_not_open(context: BrowserContext, leads: Server) -> None:
    page = sign_in(context, leads, "victor", at="/review")
    expect(page.get_by_role("heading", name="The review is not open to you")).to_be_visible()
