"""Contacts that do not come in a table file: vCards and linked sheets, in the browser."""

from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import wizard
from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

CORPORA = Path(__file__).parent.parent / "corpora"


def test_a_file_that_does_not_arrive_is_told(page: Page, server: Server, tmp_path: Path) -> None:
    (tmp_path / "lost.csv").write_text("first_name\nLotte\n")
    page.goto(server.url + "/imports/new")
    page.wait_for_selector(".drop-title:not(:empty)")
    page.route("**/imports/file", lambda route: route.abort())
    page.set_input_files("input[type=file]", tmp_path / "lost.csv")
    expect(page.locator(".notice")).to_contain_text("did not arrive")
    page.unroute("**/imports/file")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(tmp_path / "lost.csv")
    page.wait_for_url("**/read")


def test_a_vcard_file_becomes_contacts_without_any_choice(page: Page, server: Server) -> None:
    wizard.upload(page, server, CORPORA / "android-21.vcf")
    expect(page.locator(".chip").first).to_have_text("vCard")
    expect(page.locator("table.sheet thead")).to_contain_text("First name")
    expect(page.locator("table.sheet tbody tr").first).to_contain_text("Überzwerch")
    for choice in ("encoding", "delimiter", "quotechar", "sheet", "header_row"):
        expect(page.locator(f"#read-{choice}")).to_have_count(0)
    expect(page.locator("table.sheet button")).to_have_count(0)
    wizard.to_columns(page)
    wizard.to_check(page)
    wizard.commit(page)
    assert wizard.counts(page)["create"] == 8


def test_only_cards_in_an_old_encoding_ask_for_it(page: Page, server: Server, tmp_path: Path) -> None:
    card = "BEGIN:VCARD\nVERSION:3.0\nN:Größling;Jörg\nNOTE:Möchte später zurückgerufen werden\nEND:VCARD\n"
    (tmp_path / "old.vcf").write_bytes(card.encode("cp1252"))
    wizard.upload(page, server, tmp_path / "old.vcf")
    expect(page.locator("#read-encoding")).to_have_value("cp1252")
    expect(page.locator("#read-header_row")).to_have_count(0)


def test_a_sheet_that_cannot_be_fetched_again_is_one_sentence(page: Page, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("first_name,email\nAda,ada@example.org\n")
    wizard.upload(page, server, path)
    wizard.to_columns(page)
    wizard.to_check(page)
    wizard.commit(page)
    expect(page.get_by_role("button", name="Fetch again")).to_have_count(0)
    link = "https://example.org/spreadsheets/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit"
    newest = max((server.data_dir / "imports").iterdir(), key=lambda folder: folder.stat().st_mtime)
    (newest / "link").write_text(link)
    page.reload()
    page.get_by_role("button", name="Fetch again").click()
    expect(page.locator(".notice.danger")).to_contain_text("leads to example.org, which is not allowed here")
    page.goto(server.url + "/imports")
    expect(page.locator(".notice.danger")).to_have_count(0)
    page.get_by_role("button", name="Fetch the sheet of sheet.csv again").click()
    expect(page.locator(".notice.danger")).to_contain_text("leads to example.org, which is not allowed here")
    expect(page.get_by_role("button", name="Fetch the sheet of sheet.csv again")).to_be_enabled()


def test_a_link_that_leads_elsewhere_is_refused_in_one_sentence(phone: BrowserContext, server: Server) -> None:
    page = sign_in(phone, server, at="")
    page.goto(server.url + "/imports/new")
    page.click("text=Or a link to a Google Sheet")
    page.fill("#sheet-link", "https://example.org/spreadsheets/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit")
    page.click("text=Fetch this sheet")
    expect(page.locator(".notice")).to_contain_text("leads to example.org, which is not allowed here")
    expect(page.locator("#sheet-link")).to_be_visible()
    expect(page.locator(".drop-title")).to_be_visible()
