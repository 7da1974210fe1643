"""From the click to the painted rows on 1,000,000 contacts, in Chromium. Settings as `list_queries`."""

import os
from collections.abc import Iterator

from benchmarks import browser
from benchmarks.figures import Figure, quantile, spread
from benchmarks.list_queries import CONTACTS, OTHER_MS

TIMES = 12
NAME = "thead th:nth-child(2) a"
# Click, and the click that leads back; the last element a selector finds is the one that is clicked.
CLICKS = (
    ("next page", ".pager a.button", ".pager a.button"),
    ("leads, and all again", "a[href*='lifecycle=lead']", ".tabs:not(.views) a:first-child"),
    ("by number, and by name", "th a[href*='sort=number']", NAME),
    ("by company, and by name", "th a[href*='sort=company']", NAME),
    ("by city, and by name", "th a[href*='sort=city']", NAME),
)


def bench() -> Iterator[Figure]:
    everything: list[float] = []
    with (
        browser.serving(CONTACTS, os.environ.get("CRM_BENCH_DATA", "")) as server,
        browser.signed_in(server) as page,
    ):
        for what, there, back in CLICKS:
            browser.first_rows(page, server.url + "/contacts")
            taken = [browser.click(page, selector) for _ in range(TIMES) for selector in (there, back)]
            everything += taken
            yield _figure(what, taken)
    yield _figure("all clicks", everything)


def _figure(what: str, taken: list[float]) -> Figure:
    reached = 1000 * quantile(taken, 0.95) <= OTHER_MS
    return Figure("list_clicks", f"{what}: click → painted", spread(taken), f"p95 ≤ {OTHER_MS} ms", reached)
