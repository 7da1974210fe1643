"""How fast the pages are with 100,000 contacts, in Chromium, and what of it the server's own query takes.

python -m benchmarks.run page_speed
"""

import json
from collections.abc import Iterator

from benchmarks import browser
from benchmarks.figures import Figure, quantile, spread
from tests.e2e.server import Server

NAME = "page_speed"
CONTACTS = 100_000
TIMES = 20
WORDS = ("kowalska", "adler", "zimmermann", "rossi", "hartmann", "zofia", "poggi", "milano", "lingua", "")
LIMIT_SECONDS = 0.5
# Runs in a process of its own on the server's data: seconds of each call, the first left out as warming up.
_QUERIES = """
import json, time
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import around, listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.order import Sort
cases = {
    "first page": (ContactFilter(), {}),
    "page behind contact 50,000": (ContactFilter(), {"after": 50_000}),
    "by number, behind 90,000": (ContactFilter(order=(Sort("number"),)), {"after": 90_000}),
    "search a name (3,000 hits)": (ContactFilter(query="kowalska"), {}),
    "search two words": (ContactFilter(query="adler milano"), {}),
    "search an address (one hit)": (ContactFilter(query=".77777@example.org"), {}),
    "search two letters": (ContactFilter(query="ad"), {}),
    "search without a hit": (ContactFilter(query="qqqqzzzz"), {}),
}
for name, (wanted, place) in cases.items():
    taken, worked = [], []
    for _ in range(21):
        begin, used = time.perf_counter(), time.process_time()
        with database.reading() as session:
            page = listing.page(session, SYSTEM, wanted, **place)
            around.of(session, page.contacts)
        taken.append(time.perf_counter() - begin)
        worked.append(time.process_time() - used)
    print(json.dumps([name, taken[1:], worked[1:]]))
"""


def bench(contacts: int = CONTACTS) -> list[Figure]:
    with browser.serving(contacts) as server:
        with browser.signed_in(server) as page:
            loads = [browser.first_rows(page, server.url + "/contacts") for _ in range(TIMES)]
            turns = [browser.turn(page) for _ in range(TIMES)]
            searches = [browser.search(page, WORDS[n % len(WORDS)]) for n in range(TIMES)]
            cards = []
            for _ in range(TIMES):
                browser.first_rows(page, server.url + "/contacts")
                browser.turn(page)
                cards.append(browser.open_first(page))
        return [
            figure("list, address → first rows painted (page loaded anew)", loads),
            figure("page turn, click → painted", turns),
            figure("search, typed → painted, 200 ms of it waiting for more keys", searches),
            figure("card, click → painted", cards),
            *queries(server),
        ]


def figure(what: str, seconds: list[float]) -> Figure:
    return Figure(NAME, what, spread(seconds), "p95 ≤ 500 ms", quantile(seconds, 0.95) <= LIMIT_SECONDS)


def queries(server: Server) -> Iterator[Figure]:
    """`listing.page` with what a row shows beside it, without browser and websocket."""
    for line in server.run(_QUERIES).splitlines():
        name, seconds, worked = json.loads(line)
        processor = f"{1000 * quantile(worked, 0.5):.0f} ms of processor"
        yield Figure(NAME, f"`listing.page`: {name}", f"{spread(seconds)}, {processor}")


if __name__ == "__main__":
    from benchmarks.figures import table

    print(table(bench()))
