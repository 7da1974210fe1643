"""An import is paused, and cancelled with what is in kept or taken back."""

import sqlite3
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import wizard
from tests.e2e.conftest import sign_in
from tests.e2e.server import Server
from tests.e2e.test_undo import ANOTHER_IMPORT_IS_WRITING, IT_ENDS, asked, people

PAUSED_BEHIND_TWO_ROWS = """
from crm_app.models import Role, User
from crm_app.services import database, jobs, sessions
from crm_app.services.imports import pace, steps, work
from sqlmodel import select
pace.FIRST = pace.SMALLEST = pace.LARGEST = 1
with database.transaction() as session:
    alice = session.exec(select(User).where(User.name == "Alice")).one()
    actor = sessions.actor_of(session, alice, session.get_one(Role, alice.role_id))
    claim = jobs.claim(session, steps.commit(session, actor, {import_id}).id)
def stop(done, total):
    if done == 2:
        with database.transaction() as session:
            steps.pause(session, actor, {import_id})
work.run(claim, on_progress=stop)
"""


def checked(page: Page, server: Server, path: Path) -> int:
    """Brings a file as far as its check; the import's id."""
    wizard.upload(page, server, path)
    wizard.to_columns(page)
    wizard.to_check(page)
    return int(page.url.split("/")[-2])


def half_in(page: Page, server: Server, folder: Path, name: str) -> int:
    """An import of four rows, paused behind two."""
    path = people(folder, f"{name}.csv", *(f"{name}{n},{name}{n}@example.org,Bern" for n in range(4)))
    import_id = checked(page, server, path)
    server.run(PAUSED_BEHIND_TWO_ROWS.format(import_id=import_id))
    page.goto(f"{server.url}/imports/{import_id}/done")
    expect(page.locator(".notice.warn")).to_contain_text("Paused.")
    return import_id


def there(server: Server, name: str) -> list[tuple[str, ...]]:
    return asked(server, f"SELECT count(*) FROM contact WHERE email LIKE '{name}%'")


def test_a_waiting_import_is_paused_survives_a_reload_and_goes_on(page: Page, server: Server, tmp_path: Path) -> None:
    checked(page, server, people(tmp_path, "wait.csv", "Vera,vera@example.org,Bern"))
    server.run(ANOTHER_IMPORT_IS_WRITING)
    try:
        pause_while_it_waits(page)
    finally:
        with sqlite3.connect(server.data_dir / "crm.sqlite") as connection:
            connection.execute(IT_ENDS)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".notice.good")).to_be_visible(timeout=60_000)
    assert there(server, "vera") == [(1,)]


def pause_while_it_waits(page: Page) -> None:
    page.click(".wizard-foot button")
    page.wait_for_url("**/done")
    page.get_by_role("button", name="Cancel …").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("button", name="Go on importing")).to_be_focused()
    expect(page.get_by_role("button", name="Take them back")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Cancel …")).to_be_focused()
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator(".notice.warn")).to_contain_text("Paused. What is in stays")
    page.reload()
    expect(page.locator(".notice.warn")).to_contain_text("Paused. What is in stays")


def test_what_is_in_is_taken_back(page: Page, server: Server, tmp_path: Path) -> None:
    half_in(page, server, tmp_path, "tom")
    page.goto(server.url + "/imports")
    row = page.locator("tbody tr").first
    expect(row).to_contain_text("Paused")
    row.get_by_text("Continue").click()
    page.get_by_role("button", name="Cancel …").press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Keep the 2 contacts that are in")
    page.get_by_role("button", name="Take them back").press("Enter")
    expect(page.locator(".notice.info")).to_contain_text("Undone by Alice, today", timeout=60_000)
    assert there(server, "tom") == [(0,)]


def test_what_is_in_is_kept_on_a_phone(phone: BrowserContext, server: Server, tmp_path: Path) -> None:
    page = sign_in(phone, server, at="")
    half_in(page, server, tmp_path, "kim")
    page.get_by_role("button", name="Cancel …").tap()
    answers = page.get_by_role("dialog").get_by_role("button")
    expect(answers).to_have_count(3)
    for box in (answer.bounding_box() for answer in answers.all()):
        assert box is not None
        assert box["height"] >= 44
        assert box["y"] > 422, "within reach of a thumb"
    page.get_by_role("button", name="Keep the 2 contacts").tap()
    expect(page.locator(".notice.warn")).to_contain_text("Stopped.")
    assert there(server, "kim") == [(2,)]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
