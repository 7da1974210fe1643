"""Courses: set up with offers, people enrolled, money recorded, plans changed; what is owed is right to the cent."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server
from tests.e2e.test_access import findings

PEOPLE = """
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
with database.transaction() as session:
    for name in ("Ada", "Ben", "Cleo"):
        cards.create(session, SYSTEM, {"first_name": name, "last_name": "Falk", "email": f"{name}@example.org"})
"""
PAINTING = """
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
from crm_app.services.courses import catalogue, enrolling, offers
from crm_app.services.courses.enrolling import Terms
with database.transaction() as session:
    course = catalogue.add(session, SYSTEM, {"name": "Painting", "status": "open", "capacity": "1"})
    offer = offers.add(session, SYSTEM, course.id, {
        "name": "Parts", "kind": "instalments", "amount": "100", "parts": "3", "first_days": "0", "tax_rate": "19"})
    contact = cards.get(session, SYSTEM, 2)
    enrolling.enrol(session, SYSTEM, course.id, contact, offer, Terms())
    enrolling.enrol(session, SYSTEM, course.id, cards.get(session, SYSTEM, 3), offer, Terms())
    print(course.id)
"""


@pytest.fixture(scope="module", autouse=True)
def people(server: Server) -> None:
    server.run(PEOPLE)


@pytest.fixture(scope="module")
def painting(server: Server) -> str:
    """The id of a course whose only place has Ben (contact 2); Cleo waits for it."""
    return server.run(PAINTING).strip()


def test_a_course_from_its_making_to_a_refund(page: Page, server: Server) -> None:
    page.goto(server.url + "/courses")
    page.click("#new-course, #first-course")
    page.fill("#course-name", "Violin for beginners")
    page.fill("#course-capacity", "x")
    page.select_option("#course-status", "open")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("whole number")
    page.fill("#course-capacity", "12")
    page.get_by_role("button", name="Go on").click()

    page.click("#first-offer")
    page.fill("#offer-name", "Three parts")
    page.select_option("#offer-kind", "instalments")
    page.fill("#offer-amount", "100")
    page.fill("#offer-tax_rate", "19")
    page.fill("#offer-parts", "3")
    page.fill("#offer-first_days", "0")
    page.get_by_role("button", name="Save").click()
    entry = page.locator(".offer-entry")
    expect(entry).to_contain_text("3 instalments, monthly")
    expect(entry).to_contain_text("€100.00")
    expect(entry).to_contain_text("incl. 19 % VAT")
    page.get_by_role("button", name="Remove “Three parts”").click()
    expect(entry).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(entry).to_have_count(1)

    page.get_by_role("link", name="Members").click()
    page.click("#enrol-open, #enrol-first")
    page.fill("#planned-contact", "ada")
    page.locator(".hits button").first.click()
    page.get_by_role("button", name="Enrol", exact=True).click()
    row = page.locator(".member-table tbody tr")
    expect(row).to_contain_text("Ada Falk")
    expect(row).to_contain_text("€100.00")
    expect(page.locator(".course-standing")).to_contain_text("1 of 12 places taken")

    row.get_by_role("link", name="Ada Falk").click()
    sums = page.locator(".ledger > .ledger-sums")
    expect(sums).to_contain_text("Open€100.00")
    page.get_by_role("button", name="Mark as paid: Instalment 1 of 3").click()
    expect(sums).to_contain_text("Paid€33.34")
    page.get_by_role("button", name="Undo").click()
    expect(sums).to_contain_text("Paid€0.00")

    page.get_by_role("button", name="Record a payment").click()
    expect(page.locator("#payment-amount")).to_have_value("100.00")
    page.fill("#payment-amount", "40,00")
    page.fill("#payment-note", "At the desk")
    page.locator("#save-payment").dblclick()
    expect(sums).to_contain_text("Paid€40.00Open€60.00")
    expect(page.locator(".ledger .consent-state.good")).to_have_count(1)

    page.get_by_role("button", name="Change the plan").click()
    preview = page.locator(".plan-preview")
    expect(preview).to_contain_text("stays")
    page.fill("#plan-amount", "90")
    page.fill("#plan-parts", "2")
    expect(preview).to_contain_text("€100.00 €90.00")
    expect(preview).to_contain_text("Open€50.00")
    page.click("#save-plan")
    expect(page.get_by_text("The plan is changed.")).to_be_visible()
    expect(sums).to_contain_text("Price€90.00Paid€40.00Open€50.00")

    page.get_by_role("button", name="Pay back").click()
    page.fill("#payment-amount", "50")
    page.click("#save-payment")
    expect(page.get_by_role("alert").first).to_contain_text("more than was paid")
    page.fill("#payment-amount", "5")
    page.click("#save-payment")
    expect(sums).to_contain_text("Paid€35.00")
    page.get_by_role("button", name="Take back: Refund").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Take back").click()
    expect(sums).to_contain_text("Paid€40.00")
    page.get_by_role("button", name="History").click()
    entries = page.locator(".ledger-entries")
    expect(entries).to_contain_text("Plan changed")
    expect(entries).to_contain_text("Enrolled")
    expect(page.locator(".ledger-entries .old-value").first).to_contain_text("€100.00")


def test_who_waits_is_given_the_place_that_becomes_free(page: Page, server: Server, painting: str) -> None:
    page.goto(f"{server.url}/courses/{painting}?status=waiting")
    page.get_by_role("button", name="Give Cleo Falk a place").click()
    expect(page.get_by_text("This course is full.")).to_be_visible()
    page.goto(f"{server.url}/courses/{painting}?q=ben")
    page.get_by_label("Status of Ben Falk").select_option("cancelled")
    expect(page.get_by_role("dialog")).to_contain_text("owed no more")
    page.get_by_role("dialog").get_by_role("button", name="Cancelled").click()
    expect(page.locator(".member-table tbody tr")).to_have_count(0)
    page.goto(f"{server.url}/courses/{painting}")
    page.get_by_role("link", name="Show the waiting list").click()
    page.get_by_role("button", name="Give Cleo Falk a place").click()
    expect(page.locator(".member-table tbody tr")).to_have_count(0)
    page.get_by_role("link", name="All 1").click()
    expect(page.locator(".member-table tbody tr")).to_contain_text("Cleo Falk")
    page.go_back()
    expect(page).to_have_url(f"{server.url}/courses/{painting}?status=waiting")


def test_members_are_narrowed_shown_in_other_columns_and_changed_together(
    page: Page, server: Server, painting: str
) -> None:
    page.goto(f"{server.url}/courses/{painting}")
    rows = page.locator(".member-table tbody tr")
    page.click("#columns-open")
    page.get_by_label("Number", exact=True).click()
    expect(page.locator(".member-table thead")).to_contain_text("Number")
    page.keyboard.press("Escape")
    page.click("#filter-open")
    page.locator(".filter-subject").select_option("first_name")
    page.locator(".filter-text").fill("cleo")
    page.get_by_role("button", name="Show 1 contact").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Cleo Falk")
    page.reload()
    expect(rows).to_have_count(1)
    page.get_by_label("Tick Cleo Falk").click()
    page.click("#bulk-open")
    page.get_by_label("What to do").select_option("tag")
    page.get_by_label("Tags, with commas between them").fill("Easel")
    page.get_by_label("Tags, with commas between them").blur()
    page.get_by_role("button", name="Change 1 contact").click()
    page.wait_for_url("**/done")
    expect(page.get_by_role("link", name="Undo")).to_be_visible()
    page.goto(f"{server.url}/courses/{painting}")
    page.get_by_role("link", name="Open as contact list").click()
    expect(page.locator(".filter-chip")).to_contain_text("Members of “Painting”")
    expect(page.locator("tbody tr", has_text="Cleo Falk")).to_contain_text("Easel")


def test_a_payment_is_recorded_with_a_thumb(phone: BrowserContext, server: Server, painting: str) -> None:
    page = sign_in(phone, server, at="/contacts/3")
    page.locator(".card-tabs").get_by_role("button", name="Courses").tap()
    page.get_by_role("button", name="Record a payment").tap()
    page.fill("#payment-amount", "20")
    page.select_option("#payment-method", "cash")
    page.locator("#save-payment").tap()
    expect(page.locator(".ledger > .ledger-sums")).to_contain_text("Paid€20.00Open€80.00")
    expect(page.locator(".ledger .money-lines").last).to_contain_text("Cash")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_viewer_sees_what_is_owed_and_changes_nothing(context: BrowserContext, server: Server, painting: str) -> None:
    page = sign_in(context, server, "victor", at=f"/courses/{painting}")
    expect(page.locator(".member-table tbody tr")).to_contain_text("Cleo Falk")
    expect(page.get_by_role("button", name="Enrol someone")).to_have_count(0)
    expect(page.locator(".member-table select")).to_have_count(0)
    page.goto(server.url + "/contacts/3")
    expect(page.locator(".ledger > .ledger-sums")).to_contain_text("Price€100.00")
    expect(page.get_by_role("button", name="Record a payment")).to_have_count(0)


@pytest.mark.parametrize(("size", "theme"), [("desktop", "light"), ("desktop", "dark"), ("phone", "light")])
def test_axe_finds_nothing_serious(size: str, theme: str, browser: Browser, server: Server, painting: str) -> None:
    context = browser.new_context(
        viewport={"width": 1280, "height": 800} if size == "desktop" else {"width": 390, "height": 844},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        locale="en-GB",
    )
    context.set_default_timeout(20_000)
    page, found = sign_in(context, server, at=""), []
    for address, ready in {
        "/courses": ".course-table .name-link",
        f"/courses/{painting}": ".member-table .name-link",
        f"/courses/{painting}?tab=offers": ".offer-entry",
        f"/courses/{painting}?tab=details": "#save-course",
    }.items():
        page.goto(server.url + address)
        page.wait_for_selector(ready)
        found += findings(page)
    page.goto(server.url + "/contacts/3")
    if size == "phone":
        page.locator(".card-tabs").get_by_role("button", name="Courses").click()
    page.get_by_role("button", name="History").click()
    page.wait_for_selector(".ledger-entries li")
    found += findings(page, ".ledgers")
    for opener, ready in (("Record a payment", "#payment-amount"), ("Change the plan", ".plan-lines")):
        page.get_by_role("button", name=opener).click()
        page.wait_for_selector(ready)
        found += findings(page, ".plan-sheet")
        page.keyboard.press("Escape")
    context.close()
    assert not found, "\n".join(found)
