"""A file goes into a course in the browser: begun at the course, offers by a column, seen before, undone."""

import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import wizard
from tests.e2e.server import Server

COURSE = """
from crm_app.models import Channel
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.courses import catalogue, offers
from crm_app.services.messages import templates
with database.transaction() as session:
    course = catalogue.add(session, SYSTEM, {"name": "Violin for beginners", "status": "open"})
    for name, kind in (("Once", "one_off"), ("Monthly", "subscription")):
        offers.add(session, SYSTEM, course.id, {"name": name, "kind": kind, "amount": "120"})
    made = templates.add(session, SYSTEM, "Welcome to the course", Channel.EMAIL, is_newsletter=False)
    for language in ("de", "en"):
        templates.write(session, SYSTEM, made.id, language, subject="Hello", body="{{ first_name }}")
    print(course.id)
"""
PEOPLE = (
    "first_name,last_name,email,Plan\n"
    "Ada,Byron,ada@example.org,once\n"
    "Kurt,Gödel,kurt@example.org,MONTHLY\n"
    "Emmy,Noether,emmy@example.org,Gold\n"
)


@pytest.fixture(scope="module")
def course(server: Server) -> str:
    return server.run(COURSE)


def asked(server: Server, query: str) -> list[tuple[str, ...]]:
    with sqlite3.connect(server.data_dir / "crm.sqlite") as connection:
        return connection.execute(query).fetchall()


def test_people_of_a_file_are_enrolled_with_their_offers_and_taken_back(
    page: Page, server: Server, course: str, tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    page.goto(f"{server.url}/imports/new?course={course}")
    expect(page.locator(".notice")).to_contain_text("enrolled in “Violin for beginners”")
    page.set_input_files("input[type=file]", tmp_path / "people.csv")
    page.wait_for_url("**/read")
    wizard.to_columns(page)

    expect(page.locator("#into-course option:checked")).to_have_text("Violin for beginners")
    plan = page.get_by_label("Field for the column Plan")
    plan.select_option(label="Offer of the course")
    meaning = page.get_by_label("Meaning of Gold")
    expect(page.locator(".goes-to .field-error")).to_have_text("1 value is not understood")
    meaning.select_option(label="Once")
    expect(page.locator(".goes-to .field-error")).to_have_count(0)
    page.locator("#course-notice").select_option(label="Welcome to the course")
    page.locator("#course-language").select_option(label="Deutsch")

    wizard.to_check(page)
    rows = page.locator("tr.plan-row")
    expect(rows.nth(0)).to_contain_text("Will be enrolled · Once")
    expect(rows.nth(1)).to_contain_text("Will be enrolled · Monthly")
    expect(rows.nth(2)).to_contain_text("Will be enrolled · Once")
    expect(page.locator(".wizard-foot")).to_contain_text("into “Violin for beginners”: 3 enrolled")
    wizard.commit(page)

    expect(page.get_by_role("heading", name="Violin for beginners")).to_be_visible()
    expect(page.get_by_role("link", name="To the course")).to_have_attribute("href", f"/courses/{course}")
    offers = "SELECT o.name, e.status FROM enrolment e JOIN offer o ON o.id = e.offer_id ORDER BY e.id"
    assert asked(server, offers) == [("Once", "active"), ("Monthly", "active"), ("Once", "active")]
    left = "SELECT count(*) FROM message WHERE state = 'sent' AND language = 'de'"
    wizard.until(page, lambda: asked(server, left) == [(3,)], "the notices did not leave", 60)
    page.reload()
    expect(page.locator("body")).to_contain_text("3 notices were sent.")

    page.click("text=Undo this import")
    page.wait_for_selector(".undo-tiles[aria-busy=false]")
    expect(page.locator(".notice", has_text="3 enrolments are taken back.")).to_contain_text(
        "3 notices were sent and cannot be called back."
    )
    expect(page.locator("tr.plan-row").first).to_contain_text("so the contact stays")
    page.click(".wizard-foot button.danger")
    expect(page.locator(".notice.good")).to_contain_text("Undone by Alice, today", timeout=60_000)
    for table in ("enrolment", "charge", "enrolment_entry"):
        assert asked(server, f"SELECT count(*) FROM {table}") == [(0,)]


def test_a_course_that_is_not_there_is_refused(page: Page, server: Server, tmp_path: Path) -> None:
    page.goto(f"{server.url}/imports/new?course=999")
    expect(page.locator(".notice.danger")).to_contain_text("There is no such course.")
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    page.set_input_files("input[type=file]", tmp_path / "people.csv")
    expect(page.locator(".notice.danger", has_text="no such course")).to_have_count(2)


def test_without_a_course_people_are_contacts_only_and_who_is_known_can_still_be_enrolled(
    page: Page, server: Server, course: str, tmp_path: Path
) -> None:
    path = tmp_path / "known.csv"
    path.write_text("first_name,email,offer\nOle,ole@example.org,Once\n", encoding="utf-8")
    for wanted in ("", "Violin for beginners"):
        wizard.upload(page, server, path)
        wizard.to_columns(page)
        if wanted:
            page.locator("#into-course").select_option(label=wanted)
            page.get_by_label("Field for the column offer").select_option(label="Offer of the course")
            expect(page.locator(".goes-to", has_text="1 value, understood")).to_have_count(1)
        wizard.to_check(page)
        if wanted:
            expect(page.locator("tr.plan-row.unchanged")).to_contain_text("Will be enrolled · Once")
            expect(page.locator(".wizard-foot button")).to_have_text("Enrol 1 contact")
        wizard.commit(page)
    expect(page.get_by_role("link", name="Undo this import")).to_be_visible()
