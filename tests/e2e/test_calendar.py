"""The calendar: events made, moved by mouse and keyboard, read as a list on a phone and by another program."""

from collections.abc import Iterator
from datetime import date, timedelta

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server
from tests.e2e.test_access import findings

MAKE = """
from crm_app.models import User
from crm_app.services import database, events, sessions, tasks
from crm_app.services.actor import SYSTEM
from sqlmodel import select
with database.transaction() as session:
    alice = str(session.exec(select(User.id).where(User.email == "alice@example.org")).one())
    lesson = {"title": "Trial lesson", "day": "2030-05-15", "time": "10:00", "place": "Room 2", "people": alice}
    events.add(session, SYSTEM, lesson)
    camp = {"title": "Camp", "day": "2030-05-20", "end_day": "2030-05-22", "all_day": "1", "people": alice}
    events.add(session, SYSTEM, camp)
    tasks.add(session, SYSTEM, {"title": "Print the plan", "day": "2030-05-14", "time": "09:00", "assignee": alice})
"""


@pytest.fixture(scope="module")
def made(server: Server) -> Iterator[Server]:
    server.run(MAKE)
    yield server


def day(page: Page, iso: str):  # type: ignore[no-untyped-def]
    return page.locator(f"[data-day='{iso}']")


def test_a_month_is_looked_through_and_the_address_says_where(page: Page, made: Server) -> None:
    page.goto(made.url + "/calendar?view=month&day=2030-05-01")
    expect(page.locator(".cal-span")).to_have_text("May 2030")
    expect(day(page, "2030-05-15")).to_contain_text("Trial lesson")
    for iso in ("2030-05-20", "2030-05-21", "2030-05-22"):
        expect(day(page, iso)).to_contain_text("Camp")
    page.get_by_role("link", name="Later").click()
    expect(page.locator(".cal-span")).to_have_text("June 2030")
    assert "day=2030-06-01" in page.url
    page.go_back()
    expect(page.locator(".cal-span")).to_have_text("May 2030")
    page.get_by_role("link", name="Week").click()
    expect(page.locator(".cal-week")).to_be_visible()


def test_things_are_dragged_to_another_day_moved_by_keyboard_and_taken_back(page: Page, made: Server) -> None:
    page.goto(made.url + "/calendar?view=month&day=2030-05-01")
    day(page, "2030-05-14").get_by_text("Print the plan").drag_to(day(page, "2030-05-16"))
    expect(day(page, "2030-05-16")).to_contain_text("Print the plan")
    page.reload()
    expect(day(page, "2030-05-16")).to_contain_text("Print the plan")
    expect(day(page, "2030-05-14")).not_to_contain_text("Print the plan")

    lesson = page.locator("[data-item^=event]").filter(has_text="Trial lesson")
    told = page.locator("[data-sonner-toast]")
    before = told.count()
    lesson.focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(told).to_have_count(before + 1)  # the server answered: painted it is at once
    expect(day(page, "2030-05-16")).to_contain_text("Trial lesson")
    expect(lesson).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(day(page, "2030-05-23")).to_contain_text("Trial lesson")
    expect(told).to_have_count(before + 2)
    page.locator("[data-sonner-toast][data-front=true]").get_by_role("button", name="Undo").click()
    expect(day(page, "2030-05-16")).to_contain_text("Trial lesson")


def test_an_event_is_made_changed_and_deleted(page: Page, made: Server) -> None:
    page.goto(made.url + "/calendar?view=month&day=2030-05-01")
    cell = day(page, "2030-05-08")
    cell.hover()
    cell.get_by_role("button", name="New event on").click()
    expect(page.locator("#planned-day")).to_have_value("2030-05-08")
    page.fill("#planned-title", "Meeting")
    page.fill("#planned-end_time", "08:00")
    page.click("#save-event")
    expect(page.locator(".plan-sheet").get_by_role("alert")).to_contain_text("cannot end before it begins")
    page.fill("#planned-end_time", "11:30")
    page.click("#save-event")
    expect(cell).to_contain_text("Meeting")
    cell.get_by_text("Meeting").click()
    page.get_by_role("checkbox", name="All day").click()
    expect(page.get_by_role("checkbox", name="All day")).to_be_checked()
    page.click("#save-event")
    expect(page.locator(".plan-sheet")).to_have_count(0)
    cell.get_by_text("Meeting").click()
    expect(page.get_by_role("checkbox", name="All day")).to_be_checked()
    page.get_by_role("button", name="Delete the event").click()
    expect(cell).not_to_contain_text("Meeting")
    page.get_by_role("button", name="Undo").first.click()
    expect(cell).to_contain_text("Meeting")


def test_on_a_phone_the_list_comes_first(phone: BrowserContext, made: Server) -> None:
    page = sign_in(phone, made, at="/calendar?day=2030-05-10")
    expect(page.locator(".agenda")).to_contain_text("Trial lesson")
    expect(page.locator(".cal-month")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Month").tap()
    expect(page.locator(".cal-month")).to_be_visible()
    day(page, "2030-05-20").get_by_role("link").first.tap()
    expect(page.locator(".agenda")).to_contain_text("Camp")
    page.get_by_role("button", name="Camp").first.tap()
    expect(page.locator("#planned-title")).to_have_value("Camp")


def test_another_program_reads_the_calendar_until_the_address_is_revoked(page: Page, made: Server) -> None:
    soon = (date.today() + timedelta(days=3)).isoformat()  # noqa: DTZ011  # any day near will do
    page.goto(made.url + "/calendar")
    page.click("#new-event")
    page.fill("#planned-title", "For the phone")
    page.fill("#planned-day", soon)
    page.fill("#planned-end_day", soon)
    page.fill("#planned-time", "10:00")
    page.fill("#planned-end_time", "11:00")
    page.click("#save-event")
    page.click("#subscribe")
    page.get_by_role("button", name="Make an address").click()
    url = page.locator("#feed-url").input_value()
    answer = httpx.get(url)
    assert answer.status_code == 200 and "SUMMARY:For the phone" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    page.get_by_role("button", name="Close").last.click()
    page.click("#subscribe")
    expect(page.locator("#feed-url")).to_have_count(0)  # shown once
    page.get_by_role("button", name="Switch it off").click()
    expect(page.get_by_role("button", name="Make an address")).to_be_visible()
    assert httpx.get(url).status_code == 404


@pytest.mark.parametrize(("size", "theme"), [("desktop", "light"), ("desktop", "dark"), ("phone", "dark")])
def test_axe_finds_nothing_serious(size: str, theme: str, browser: Browser, made: Server) -> None:
    wide = {"width": 1280, "height": 800} if size == "desktop" else {"width": 390, "height": 844}
    context = browser.new_context(viewport=wide, color_scheme=theme, reduced_motion="reduce", locale="en-GB")
    page, found = sign_in(context, made, at=""), []
    for address, ready in {
        "/tasks": ".planned-tasks",
        "/tasks?show=done": ".empty",
        "/calendar?view=month&day=2030-05-01": ".cal-month",
        "/calendar?view=week&day=2030-05-15": ".cal-week",
        "/calendar?view=agenda&day=2030-05-10": ".agenda .task",
        "/calendar?event=1": "#planned-place",
        "/settings/task-types": ".entry-name",
    }.items():
        page.goto(made.url + address)
        page.wait_for_selector(ready)
        found += findings(page)
    page.goto(made.url + "/tasks?task=1")
    page.wait_for_selector("#planned-title")
    found += findings(page, ".plan-sheet")
    page.keyboard.press("Escape")
    page.click("#bell")
    page.wait_for_selector(".bell-panel")
    found += findings(page, ".bell")
    context.close()
    assert not found, "\n".join(found)
