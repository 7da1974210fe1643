"""The timeline of a contact with 10,000 entries: its first page, one from the middle, the last, and one kind alone.

python -m benchmarks.run timeline
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, quantile, spread
from crm_app.models import Activity, ActivityKind, Comment, Import, ImportRow
from crm_app.models.base import now
from crm_app.services import database, startup
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards, timeline
from crm_app.state import contact_happenings
from crm_app.state.contact_view import Presenter
from faults import places

NAME = "timeline"
ENTRIES = 10_000
TIMES = 30
LIMIT_SECONDS = 0.1


def bench(entries: int = ENTRIES) -> Iterator[Figure]:
    with TemporaryDirectory(prefix="bench-") as folder, places.inside(Path(folder)):
        startup.prepare()
        number = fill(entries)
        with database.reading() as session:
            ends = list(timeline.page(session, cards.get(session, SYSTEM, number), limit=entries + 1).entries)
            yield Figure(NAME, f"entries of the contact, of three tables: {len(ends)}", "")
            middle = behind(session, number, entries // 2)
            last = behind(session, number, entries - timeline.PAGE)
        for what, after, group in (
            ("first page", None, ""),
            ("page from the middle", middle, ""),
            ("last page", last, ""),
            ("first page of its imports", None, "imports"),
        ):
            yield figure(what, number, after, group)


def fill(entries: int) -> int:
    """A contact to which much happened; 60 % changes, 30 % comments, 10 % imports."""
    begin = now() - timedelta(days=3000)
    with database.transaction() as session:
        contact = cards.create(session, SYSTEM, {"first_name": "Ada"})
        id_ = contact.id or 0
        for n in range(entries):
            at = begin + timedelta(hours=6 * n)
            if n % 10 < 6:
                data = {"changes": {"city": [f"City {n}", f"City {n + 1}"]}}
                session.add(Activity(contact_id=id_, kind=ActivityKind.CHANGED, at=at, data=data))
            elif n % 10 < 9:
                session.add(Comment(contact_id=id_, text=f"Called her again, {n} times now.", at=at))
            else:
                file = Import(folder=f"folder-{n}", file_name="people.csv", finished_at=at)
                session.add(file)
                session.flush()
                session.add(ImportRow(import_id=file.id or 0, row=2, outcome="update", contact_id=id_))
        return contact.number


def behind(session, number: int, entries: int) -> timeline.Place | None:  # type: ignore[no-untyped-def]
    return timeline.page(session, cards.get(session, SYSTEM, number), limit=entries).after


def figure(what: str, number: int, after: timeline.Place | None, group: str) -> Figure:
    """With the texts that the page shows."""
    taken, worked = [], []
    for _ in range(TIMES + 1):
        begin, used = time.perf_counter(), time.process_time()
        with database.reading() as session:
            contact = cards.get(session, SYSTEM, number)
            contact_happenings.page(Presenter(session, SYSTEM), contact, group=group, after=after)
        taken.append(time.perf_counter() - begin)
        worked.append(time.process_time() - used)
    seconds, processor = taken[1:], f"{1000 * quantile(worked[1:], 0.5):.0f} ms of processor"
    is_reached = quantile(seconds, 0.95) <= LIMIT_SECONDS
    return Figure(NAME, what, f"{spread(seconds)}, {processor}", "p95 ≤ 100 ms", is_reached)
