"""A contact file becomes contacts, in the browser."""

import json
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import wizard
from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

CORPORA = Path(__file__).parent.parent / "corpora"
FILES = sorted(json.loads((CORPORA / "expected.json").read_text()))


@pytest.mark.parametrize("name", FILES)
def test_every_corpus_file_becomes_contacts(page: Page, server: Server, name: str) -> None:
    wizard.upload(page, server, CORPORA / name)
    wizard.to_columns(page)
    page.locator("#match-key").select_option("")  # the files share people: here every row is a new contact
    wizard.to_check(page)
    if wizard.planned(page)["invalid"]:
        wizard.take_without_bad_cells(page)
    plan = wizard.planned(page)
    assert plan["create"] + plan["update"] + plan["unchanged"] > 0
    wizard.commit(page)
    assert wizard.counts(page) == plan
    page.click("text=Show the contacts")
    page.wait_for_selector("tr .name-link")
    expect(page.locator("tbody tr")).to_have_count(min(50, plan["create"] + plan["update"] + plan["unchanged"]))


def test_pasted_rows_become_contacts(page: Page, server: Server) -> None:
    page.goto(server.url + "/imports/new")
    page.click("summary")
    page.fill("#paste-rows", "First name\tLast name\tE-mail\nPaula\tPasted\tpaula@example.org\n")
    page.click("text=Read these rows")
    page.wait_for_url("**/read")
    wizard.to_columns(page)
    wizard.to_check(page)
    wizard.commit(page)
    assert wizard.counts(page)["create"] == 1


def test_a_wrong_header_row_is_put_right_by_a_click(page: Page, server: Server, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("a;b\nFirst name;Last name\nAda;Clicked\n")
    wizard.upload(page, server, tmp_path / "list.csv")
    page.get_by_role("button", name="Row 2 holds the headings").click()
    expect(page.locator("tr.header-row")).to_contain_text("First name")
    wizard.to_columns(page)
    expect(page.locator("table.mapping")).to_contain_text("Last name")


def test_bad_cells_are_shown_and_can_be_left_behind(page: Page, server: Server, tmp_path: Path) -> None:
    rows = (
        "first_name;last_name;email;birth_date\nIda;Cell;ida.cell@example.org;31.02.1990\nOle;Fine;ole@example.org;\n"
    )
    (tmp_path / "bad.csv").write_text(rows)
    wizard.upload(page, server, tmp_path / "bad.csv")
    wizard.to_columns(page)
    wizard.to_check(page)
    assert wizard.planned(page)["invalid"] == 1
    expect(page.locator("td.cell.error")).to_have_text("31.02.1990")
    page.click(".outcome-invalid")
    expect(page.locator("tr.plan-row")).to_have_count(1)
    wizard.take_without_bad_cells(page)
    assert wizard.planned(page)["create"] == 2
    wizard.commit(page)
    assert wizard.counts(page)["create"] == 2


def test_an_update_shows_old_and_new(page: Page, server: Server, tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("first_name,email,city\nUla,ula@example.org,Bonn\n")
    (tmp_path / "two.csv").write_text("first_name,email,city\nUla,ula@example.org,Köln\n", encoding="utf-8")
    for name in ("one.csv", "two.csv"):
        wizard.upload(page, server, tmp_path / name)
        wizard.to_columns(page)
        wizard.to_check(page)
        if name == "two.csv":
            expect(page.locator("td.cell.changed")).to_have_text("Bonn Köln")
        wizard.commit(page)
    assert wizard.counts(page)["update"] == 1


def test_febrl_twice_changes_nothing_the_second_time(page: Page, server: Server, febrl: Path) -> None:
    seen = []
    for _ in range(2):
        wizard.upload(page, server, febrl)
        wizard.to_columns(page)
        for column, field in (("given_name", "first_name"), ("surname", "last_name"), ("date_of_birth", "birth_date")):
            page.get_by_label(f"Field for the column {column}").select_option(field)
        page.get_by_label("Field for the column rec_id").select_option("external_id")
        page.locator("#match-key").select_option("external_id")
        wizard.to_check(page)
        expect(page.locator(".problems")).to_contain_text("date_of_birth")
        wizard.take_without_bad_cells(page)
        wizard.commit(page)
        seen.append(wizard.counts(page))
    first, second = seen
    assert sum(first.values()) == sum(second.values()) == 5000
    assert first["create"] > 4900
    assert first["invalid"] >= 6  # people without a name, an address or a phone
    assert second["create"] == second["update"] == 0
    assert second["unchanged"] == first["create"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(200), "picture"),
        ("empty.csv", b"", "empty"),
        ("open.csv", b'name,mail\n"Ada,ada@example.org\nBob,bob@example.org\n', "quotation mark"),
    ],
)
def test_a_hopeless_file_gets_one_clear_sentence(
    page: Page, server: Server, tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    (tmp_path / name).write_bytes(content)
    page.goto(server.url + "/imports/new")
    page.wait_for_selector(".drop-title:not(:empty)")
    page.set_input_files("input[type=file]", tmp_path / name)
    expect(page.locator(".notice").first).to_contain_text(sentence, timeout=30_000)


def test_reload_and_history_lead_back_into_an_unfinished_import(page: Page, server: Server) -> None:
    wizard.upload(page, server, CORPORA / "outlook-it.csv")
    wizard.to_columns(page)
    page.reload()
    page.wait_for_selector("table.mapping")
    page.goto(server.url + "/imports")
    page.locator("tbody tr").first.get_by_text("Continue").click()
    page.wait_for_selector("table.mapping")


def test_a_file_that_could_not_be_read_is_read_again(page: Page, server: Server, tmp_path: Path) -> None:
    (tmp_path / "blank.csv").write_bytes(b"\n\n\n")
    page.goto(server.url + "/imports/new")
    page.wait_for_selector(".drop-title:not(:empty)")
    page.set_input_files("input[type=file]", tmp_path / "blank.csv")
    expect(page.locator(".notice").first).to_be_visible(timeout=30_000)
    page.goto(server.url + "/imports")
    row = page.locator("tbody tr").first
    expect(row).to_contain_text("Could not be read")
    expect(row.get_by_text("Continue")).to_have_count(0)
    row.get_by_role("button", name="Read the file of blank.csv again").click()
    page.wait_for_url("**/read")
    expect(page.locator(".notice").first).to_be_visible(timeout=30_000)


def test_an_import_that_is_not_there_is_said(page: Page, server: Server) -> None:
    for step in ("read", "columns", "check", "done", "undo"):
        page.goto(server.url + f"/imports/999999/{step}")
        expect(page.get_by_text("No such import")).to_be_visible()
        expect(page.locator("h1")).to_have_text("Imports and changes")


def test_a_viewer_cannot_import(context: BrowserContext, server: Server) -> None:
    page = sign_in(context, server, "victor")
    expect(page.locator("text=New contact")).to_have_count(0)
    expect(page.get_by_role("link", name="Imports")).to_have_count(0)
    for path in ("/imports", "/imports/new"):
        page.goto(server.url + path)
        expect(page.get_by_role("heading", name="Imports are not open to you")).to_be_visible()
        expect(page.locator("a[href='/imports/new'], input[type=file], textarea, table")).to_have_count(0)
    with sqlite3.connect(server.data_dir / "crm.sqlite") as connection:
        user = connection.execute("SELECT id FROM user WHERE email LIKE 'victor%'").fetchone()[0]
        assert connection.execute("SELECT count(*) FROM import WHERE user_id = ?", (user,)).fetchone()[0] == 0


def test_a_phone_imports_too(phone: BrowserContext, server: Server) -> None:
    page = sign_in(phone, server, "bob", at="")
    wizard.upload(page, server, CORPORA / "thunderbird-en.csv")
    wizard.to_columns(page)
    wizard.to_check(page)
    wizard.commit(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
