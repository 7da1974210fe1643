"""An import is taken back in the browser, and the rows that stayed out come back mended."""

import csv
import sqlite3
from pathlib import Path

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e import wizard
from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

CORPORA = Path(__file__).parent.parent / "corpora"
BOB_MOVES = """
from sqlmodel import select
from crm_app.models import Contact, Role, User
from crm_app.services import database, sessions
from crm_app.services.contacts import cards
with database.transaction() as session:
    bob = session.exec(select(User).where(User.name == "Bob")).one()
    contact = session.exec(select(Contact).where(Contact.email == {email!r})).one()
    actor = sessions.actor_of(session, bob, session.get_one(Role, bob.role_id))
    cards.change(session, actor, contact, {{"city": {city!r}}})
"""
ANOTHER_IMPORT_IS_WRITING = """
from datetime import timedelta
from crm_app.models import Job, JobKind, JobState
from crm_app.models.base import now
from crm_app.services import database
with database.transaction() as session:
    late = now() + timedelta(hours=1)
    session.add(Job(kind=JobKind.COMMIT, subject_id=999, state=JobState.RUNNING, claim="test", heartbeat_at=late))
"""
IT_ENDS = "UPDATE job SET state = 'done' WHERE subject_id = 999"


def imported(page: Page, server: Server, path: Path) -> str:
    """Brings the file in with what the wizard suggests; the address of its undo."""
    wizard.upload(page, server, path)
    wizard.to_columns(page)
    wizard.to_check(page)
    wizard.commit(page)
    return page.url.replace("/done", "/undo")


def people(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.write_text("\n".join(["first_name,email,city", *rows]) + "\n", encoding="utf-8")
    return path


def preview(page: Page) -> dict[str, int]:
    """The numbers of the undo's page once every row was looked at."""
    page.wait_for_selector(".undo-tiles[aria-busy=false]")
    return {key: int(page.inner_text(f".undo-tiles .{key} dd")) for key in ("reversed", "kept", "impossible")}


def start(page: Page) -> None:
    page.click(".wizard-foot button.danger")
    expect(page.locator(".notice.good")).to_contain_text("Undone by Alice, today", timeout=60_000)


def asked(server: Server, query: str) -> list[tuple[str, ...]]:
    with sqlite3.connect(server.data_dir / "crm.sqlite") as connection:
        return connection.execute(query).fetchall()


def test_an_import_is_taken_back_and_the_list_is_empty_again(page: Page, server: Server) -> None:
    imported(page, server, CORPORA / "outlook-it.csv")
    made = wizard.counts(page)["create"]
    page.click("text=Undo this import")
    assert preview(page) == {"reversed": made, "kept": 0, "impossible": 0}
    expect(page.locator("tr.plan-row").first).to_contain_text("The new contact is deleted.")
    expect(page.locator(".wizard-foot button.danger")).to_have_text(f"Undo {made} rows")
    start(page)
    assert preview(page) == {"reversed": made, "kept": 0, "impossible": 0}
    page.reload()
    expect(page.locator(".notice.good")).to_contain_text("Undone by Alice")
    expect(page.locator(".wizard-foot")).to_have_count(0)

    page.click("text=To the result of the import")
    expect(page.locator(".notice")).to_contain_text("Undone by Alice, today")
    expect(page.get_by_text("Undo this import")).to_have_count(0)
    expect(page.get_by_text("Show the contacts")).to_have_count(0)
    page.goto(server.url + "/imports")
    expect(page.locator("tbody tr").first).to_contain_text("Undone")
    expect(page.locator("tbody tr").first.get_by_role("link", name="Undo the import")).to_have_count(0)
    page.goto(server.url + "/contacts?inactive=1")
    page.wait_for_selector(".empty")
    assert asked(server, "SELECT count(*) FROM contact") == [(0,)]


def test_what_a_colleague_changed_since_stays(page: Page, server: Server, tmp_path: Path) -> None:
    names = ("Ula", "Ole", "Pia")
    imported(page, server, people(tmp_path, "one.csv", *(f"{name},{name.lower()}@example.org,Bonn" for name in names)))
    imported(page, server, people(tmp_path, "two.csv", *(f"{name},{name.lower()}@example.org,Köln" for name in names)))
    assert wizard.counts(page)["update"] == 3
    server.run(BOB_MOVES.format(email="ole@example.org", city="Hamburg"))

    page.goto(server.url + "/imports")
    page.get_by_role("link", name="Undo the import two.csv").click()
    assert preview(page) == {"reversed": 2, "kept": 1, "impossible": 0}
    page.get_by_role("link", name="Stay", exact=True).click()
    row = page.locator("tr.plan-row")
    expect(row).to_have_count(1)
    for words in ("Ole", "Bonn", "Köln", "Hamburg", "Changed by Bob, today", "1 value stays"):
        expect(row).to_contain_text(words)
    page.get_by_role("link", name="All rows").click()
    expect(row).to_have_count(3)

    start(page)
    assert preview(page) == {"reversed": 2, "kept": 1, "impossible": 0}
    cities = asked(server, "SELECT first_name, city FROM contact WHERE first_name IN ('Ula', 'Ole', 'Pia') ORDER BY id")
    assert cities == [("Ula", "Bonn"), ("Ole", "Hamburg"), ("Pia", "Bonn")]
    page.click("text=Show the contacts that stayed")
    page.wait_for_url("**/contacts?**import=**")
    expect(page.locator("tbody .name-link").filter(has_text="Ole")).to_have_count(1)


def test_a_waiting_undo_survives_a_reload_can_be_stopped_and_goes_on(
    page: Page, server: Server, tmp_path: Path
) -> None:
    address = imported(page, server, people(tmp_path, "wait.csv", "Vera,vera@example.org,Bern"))
    server.run(ANOTHER_IMPORT_IS_WRITING)
    page.goto(address)
    preview(page)
    page.click(".wizard-foot button.danger")
    for _ in range(2):
        expect(page.locator(".progress")).to_contain_text("Taking the import back …")
        expect(page.locator(".progress")).to_contain_text("Waiting for another import to finish.")
        page.reload()
    page.click(".progress button")
    expect(page.locator(".notice.warn")).to_contain_text("The undo was stopped.")
    with sqlite3.connect(server.data_dir / "crm.sqlite") as connection:
        connection.execute(IT_ENDS)
    page.goto(server.url + "/imports")
    row = page.locator("tbody tr").first
    expect(row).to_contain_text("Undo stopped")
    row.get_by_text("Continue").click()
    preview(page)
    expect(page.locator(".wizard-foot button.danger")).to_have_text("Go on with the undo")
    start(page)
    assert asked(server, "SELECT count(*) FROM contact WHERE email = 'vera@example.org'") == [(0,)]


def test_many_rows_are_paged(page: Page, server: Server, tmp_path: Path) -> None:
    rows = [f"Reader {n},reader{n}@example.org,Bern" for n in range(2, 122)]
    page.goto(imported(page, server, people(tmp_path, "many.csv", *rows)))
    first = page.locator("tr.plan-row").first
    expect(first).to_contain_text("Reader 2")
    page.click("text=Next")
    expect(first).to_contain_text("Reader 52")
    page.reload()
    expect(first).to_contain_text("Reader 52")
    page.click("text=Next")
    expect(page.locator("tr.plan-row")).to_have_count(20)
    page.click("text=Previous")
    expect(first).to_contain_text("Reader 52")


def test_rows_that_stayed_out_are_downloaded_mended_and_come_in(page: Page, server: Server, tmp_path: Path) -> None:
    imported(page, server, people(tmp_path, "party.csv", "Fine,fine@example.org,Bern", "Bad,no address,Bern"))
    expect(page.locator(".notice.warn")).to_contain_text("1 row stayed out.")
    with page.expect_download() as started:
        page.click("text=Download these rows")
    assert started.value.suggested_filename == "party (failed rows).csv"
    path = tmp_path / "party (failed rows).csv"
    started.value.save_as(path)
    head, *rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
    assert head[:4] == ["first_name", "email", "city", "Why this row did not come in"]
    assert [row[:3] for row in rows] == [["Bad", "no address", "Bern"]]
    assert "“email”" in rows[0][3]

    path.write_text(path.read_text(encoding="utf-8").replace("no address", "bad@example.org", 1), encoding="utf-8")
    original = page.url
    wizard.upload(page, server, path)
    expect(page.locator(".notice.info")).to_contain_text("This is a row of “party.csv”")
    page.get_by_role("button", name="Check this row").click()
    page.wait_for_selector("table.plan", timeout=120_000)
    expect(page.locator(".notice.info")).to_contain_text("These rows belong to the import “party.csv”.")
    expect(page.locator("tr.plan-row")).to_have_count(1)
    page.click(".wizard-foot button")
    page.wait_for_url(original)
    expect(page.locator(".tile.create dd")).to_have_text("2")
    expect(page.locator(".notice.good")).to_contain_text("Done: 2 contacts were imported.")
    expect(page.get_by_text("stayed out")).to_have_count(0)
    expect(page.locator(".facts").first).to_contain_text("1 row came back with party (failed rows).csv (Alice")
    page.goto(server.url + "/imports")
    expect(page.locator("tbody tr").filter(has_text="party")).to_have_count(1)
    assert asked(server, "SELECT email FROM contact WHERE first_name = 'Bad'") == [("bad@example.org",)]


def test_rows_that_came_in_already_are_told_and_can_come_in_as_a_new_file(
    page: Page, server: Server, tmp_path: Path
) -> None:
    imported(page, server, people(tmp_path, "again.csv", "Ok,ok@example.org,Bern", "Bea,nothing,Bern"))
    with page.expect_download() as started:
        page.click("text=Download these rows")
    path = tmp_path / "again (failed rows).csv"
    started.value.save_as(path)
    path.write_text(path.read_text(encoding="utf-8").replace("nothing", "bea@example.org", 1), encoding="utf-8")
    wizard.upload(page, server, path)
    page.get_by_role("button", name="Check this row").click()
    page.wait_for_selector("table.plan", timeout=120_000)
    page.click(".wizard-foot button")
    expect(page.locator(".tile.create dd")).to_have_text("2", timeout=60_000)

    wizard.upload(page, server, path)
    expect(page.locator(".notice.info")).to_contain_text("1 row has come in already and stays as it is.")
    wizard.to_columns(page)
    wizard.to_check(page)
    assert wizard.planned(page)["unchanged"] == 1


def test_the_empty_list_to_fill_in_is_downloaded(page: Page, server: Server) -> None:
    page.goto(server.url + "/imports/new")
    page.wait_for_selector(".drop-title:not(:empty)")
    for words, name in (("as CSV file", "Contacts to fill in.csv"), ("as Excel file", "Contacts to fill in.xlsx")):
        with page.expect_download() as started:
            page.click(f"text={words}")
        assert started.value.suggested_filename == name
    assert page.url.endswith("/imports/new")


def test_the_download_is_for_signed_in_users(server: Server) -> None:
    answer = httpx.get(server.url + "/downloads/import-1-failed", follow_redirects=False)
    assert answer.status_code == 303
    assert "/login" in answer.headers["location"]


def test_consent_a_file_lowered_is_said_to_stay_so_before_and_after(page: Page, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "left.csv"
    path.write_text(
        "first_name,email,opt_out_email\nLia,lia@example.org,yes\nMax,max@example.org,yes\nNil,nil@example.org,\n"
    )
    address = imported(page, server, path)
    for _ in ("before", "after"):
        page.goto(address)
        expect(page.locator(".notice", has_text="2 revocations of consent")).to_be_visible()
        if page.locator(".wizard-foot button.danger").count():
            start(page)
    expect(page.locator(".notice.good")).to_contain_text("Undone by Alice")


def test_a_viewer_sees_no_undo_and_starts_none(browser: Browser, page: Page, server: Server, tmp_path: Path) -> None:
    address = imported(page, server, people(tmp_path, "kept.csv", "Kaja,kaja@example.org,Bern"))
    other = browser.new_context(locale="en-GB")
    viewer = sign_in(other, server, "victor", at="")
    viewer.goto(address)
    expect(viewer.locator("[data-sonner-toast]").first).to_contain_text("do not have the right")
    expect(viewer.locator(".wizard-foot, tr.plan-row")).to_have_count(0)
    number = address.split("/")[-2]
    assert viewer.request.get(f"{server.url}/downloads/import-{number}-failed").status == 403
    assert viewer.request.get(f"{server.url}/imports/{number}/undo").status == 200, "the page itself holds no data"
    other.close()
    assert asked(server, f"SELECT state FROM import WHERE id = {number}") == [("done",)]


def test_an_import_that_wrote_nothing_has_nothing_to_undo(page: Page, server: Server, tmp_path: Path) -> None:
    path = people(tmp_path, "nothing.csv", "No,no address,Bern")
    page.goto(imported(page, server, path))
    expect(page.locator(".empty")).to_contain_text("nothing to undo")


def test_result_and_undo_fit_a_phone(phone: BrowserContext, server: Server, tmp_path: Path) -> None:
    page = sign_in(phone, server, "bob", at="")
    long = "Rhabarberbarbarabarbarbarenbartbarbierbierbarbaerbel"
    for city in ("Bonn", long):
        path = people(tmp_path, "phone.csv", f"{long},phone@example.org,{city}", "Bad,no address,Bern")
        address = imported(page, server, path)
    expect(page.locator(".notice.warn")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(address)
    preview(page)
    expect(page.locator("tr.plan-row")).to_contain_text(long)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator(".wizard-foot button.danger")).to_be_in_viewport(ratio=1)
