"""F7: while the server commits an import somebody started in a browser, the page is reloaded, the browser closed, or
the network cut again and again. The import goes on; whoever looks again is still signed in and sees how far it is.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from crm_app.services.imports import steps
from faults import places, rows
from faults.line import Line
from faults.results import Result
from faults.served import places as folders
from tests.e2e.conftest import ARGUMENTS, MAKE_USERS, sign_in
from tests.e2e.server import Server, copy_build, free_port
from tests.gate import find_chromium

TIMES, ROWS = 3, 60_000
SEEN_SECONDS = 2.0
RELOADS, CUTS, CUT_SECONDS = 3, 6, 0.3
STANDING = ".progress .number, .tiles"


class Watched:
    """A commit somebody started, and what was seen of it."""

    def __init__(self, server: Server, browser: Browser, import_id: int) -> None:
        self.server, self.browser = server, browser
        self.url = f"{server.url}/imports/{import_id}"
        self.context = self._context()
        self.page = sign_in(self.context, server)
        self.page.goto(self.url + "/check")
        self.page.wait_for_selector("table.plan")
        self.page.click(".wizard-foot button")
        self.page.wait_for_url("**/done")
        self.job_id = rows.last_job(server.data_dir)
        places.until(lambda: self.done() > 0, what="the commit made no progress")
        self.waits: list[float] = []
        self.said: list[str] = []

    def _context(self) -> BrowserContext:
        context = self.browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
        context.set_default_timeout(60_000)
        return context

    def done(self) -> int:
        return rows.job(self.server.data_dir, self.job_id)[1]

    def is_running(self) -> bool:
        return rows.job(self.server.data_dir, self.job_id)[0] in ("queued", "running")

    def look(self, go: Callable[[], object]) -> None:
        """Goes to the page anew; how soon it says how far the import is, and whether that is true."""
        least, begin = self.done(), time.monotonic()
        go()
        self.page.wait_for_selector(STANDING)
        shown = self.shown()
        while shown is not None and shown < least and time.monotonic() - begin < places.WAIT_SECONDS:
            self.page.wait_for_timeout(20)
            shown = self.shown()
        self.waits.append(time.monotonic() - begin)
        if "/login" in self.page.url:
            self.said.append("signed out")
        if shown is not None and not least <= shown <= self.done():
            self.said.append(f"shows {shown} rows, and {least} to {self.done()} were in")

    def shown(self) -> int | None:
        """Rows the page says are in; None when it shows the result."""
        found = self.page.query_selector(".progress .number")
        words = re.match(r"([\d,]+)", found.inner_text()) if found is not None else None
        return int(words[1].replace(",", "")) if words else (None if self.page.query_selector(".tiles") else -1)

    def open_again(self) -> None:
        """The browser was closed; another window with the same cookies."""
        cookies = self.context.cookies()
        before = self.done()
        self.context.close()
        time.sleep(1.0)
        if self.is_running() and self.done() <= before:
            self.said.append("nothing went on while the browser was closed")
        self.context = self._context()
        self.context.add_cookies(cookies)  # type: ignore[arg-type]
        self.page = self.context.new_page()
        self.look(lambda: self.page.goto(self.url + "/done"))


def reloaded(watched: Watched, _line: Line) -> None:
    for _ in range(RELOADS):
        watched.look(watched.page.reload)


def closed(watched: Watched, _line: Line) -> None:
    watched.open_again()


def flapping(watched: Watched, line: Line) -> None:
    for _ in range(CUTS):
        line.cut()
        watched.page.wait_for_timeout(1000 * CUT_SECONDS)
        line.mend()
        watched.page.wait_for_timeout(1000 * CUT_SECONDS)
    watched.look(watched.page.reload)


def flapping_untouched(watched: Watched, line: Line) -> None:
    """Nobody reloads: the page must find its way to the result."""
    for _ in range(CUTS):
        line.cut()
        watched.page.wait_for_timeout(1000 * CUT_SECONDS)
        line.mend()
        watched.page.wait_for_timeout(1000 * CUT_SECONDS)


WAYS: dict[str, Callable[[Watched, Line], None]] = {
    "reloaded": reloaded,
    "closed": closed,
    "network cut, reloaded": flapping,
    "network cut, untouched": flapping_untouched,
}


def make(times: int = TIMES) -> Result:
    result = Result(
        "F7",
        f"page reloaded {RELOADS} ×, browser closed, network cut {CUTS} × during the commit of {ROWS:,} rows",
        "the import goes on; true progress ≤ 2 s after a reload; still signed in; rows as undisturbed",
    )
    waits: dict[str, list[float]] = {name: [] for name in WAYS}
    behind: list[float] = []
    with folders() as place, Line() as line, chromium() as browser:
        template, web = place.folder / "template", copy_build(place.folder / "web", line.port)
        served(web, template, line).run(MAKE_USERS)
        import_id = places.prepare(template, ROWS)
        data = places.copied(template, place.folder / "undisturbed")
        with places.inside(data):
            places.work_off(steps.commit, import_id)
        expected = rows.of(data)
        for number in range(times):
            for name, way in WAYS.items():
                data = places.copied(template, place.folder / f"run-{number}-{name.replace(' ', '-')}")
                with served(web, data, line) as server:
                    line.target, server.url = server.port, line.url
                    watched = Watched(server, browser, import_id)
                    way(watched, line)
                    was_running = watched.is_running()
                    places.until(lambda one=watched: not one.is_running(), what="the import did not end")
                    ended = time.monotonic()
                    expect(watched.page.locator(".tiles")).to_be_visible(timeout=60_000)
                    behind.append(time.monotonic() - ended)
                    watched.context.close()
                waits[name] += watched.waits
                if not was_running:
                    result.seen.append(f"run {number}, {name}: the import had ended before")
                for said in [*watched.said, *rows.differences(expected, rows.of(data)), rows.damage(data)]:
                    result.expect(not said, f"run {number}, {name}: {said}")
                result.expect(rows.doubles(data) == 0, f"run {number}, {name}: doubles")
                result.times += 1
    for name, seconds in waits.items():
        if seconds:
            result.expect(max(seconds) <= SEEN_SECONDS, f"{name}: progress only after {max(seconds):.1f} s")
            result.seen.append(f"{name}: true progress after at most {max(seconds):.1f} s (n = {len(seconds)})")
    result.seen.append(f"result shown at most {max(behind):.1f} s after the end")
    return result


def served(web: Path, data: Path, line: Line) -> Server:
    """A server that knows itself by the address of the line."""
    port = free_port()
    own = {"CRM_PUBLIC_URL": line.url, "REFLEX_CORS_ALLOWED_ORIGINS": line.url}
    return Server(web, data, port, **own)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield launched
        launched.close()
