"""The contact list on 1,000,000 invented contacts: thirty written queries, each as its address has it.

Rows and count are what a page costs the server. `CRM_BENCH_CONTACTS` takes another size, `CRM_BENCH_DATA` a folder
that is kept for the next run.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from urllib.parse import parse_qsl

from sqlalchemy import func
from sqlmodel import col, select

from benchmarks.figures import Figure, quantile, spread
from crm_app import settings
from crm_app.models import Contact, LeadStatus, Role, Tag
from crm_app.services import database, demo, sessions, startup, users
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.contacts import around, listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import NotFound

OWNER = "olga@example.org"
CONTACTS = int(os.environ.get("CRM_BENCH_CONTACTS", "1000000"))
TIMES = 20
SERVED_MS, OTHER_MS = 50, 300


def _where(*conditions: list[object], match: str = "all") -> str:
    return "where=" + json.dumps({match: conditions}, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Query:
    """`served`: an index serves it as a whole; `deep`: the page behind a contact from the middle of the list."""

    name: str
    params: str
    served: bool = True
    deep: bool = False


def queries(tag: int, status: int, owner: int) -> list[Query]:
    """The written set; ids are those of the installation."""
    tagged, untagged = ["tags", "any", str(tag)], ["tags", "none", str(tag)]
    has_status, owned = ["status", "any", str(status)], ["owner", "any", str(owner)]
    level, trial = ["level", "any", "Advanced"], ["trial_lesson", "between", "2026-03-01", "2026-03-31"]
    return [
        Query("first page by name", ""),
        Query("by name, falling", "sort=-name"),
        Query("by number", "sort=number"),
        Query("newest first", "sort=-created"),
        Query("page 10,000 by name", "", deep=True),
        Query("page 10,000, newest first", "sort=-created", deep=True),
        Query("page 10,000 by number", "sort=number", deep=True),
        Query("leads", "lifecycle=lead"),
        Query("leads, deep page", "lifecycle=lead", deep=True),
        Query("customers, newest first", "lifecycle=customer&sort=-created", served=False),
        Query("one status", _where(has_status)),
        Query("one status, newest first", _where(has_status) + "&sort=-created", served=False),
        Query("one owner", _where(owned)),
        Query("status and owner", _where(has_status, owned), served=False),
        Query("by status, then name", "sort=status,name"),
        Query("by company, then newest", "sort=company,-created", served=False),
        Query("one tag", _where(tagged), served=False),
        Query("none of a tag", _where(untagged), served=False),
        Query("own field: a choice", _where(level), served=False),
        Query("own field: a date between", _where(trial), served=False),
        Query("city", _where(["city", "is", "Milano"]), served=False),
        Query("city, tag and own field", _where(["city", "is", "Roma"], tagged, level), served=False),
        Query("added in the last 7 days", _where(["created_at", "last", "7"]) + "&sort=-created"),
        Query("birthday this month", _where(["birth_date", "yearly_month", "this"]), served=False),
        Query("without opt-in", _where(["consent_email", "none", "confirmed"]), served=False),
        Query("any of three", _where(has_status, owned, ["city", "is", "Wien"], match="any"), served=False),
        Query("search: one contact", "q=zofia.dabrowski.77"),
        Query("search: a frequent name", "q=müller", served=False),  # hits of the trigrams, sorted by name
        Query("search: two words", "q=anna+milano"),
        Query("search: digits of a phone", "q=151+2345"),
    ]


def bench() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="bench-") as folder:
        os.environ["CRM_DATA_DIR"] = os.environ.get("CRM_BENCH_DATA", folder)
        settings.get.cache_clear()
        yield from _measure()


def _measure() -> Iterator[Figure]:
    startup.prepare()
    with database.transaction() as session:
        try:
            owner = users.by_email(session, SYSTEM, OWNER)
        except NotFound:
            owner = users.add(session, SYSTEM, email=OWNER, name="Olga Owner", role="staff")
        actor = sessions.actor_of(session, owner, session.get_one(Role, owner.role_id))
        there = session.execute(select(func.count()).select_from(Contact)).scalar_one()
    if there < CONTACTS:
        demo.fill(CONTACTS - there, lambda line: print(f"  {line}", file=sys.stderr, flush=True))
    with database.reading() as session:
        tag = session.exec(select(Tag.id).where(Tag.name == "Piano")).one()
        status = session.exec(select(LeadStatus.id).order_by(col(LeadStatus.position))).first()
        middle = session.exec(select(Contact.number).order_by(col(Contact.number)).offset(there // 2)).first()
    worst: dict[bool, list[float]] = {True: [], False: []}
    for query in queries(tag or 0, status or 0, owner.id or 0):
        rows, counted, total = _times(actor, query, middle)
        worst[query.served] += rows
        limit = SERVED_MS if query.served else OTHER_MS
        shown = "10,000+" if total > listing.COUNT_LIMIT else f"{total:,}"
        yield Figure(
            "list_queries",
            f"{query.name}: rows (count {spread(counted)}; {shown})",
            spread(rows),
            f"p95 ≤ {limit} ms",
            1000 * quantile(rows, 0.95) <= limit,
        )
    for served, times in worst.items():
        limit = SERVED_MS if served else OTHER_MS
        name = "all queries an index serves" if served else "all others"
        yield Figure("list_queries", name, spread(times), f"p95 ≤ {limit} ms", 1000 * quantile(times, 0.95) <= limit)


def _times(actor: Actor, query: Query, middle: int | None) -> tuple[list[float], list[float], int]:
    """Seconds for the rows and for the count of one page, several times over, and the count."""
    rows, counted, total = [], [], 0
    wanted = ContactFilter.from_params(dict(parse_qsl(query.params)))
    for _ in range(TIMES):
        with database.reading() as session:
            begin = time.perf_counter()
            found = listing.page(session, actor, wanted, after=middle if query.deep else None)
            around.of(session, found.contacts)
            whole = time.perf_counter() - begin
        with database.reading() as session:
            begin = time.perf_counter()
            total = listing.count(session, actor, wanted)
            counted.append(time.perf_counter() - begin)
        rows.append(max(0.0, whole - counted[-1]))  # a page counts as well
    return rows, counted, total
