"""The calendar's secret address: without a session, kept by nobody, dead once it is revoked."""

import pytest

from crm_app import routes
from crm_app.services import database, events, feeds
from crm_app.services.actor import Actor
from tests.web.conftest import Site
from tests.web.test_downloads import client


def path(actor: Actor) -> str:
    with database.transaction() as session:
        return "/feeds/" + feeds.make(session, actor).rpartition("/")[2]


async def test_it_is_read_without_a_session_and_kept_by_nobody(site: Site, bob: Actor) -> None:
    answer = await site.http.get(path(bob))
    assert answer.status_code == 200 and answer.text.startswith("BEGIN:VCALENDAR")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store" and answer.headers["x-robots-tag"] == "noindex"
    assert "set-cookie" not in answer.headers and site.inner.paths == []


async def test_revoked_unknown_and_odd_ones_are_all_not_found(site: Site, bob: Actor) -> None:
    old = path(bob)
    new = path(bob)
    with database.transaction() as session:
        feeds.revoke(session, bob)
    answers = [await site.http.get(one) for one in (old, new, "/feeds/x.ics", f"/feeds/{'y' * 5000}.ics")]
    assert {(one.status_code, one.text) for one in answers} == {(404, "not found")}
    assert all(one.headers["cache-control"] == "no-store" for one in answers)


async def test_it_can_only_be_read(site: Site, bob: Actor) -> None:
    assert (await site.post(path(bob))).status_code == 405


@pytest.mark.parametrize("value", ["999", "x", "9" * 30])
async def test_an_event_is_a_download_for_whom_it_concerns(value: str, bob: Actor, charlie: Actor) -> None:
    with database.transaction() as session:
        made = events.add(session, bob, {"title": 'Le"sson', "day": "2030-05-06", "time": "09:00"}).id or 0
    answer = await client(bob).get(routes.event_file(made))
    assert answer.status_code == 200 and "SUMMARY:Le" in answer.text
    assert "Le'sson.ics" in answer.headers["content-disposition"] and answer.headers["cache-control"] == "no-store"
    refused = [await client(charlie).get(routes.event_file(made)), await client(bob).get(routes.event_file(value))]
    assert {(one.status_code, one.text) for one in refused} == {(404, "There is no such event.")}


async def test_without_a_session_there_is_no_such_download(site: Site) -> None:
    assert (await site.http.get(routes.event_file(1))).status_code == 401
