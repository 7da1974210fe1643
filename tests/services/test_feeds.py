"""The calendar as other programs read it: judged by another library, address by address."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from sqlmodel import select

from crm_app.models import CalendarFeed, Installation, User
from crm_app.services import calendar_files, database, events, feeds, local_time, tasks
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import NotFound

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def knowing_no_zones() -> None:
    """The other library keeps the first rules it ever read of a zone."""
    known = vars(vobject.icalendar)["__tzidMap"]
    for zone in [*known]:
        if zone != "UTC":
            del known[zone]


def token_of(url: str) -> str:
    return url.rpartition("/")[2].removesuffix(".ics")


def new(actor: Actor) -> str:
    with database.transaction() as session:
        return token_of(feeds.make(session, actor))


def read(token: str) -> list[Any]:
    with database.reading() as session:
        content = feeds.content(session, token).decode()
    return list(getattr(vobject.readOne(content), "vevent_list", []))


def day(days: int) -> date:
    return local_time.today("Europe/Berlin") + timedelta(days=days)


def test_another_program_reads_the_same_tasks_and_events(bob: Actor, alice: Actor) -> None:
    with database.transaction() as session:
        number = str(cards.create(session, bob, {"first_name": "Żaneta", "last_name": "O'Neil; Jr."}).number)
        typed = [
            {"title": "Ring, then write; really", "day": day(1).isoformat(), "time": "10:00", "contact": number},
            {"title": "All day – ü\\n", "day": day(2).isoformat(), "description": "one\ntwo, three"},
            {"title": "x" * 200, "day": day(200).isoformat(), "time": "23:50"},
        ]
        for texts in typed:
            tasks.add(session, bob, texts)
        done = tasks.add(session, bob, {"title": "Done", "day": day(1).isoformat()})
        tasks.done(session, bob, done.id or 0)
        tasks.add(session, alice, {"title": "Alice's", "day": day(1).isoformat()})
        events.add(session, bob, {"title": "Lesson", "day": day(3).isoformat(), "time": "09:00", "place": "Room 2"})
        holiday = {"title": "Camp", "day": day(4).isoformat(), "end_day": day(6).isoformat(), "all_day": "1"}
        events.add(session, bob, holiday)
    found = {one.summary.value: one for one in read(new(bob))}
    assert set(found) == {
        "Ring, then write; really – Żaneta O'Neil; Jr.", "All day – ü\\n", "x" * 200, "Lesson", "Camp",
    }  # fmt: skip
    ring = found["Ring, then write; really – Żaneta O'Neil; Jr."]
    assert ring.dtstart.value == datetime.combine(day(1), time(10), BERLIN)
    assert ring.dtend.value - ring.dtstart.value == timedelta(minutes=30)
    assert ring.transp.value == "TRANSPARENT" and "/tasks?task=" in ring.url.value
    whole = found["All day – ü\\n"]
    assert (whole.dtstart.value, whole.dtend.value) == (day(2), day(3)) and whole.description.value == "one\ntwo, three"
    assert found["x" * 200].dtstart.value == datetime.combine(day(200), time(23, 50), BERLIN)
    lesson, camp = found["Lesson"], found["Camp"]
    assert lesson.location.value == "Room 2"
    assert lesson.dtend.value == datetime.combine(day(3), time(10), BERLIN)
    assert (camp.dtstart.value, camp.dtend.value) == (day(4), day(7))
    assert len({one.uid.value for one in found.values()}) == 5


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"])
@pytest.mark.parametrize("on", ["2030-03-31", "2030-10-27", "2030-11-03", "2030-07-01", "2030-01-15"])
@pytest.mark.parametrize("clock", ["00:15", "01:30", "02:30", "10:00"])
def test_the_rules_of_the_zone_stand_in_the_file(zone: str, on: str, clock: str, bob: Actor) -> None:
    """A program that knows no zones by name, only what the file says, finds the same moments."""
    with database.transaction() as session:
        session.get_one(Installation, 1).timezone = zone
        made = tasks.add(session, bob, {"title": "T", "day": on, "time": clock})
        rows = [tasks.row(session, bob, made.id or 0)]
    content = calendar_files.calendar("Calendar", zone, rows).decode()
    one = vobject.readOne(content).vevent
    wanted = local_time.moment(date.fromisoformat(on), time.fromisoformat(clock), zone)
    assert one.dtstart.value.replace(fold=0).astimezone(UTC) == wanted
    assert zone == "UTC" or "BEGIN:VTIMEZONE" in content


def test_a_new_address_revokes_the_old_one_and_only_its_hash_is_kept(bob: Actor, alice: Actor) -> None:
    old, hers = new(bob), new(alice)
    assert len(old) == 43  # 256 bits
    token = new(bob)
    with database.reading() as session:
        kept = [feed.token_hash for feed in session.exec(select(CalendarFeed))]
        assert len(kept) == 2 and token not in kept and all(len(one) == 64 for one in kept)
    for dead in (old, "", "x", "x" * 43, kept[0], "\ud800"):
        with pytest.raises(NotFound), database.reading() as session:
            feeds.content(session, dead)
    assert read(token) == []
    with database.transaction() as session:
        assert feeds.revoke(session, bob) and not feeds.revoke(session, bob)
    with pytest.raises(NotFound):
        read(token)
    assert read(hers) == []  # a colleague's stays


def test_a_disabled_user_has_no_calendar(bob: Actor) -> None:
    token = new(bob)
    with database.transaction() as session:
        session.get_one(User, bob.user_id).active = False
    with pytest.raises(NotFound):
        read(token)


def test_one_event_as_a_file_for_whom_it_concerns(bob: Actor, charlie: Actor) -> None:
    with database.transaction() as session:
        id_ = events.add(session, bob, {"title": "Lesson", "day": "2030-05-06", "time": "09:00"}).id or 0
        content, title = feeds.of_event(session, bob, id_)
        for actor, event_id in ((charlie, id_), (bob, 999)):
            with pytest.raises(NotFound):
                feeds.of_event(session, actor, event_id)
    assert title == "Lesson" and vobject.readOne(content.decode()).vevent.summary.value == "Lesson"
