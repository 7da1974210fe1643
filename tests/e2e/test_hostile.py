"""Files that mean harm: one clear sentence each, and nobody else notices."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import wizard
from tests.e2e.conftest import sign_in
from tests.e2e.server import Server
from tests.e2e.test_imports import CORPORA
from tests.services.imports.reading.workbooks import SHEET, bomb, rewritten, xlsx


def far_corner(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["XFD1048576"] = "x", "y"
    book.save(path)
    assert path.stat().st_size < 10_000


def inflating(path: Path) -> None:
    bomb(path, 1 << 30)
    assert path.stat().st_size < 2_000_000


def truncated(path: Path) -> None:
    content = (CORPORA / "excel.xlsx").read_bytes()
    path.write_bytes(content[: len(content) // 2])


def entities(path: Path) -> None:
    """A sheet whose few entities would become gigabytes."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{levels}]>'
    xlsx(path, [["x"]])
    rewritten(path, SHEET, lambda content: content.replace(b'<?xml version="1.0"?>', b"", 1))
    rewritten(path, SHEET, lambda content: head.encode() + content[content.find(b"<worksheet") :])


def processes(server: Server) -> list[str]:
    """The server and what serves below it; reading children come and go beneath these."""
    assert server.process is not None
    main = server.process.pid
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    return [str(main), *children]


@pytest.mark.parametrize(
    ("make", "words"),
    [(far_corner, "at most"), (inflating, "unpacks to far more"), (truncated, "damaged"), (entities, "damaged")],
)
def test_a_hostile_workbook_gets_one_clear_sentence(
    make: Callable[[Path], None], words: str, page: Page, server: Server, tmp_path: Path
) -> None:
    before = processes(server)
    make(tmp_path / "list.xlsx")
    page.goto(server.url + "/imports/new")
    page.wait_for_selector(".drop-title:not(:empty)")
    page.set_input_files("input[type=file]", tmp_path / "list.xlsx")
    other = page.context.new_page()
    other.goto(server.url + "/contacts")
    expect(other.locator(".empty, tbody .name-link").first).to_be_visible()
    notice = page.locator(".wizard-main .notice")
    expect(notice).to_have_count(1, timeout=60_000)
    sentence = notice.inner_text()
    assert words in sentence and 20 < len(sentence) < 200
    assert not any(word in sentence for word in ("Error", "Traceback", "Exception", "None", "/tmp", "xl/"))
    assert processes(server) == before
    other.reload()
    expect(other.locator(".empty, tbody .name-link").first).to_be_visible()


def test_a_good_file_goes_through_after_hostile_ones(context: BrowserContext, server: Server, tmp_path: Path) -> None:
    page = sign_in(context, server, at="")
    truncated(tmp_path / "broken.xlsx")
    page.goto(server.url + "/imports/new")
    page.wait_for_selector(".drop-title:not(:empty)")
    page.set_input_files("input[type=file]", tmp_path / "broken.xlsx")
    page.wait_for_selector(".wizard-main .notice")
    wizard.upload(page, server, CORPORA / "excel.xlsx")
    wizard.to_columns(page)
    wizard.to_check(page)
    wizard.commit(page)
    assert wizard.counts(page)["create"] > 0
