"""Enrolments of a plan: behind the last row of a check, when it is known which rows count.

A pass over the rows that are taken, in the order of the file, as the commit will enrol them; only made when the file
goes into a course.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from sqlite3 import Connection

from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Course, Enrolment, EnrolmentStatus, Offer
from crm_app.services.bulk import among
from crm_app.services.courses import catalogue
from crm_app.services.courses.catalogue import TAKING
from crm_app.services.errors import NotFound
from crm_app.services.imports import plan_file
from crm_app.services.imports.columns import InFile, IntoCourse
from crm_app.services.imports.judging import Judged

CHUNK = 5_000
_TAKEN = "coalesce(planned, outcome) IN ('create', 'update', 'unchanged')"


class Place(StrEnum):
    """What becomes of a row's contact in the course."""

    ENROLLED = "enrolled"
    WAITING = "waiting"  # enrolled, but there is no place
    BACK = "back"  # had left it
    THERE = "there"  # is in it already, and stays as it is


@dataclass(frozen=True, slots=True)
class Member:
    """What the plan says of one row; `offer` by name, empty without one."""

    place: Place
    offer: str


class Seats:
    """Gives places in the order of the rows; `free` None = without a limit."""

    def __init__(self, status: str, free: int | None) -> None:
        self._status, self._free = status, free

    def take(self, known: str | None) -> Place:
        """`known` is the status of the enrolment there is, None without one."""
        if known is not None and known != EnrolmentStatus.CANCELLED:
            return Place.THERE
        status = self._status
        if status in TAKING and self._free is not None:
            status = status if self._free > 0 else EnrolmentStatus.WAITING
            self._free -= status in TAKING
        if status == EnrolmentStatus.WAITING:
            return Place.WAITING
        return Place.ENROLLED if known is None else Place.BACK


def keep_offers(plan: Connection, judged: Judged) -> None:
    """Notes the offers that rows name, whether or not they are taken."""
    named = [(row, offer) for row, offer in zip(judged.rows, judged.offers, strict=True) if offer is not None]
    plan.executemany("INSERT INTO member(row, offer) VALUES (?, ?)", named)


def forget(plan: Connection, rows: Sequence[int]) -> None:
    """Before rows are judged anew."""
    plan.execute("DELETE FROM member WHERE row IN (SELECT value FROM json_each(?))", (json.dumps(rows),))


def plan_members(
    session: Session,
    plan: Connection,
    wanted: IntoCourse,
    later: Mapping[int, Sequence[int]],
    rule: InFile,
    only: Sequence[int] | None = None,
) -> None:
    """Writes what becomes of each row that is taken. `later` are the later rows of a contact by its first one.

    `only`: nothing else has changed in the plan; where places are limited the other rows are looked at too. Raises
    NotFound for a course that was removed.
    """
    course = session.get(Course, wanted.id)
    if course is None or course.removed_at is not None:
        raise NotFound(text("There is no such course."))
    if rule is InFile.MERGE:
        _take_from_later(plan, later)
    names = session.exec(select(Offer.id, Offer.name).where(Offer.course_id == wanted.id)).all()
    plan_file.put(plan, course={"name": course.name, "offers": {str(id_): name for id_, name in names}})
    free, after = catalogue.free_places(session, course), 0
    these, asked = (
        ("row IN (SELECT value FROM json_each(?))", [json.dumps(only)]) if only and free is None else ("1", [])
    )
    plan.execute(f"UPDATE member SET place = NULL WHERE {these}", asked)  # noqa: S608  (ours)
    seats = Seats(wanted.status, free)
    while True:
        query = f"SELECT row, contact_id FROM plan WHERE {these} AND row > ? AND {_TAKEN} ORDER BY row LIMIT ?"  # noqa: S608
        rows = plan.execute(query, (*asked, after, CHUNK)).fetchall()
        if not rows:
            return
        known = standing(session, wanted.id, [contact_id for _, contact_id in rows if contact_id is not None])
        places = [(row, wanted.offer, seats.take(known.get(contact_id)).value) for row, contact_id in rows]
        plan.executemany(
            "INSERT INTO member(row, offer, place) VALUES (?, ?, ?) "
            "ON CONFLICT(row) DO UPDATE SET place = excluded.place, offer = coalesce(offer, excluded.offer)",
            places,
        )
        after = rows[-1][0]


def standing(session: Session, course_id: int, contact_ids: Sequence[int]) -> dict[int | None, str]:
    """The status of each of these contacts that is, or was, in the course; of two the one that was not left."""
    if not contact_ids:
        return {}
    query = select(Enrolment.contact_id, Enrolment.status).where(
        Enrolment.course_id == course_id, among(session, col(Enrolment.contact_id), sorted(set(contact_ids)))
    )
    return dict(sorted(session.exec(query).all(), key=lambda one: one[1] != EnrolmentStatus.CANCELLED))


def offers_of(plan: Connection, rows: Sequence[int]) -> dict[int, int | None]:
    """The ids of the offers with which these rows are enrolled."""
    query = "SELECT row, offer FROM member WHERE row IN (SELECT value FROM json_each(?))"
    return dict(plan.execute(query, (json.dumps(rows),)).fetchall())


def note(plan: Connection, places: Mapping[int, Place]) -> None:
    """Writes what became of rows in the commit, where the check had said otherwise."""
    changed = [(place.value, row, place.value) for row, place in places.items()]
    plan.executemany("UPDATE member SET place = ? WHERE row = ? AND place IS NOT ?", changed)


def of_rows(plan: Connection, rows: Sequence[int]) -> dict[int, Member]:
    """What the plan says of these rows; nothing where the file goes into no course."""
    course = plan_file.fetch(plan, "course")
    if not course:
        return {}
    query = "SELECT row, place, offer FROM member WHERE place IS NOT NULL AND row IN (SELECT value FROM json_each(?))"
    found = plan.execute(query, (json.dumps(rows),)).fetchall()
    return {row: Member(Place(place), course["offers"].get(str(offer), "")) for row, place, offer in found}


def counts(folder: Path, upto: int | None = None) -> dict[Place, int]:
    """How many rows (up to a record number) there are of each place; all zero where the file goes into no course."""
    with plan_file.reading(folder) as plan:
        if not plan_file.fetch(plan, "course"):
            return dict.fromkeys(Place, 0)
        # A row that the commit could not take after all has no place.
        query = (
            "SELECT place, count(*) FROM member JOIN plan USING (row) WHERE place IS NOT NULL "
            "AND outcome IN ('create', 'update', 'unchanged') AND row <= ? GROUP BY place"
        )
        found = Counter(dict(plan.execute(query, (2**62 if upto is None else upto,)).fetchall()))
    return {place: found[place.value] for place in Place}


def _take_from_later(plan: Connection, later: Mapping[int, Sequence[int]]) -> None:
    """Rows put together: the first one without an offer takes that of a later one."""
    offers = dict(plan.execute("SELECT row, offer FROM member WHERE offer IS NOT NULL").fetchall()) if later else {}
    taken = []
    for first, rows in later.items():
        offer = next((offers[row] for row in rows if row in offers), None)
        if first not in offers and offer is not None:
            taken.append((first, offer))
    plan.executemany("INSERT INTO member(row, offer) VALUES (?, ?)", taken)
