"""The wizard's steps as a user walks them."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic

from playwright.sync_api import Page, expect

from tests.e2e.server import Server


def until(page: Page, happened: Callable[[], bool], otherwise: str, seconds: float = 20) -> None:
    """Waits for something that the page itself does not show; says `otherwise` when it does not come."""
    end = monotonic() + seconds
    while not happened():
        assert monotonic() < end, otherwise
        page.wait_for_timeout(20)


def upload(page: Page, server: Server, path: Path) -> None:
    """From the file to its read-out."""
    page.goto(server.url + "/imports/new")
    page.wait_for_selector(".drop-title:not(:empty)")  # texts come with the scripts: a file before them is not heard
    page.set_input_files("input[type=file]", path)
    page.wait_for_url("**/read")


def to_columns(page: Page) -> None:
    page.click("text=Continue: columns")
    page.wait_for_selector("table.mapping")


def to_check(page: Page) -> None:
    page.click("text=Continue: check every row")
    page.wait_for_url("**/check")
    page.wait_for_selector("table.plan", timeout=120_000)


def take_without_bad_cells(page: Page) -> None:
    """Turns the switch and waits for the new plan, in which fewer rows are invalid."""
    before = page.inner_text(".outcome-invalid .count")
    page.check(".switch input")
    expect(page.locator(".outcome-invalid .count")).not_to_have_text(before, timeout=120_000)
    page.wait_for_selector("table.plan", timeout=120_000)


def commit(page: Page) -> None:
    page.click(".wizard-foot button")
    page.wait_for_url("**/done")
    page.wait_for_selector(".tiles", timeout=120_000)


def counts(page: Page) -> dict[str, int]:
    """The numbers of the result page, by outcome."""
    outcomes = ("create", "update", "unchanged", "skip", "conflict", "invalid")
    return {key: int(page.inner_text(f".tile.{key} dd").replace(",", "")) for key in outcomes}


def planned(page: Page) -> dict[str, int]:
    """The numbers of the preview's filters, by outcome."""
    outcomes = ("create", "update", "unchanged", "skip", "conflict", "invalid")
    return {key: int(page.inner_text(f".outcome-{key} .count").replace(",", "")) for key in outcomes}
