"""The grid of the calendar: whole weeks, as they begin in the country."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies

from crm_app.services import database, events, tasks
from crm_app.services.actor import Actor
from crm_app.state import calendar
from crm_app.state.calendar import CalendarState, span
from tests.state.events import Tab, app
from tests.state.sample import cookie_of


@given(
    around=strategies.dates(date(2000, 1, 1), date(2198, 12, 31)),
    country=strategies.sampled_from(["DE", "US", "IL", "GB", "XX", ""]),
    view=strategies.sampled_from(["month", "week"]),
)
def test_whole_weeks_that_hold_the_month_or_the_day(around: date, country: str, view: str) -> None:
    first, last = span(view, around, country)
    days = (last - first).days + 1
    assert first <= around <= last and days % 7 == 0 and days <= (42 if view == "month" else 7)
    assert first.weekday() == (6 if country in ("US", "IL") else 0)
    if view == "month":
        assert first <= around.replace(day=1) and (last + timedelta(days=1)).day <= 7


async def test_an_event_of_several_days_and_a_task_stand_on_theirs(bob: Actor) -> None:
    with database.transaction() as session:
        camp = {"title": "Camp", "day": "2030-05-20", "end_day": "2030-05-22", "all_day": "1"}
        events.add(session, bob, camp)
        tasks.add(session, bob, {"title": "Ring", "day": "2030-05-21", "time": "10:00"})
    shown = calendar._fetch(bob, "month", date(2030, 5, 1), False)
    there = {day.iso: [item.title for item in day.items] for day in shown.days if day.items}
    assert there == {"2030-05-20": ["Camp"], "2030-05-21": ["Camp", "Ring"], "2030-05-22": ["Camp"]}
    listed = calendar._fetch(bob, "agenda", date(2030, 5, 21), False).agenda
    assert [(day.iso, len(day.events), len(day.tasks)) for day in listed] == [("2030-05-21", 1, 1)]


@pytest.mark.parametrize("role", ["bob", "victor"])
async def test_everybodys_is_for_who_may_see_it(role: str, cast: dict[str, Actor]) -> None:
    async with Tab(app, cookie_of(cast[role])) as tab:
        await tab.fire(CalendarState.load)
        state = await tab.state(CalendarState)
        assert (state.may_see_all, state.everybody, state.may_edit) == (False, False, role == "bob")
        assert len(state.shown.days) >= 28
