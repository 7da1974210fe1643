"""Tasks: given, done with one touch, put off together, on the card, out of the review, and told by the bell."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

PEOPLE = """
from datetime import timedelta
from crm_app.services import database, installation, local_time, tasks
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
from crm_app.models import User
from sqlmodel import select
with database.transaction() as session:
    for n in range(1, 4):
        cards.create(session, SYSTEM, {"first_name": f"Lead {n}", "lifecycle": "lead", "mobile": f"0170 123456{n}"})
    cards.create(session, SYSTEM, {"first_name": "Ada", "last_name": "Adler", "email": "ada@example.org"})
    today = local_time.today(installation.current(session).timezone)
    for name in ("alice", "bob"):
        user = str(session.exec(select(User.id).where(User.email == name + "@example.org")).one())
        for title, days in (("Late", -2), ("Now", 0), ("Soon", 3), ("Sometime", 40)):
            texts = {"title": f"{title} for {name}", "day": str(today + timedelta(days=days)), "assignee": user}
            tasks.add(session, SYSTEM, texts)
"""


@pytest.fixture(scope="module")
def people(server: Server) -> Iterator[Server]:
    server.run(PEOPLE)
    yield server


def line(page: Page, title: str):  # type: ignore[no-untyped-def]
    return page.locator(".task").filter(has_text=title)


def test_a_task_is_given_done_with_one_click_and_taken_back(page: Page, people: Server) -> None:
    page.goto(people.url + "/tasks")
    expect(page.locator("[data-due=overdue]")).to_contain_text("Late for alice")
    expect(page.locator("[data-due=today]")).to_contain_text("Now for alice")
    page.click("#new-task")
    expect(page.locator("#planned-title")).to_be_focused()
    page.keyboard.type("Write the offer")
    page.fill("#planned-time", "23:59")
    page.fill("#planned-contact", "Adler")
    page.locator(".hits button").first.click()
    expect(page.locator(".picked-name")).to_have_text("Ada Adler")
    page.click("#save-task")
    expect(page.locator(".plan-sheet")).to_have_count(0)
    expect(page.locator("[data-due=today]")).to_contain_text("Write the offer")
    expect(line(page, "Write the offer").get_by_role("link", name="Ada Adler")).to_be_visible()

    page.get_by_role("button", name="Done: Write the offer").click()
    expect(line(page, "Write the offer")).to_have_count(0)
    page.get_by_role("button", name="Undo").first.click()
    expect(line(page, "Write the offer")).to_be_visible()


def test_what_is_refused_says_why_and_escape_gives_the_focus_back(page: Page, people: Server) -> None:
    page.goto(people.url + "/tasks")
    page.click("#new-task")
    page.fill("#planned-day", "")
    page.fill("#planned-title", "Without a day")
    page.click("#save-task")
    expect(page.locator(".plan-sheet").get_by_role("alert")).to_contain_text("Choose a day")
    expect(page.locator("#planned-day")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#planned-title")).to_have_value("Without a day")
    page.keyboard.press("Escape")
    expect(page.locator("#new-task")).to_be_focused()


def test_several_are_put_off_together(page: Page, people: Server) -> None:
    page.goto(people.url + "/tasks")
    for title in ("Late for alice", "Now for alice"):
        page.get_by_role("checkbox", name=f"Tick {title}").click()
    expect(page.locator(".put-off")).to_contain_text("2 tasks ticked")
    page.get_by_role("button", name="in a week").click()
    expect(page.locator("[data-due=week]")).to_contain_text("Late for alice")
    expect(page.locator("[data-due=overdue]")).to_have_count(0)
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator("[data-due=overdue]")).to_contain_text("Late for alice")


def test_colleagues_tasks_are_for_who_may_see_them(page: Page, context: BrowserContext, people: Server) -> None:
    page.goto(people.url + "/tasks")
    page.get_by_role("link", name="Colleagues'").click()
    expect(line(page, "Now for bob")).to_be_visible()
    other = sign_in(context, people, "bob", at="/tasks?whose=colleagues")
    expect(line(other, "Now for bob")).to_be_visible()
    expect(line(other, "Now for alice")).to_have_count(0)
    expect(other.get_by_role("link", name="Colleagues'")).to_have_count(0)


def test_a_colleague_hears_of_a_task_at_once_and_the_bell_leads_to_it(
    phone: BrowserContext, page: Page, people: Server
) -> None:
    bobs = sign_in(phone, people, "bob", at="/contacts")
    expect(bobs.locator("#bell")).to_be_visible()
    expect(bobs.locator(".bell-count")).to_have_count(0)
    page.goto(people.url + "/tasks")
    page.click("#new-task")
    page.fill("#planned-title", "Ring the printer")
    page.select_option("#planned-assignee", label="Bob")
    expect(page.get_by_role("checkbox", name="Tell them at once")).to_be_checked()
    page.click("#save-task")
    expect(bobs.locator(".bell-count")).to_have_text("1")  # on a page that did nothing meanwhile
    bobs.locator("#bell").tap()
    notice = bobs.locator(".bell-line").first
    expect(notice).to_contain_text("Alice gave you a task: Ring the printer")
    notice.tap()
    expect(bobs.locator("#planned-title")).to_have_value("Ring the printer")
    expect(bobs.locator(".bell-count")).to_have_count(0)
    assert bobs.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_phone_nobody_answered_is_two_taps_and_taken_back(phone: BrowserContext, people: Server) -> None:
    page = sign_in(phone, people, "bob", at="/review")
    expect(page.locator(".review h2")).to_have_text("Lead 3")
    page.locator("#review-later").tap()
    expect(page.locator(".review h2")).to_have_text("Lead 2")
    page.get_by_role("button", name="Undo").first.tap()
    expect(page.locator(".review h2")).to_have_text("Lead 3")
    page.locator("#review-later-menu").tap()
    page.get_by_role("menuitem", name="Call in 3 days").tap()
    expect(page.locator(".review h2")).to_have_text("Lead 2")
    page.goto(people.url + "/tasks")
    expect(line(page, "Call Lead 3")).to_have_count(1)
    expect(line(page, "Call Lead 3")).to_contain_text("10:00")
    page.get_by_role("button", name="Done: Call Lead 3").tap()
    expect(line(page, "Call Lead 3")).to_have_count(0)


def test_on_the_card_a_task_is_added_and_done_and_stands_in_the_timeline(page: Page, people: Server) -> None:
    page.goto(people.url + "/contacts/4")
    panel = page.locator(".contact-tasks")
    panel.get_by_role("button", name="Task", exact=True).click()
    page.fill("#planned-title", "Send the plan")
    expect(page.locator(".picked-name")).to_have_text("Ada Adler")
    page.click("#save-task")
    expect(panel).to_contain_text("Send the plan")
    panel.get_by_role("button", name="Done: Send the plan").click()
    expect(page.locator(".timeline")).to_contain_text("To do done: Send the plan")
    expect(panel.locator(".task").filter(has_text="Send the plan")).to_have_count(0)


def test_a_type_of_tasks_is_added_and_removed(page: Page, people: Server) -> None:
    page.goto(people.url + "/settings/task-types")
    page.click("#edit-new")
    page.fill("#type-name", "Parcel")
    page.locator("label[title=Parcel] input").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".entries li").last).to_contain_text("Parcel")
    page.get_by_role("button", name="Remove “Phone call”").click()
    page.select_option("#type-into", label="Parcel") if page.locator("#type-into").count() else None
    page.get_by_role("button", name="Remove the type").click()
    expect(page.locator(".entries").first).not_to_contain_text("Phone call")
    page.locator(".removed-entries summary").click()
    page.get_by_role("button", name="Bring back").click()
    expect(page.locator(".entries").first).to_contain_text("Phone call")
