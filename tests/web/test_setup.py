import asyncio
import re

import pytest
from sqlmodel import select

from crm_app.models import AuditEntry, Installation, LeadStatus, Role, User
from crm_app.services import database, links, passwords, places
from tests.web.conftest import Site

FORM = {
    "name": "Ann Example",
    "email": "Ann@Example.org",
    "password": "four words in a row",
    "repeat": "four words in a row",
    "organisation": "Music school",
    "country": "AT",
    "language": "de",
    "timezone": "",
    "currency": "",
}


@pytest.fixture
def token(db) -> str:
    with database.transaction() as session:
        return links.setup_link(session)


def user_count() -> int:
    with database.reading() as session:
        return len(session.exec(select(User)).all())


@pytest.mark.parametrize("address", ["/setup?token={}", "/setup/{}"])
async def test_the_page_asks_in_the_visitors_language(address: str, site: Site, token: str) -> None:
    answer = await site.http.get(address.format(token), headers={"accept-language": "de-AT,de"})
    assert answer.status_code == 200 and "<script" not in answer.text
    assert '<option value="AT" selected>Österreich</option>' in answer.text
    assert '<option value="de" selected>Deutsch</option>' in answer.text
    assert answer.text.index(">Ägypten<") < answer.text.index(">Belgien<")
    assert f'value="{token}"' in answer.text and user_count() == 0


async def test_the_first_account_is_an_administrator_and_signed_in(site: Site, token: str) -> None:
    answer = await site.post("/setup", {**FORM, "token": token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await site.http.get("/whoami")).text == "Ann Example"
    with database.reading() as session:
        user = session.exec(select(User)).one()
        assert session.get_one(Role, user.role_id).key == "admin"
        found = session.get_one(Installation, 1)
        assert [entry.action for entry in session.exec(select(AuditEntry)).all()] == [
            "user.added",
            "settings.changed",
            "setup.completed",
        ]
        assert len(session.exec(select(LeadStatus)).all()) == 5
    assert (user.email, user.language, user.timezone) == ("ann@example.org", "de", "Europe/Vienna")
    assert passwords.verify(user.password_hash, FORM["password"])
    assert (found.name, found.country, found.language, found.timezone, found.currency) == (
        "Music school",
        "AT",
        "de",
        "Europe/Vienna",
        "EUR",
    )


async def test_time_zone_and_currency_can_be_chosen(site: Site, token: str) -> None:
    await site.post(f"/setup/{token}", {**FORM, "country": "CH", "timezone": "Asia/Tokyo", "currency": "USD"})
    with database.reading() as session:
        found = session.get_one(Installation, 1)
    assert (found.timezone, found.currency) == ("Asia/Tokyo", "USD")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"email": "nonsense"}, "email"),
        ({"password": "short", "repeat": "short"}, "password"),
        ({"repeat": "something else"}, "repeat"),
        ({"organisation": " "}, "organisation"),
        ({"country": ""}, "country"),
        ({"country": "XX"}, "country"),
        ({"language": "tlh"}, "language"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"currency": "XXX"}, "currency"),
    ],
)
async def test_a_problem_stands_at_its_field_and_nothing_typed_is_lost(
    changed: dict[str, str], field: str, site: Site, token: str
) -> None:
    typed = {**FORM, "token": token, **changed}
    answer = await site.post("/setup", typed)
    assert answer.status_code == 422 and user_count() == 0
    assert f'id="{field}-error"' in answer.text
    if field != "organisation":
        assert 'value="Music school"' in answer.text
    assert FORM["password"] not in answer.text
    assert (await site.post("/setup", {**FORM, "token": token})).status_code == 303


async def test_of_many_at_once_one_makes_the_account(site: Site, token: str) -> None:
    tries = (site.post("/setup", {**FORM, "token": token, "email": f"ann{n}@example.org"}) for n in range(10))
    answers = await asyncio.gather(*tries)
    assert sorted(answer.status_code for answer in answers) == [303] + [410] * 9
    assert user_count() == 1


@pytest.mark.parametrize("token_typed", ["", "wrong", "%00"])
async def test_without_the_link_there_is_no_set_up(token_typed: str, site: Site, token: str) -> None:
    assert (await site.http.get(f"/setup?token={token_typed}")).status_code == 410
    assert (await site.post("/setup", {**FORM, "token": token_typed})).status_code == 410
    assert user_count() == 0


async def test_afterwards_the_link_only_says_that_it_is_done(site: Site, token: str) -> None:
    await site.post("/setup", {**FORM, "token": token})
    site.http.cookies.clear()
    answer = await site.http.get(f"/setup/{token}")
    assert answer.status_code == 410 and "set up already" in answer.text
    assert (await site.post("/setup", {**FORM, "token": token})).status_code == 410


async def test_after_a_problem_the_language_can_still_be_chosen(site: Site, token: str) -> None:
    page = await site.http.get(f"/setup?token={token}")
    action = re.search(r'<form method="post" action="([^"]*)"', page.text)[1]
    answer = await site.post(action, {**FORM, "token": token, "name": ""})
    link = re.search(r'href="([^"]*)" lang="de"', answer.text)[1]
    again = await site.http.get(f"{action}{link}", follow_redirects=True)
    assert again.status_code == 200 and '<html lang="de">' in again.text


async def test_choosing_a_language_keeps_the_link(site: Site, token: str) -> None:
    page = await site.http.get(f"/setup?token={token}")
    link = re.search(r'href="([^"]*)" lang="de"', page.text)[1].replace("&amp;", "&")
    answer = await site.http.get(f"/setup{link}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/setup?token={token}")
    assert '<html lang="de">' in (await site.http.get(answer.headers["location"])).text


@pytest.mark.parametrize(
    ("country", "timezone", "currency"),
    [
        ("DE", "Europe/Berlin", "EUR"),
        ("AT", "Europe/Vienna", "EUR"),
        ("CH", "Europe/Zurich", "CHF"),
        ("IT", "Europe/Rome", "EUR"),
        ("PL", "Europe/Warsaw", "PLN"),
        ("GB", "Europe/London", "GBP"),
        ("US", "America/New_York", "USD"),
        ("XK", "Europe/Belgrade", "EUR"),
    ],
)
def test_a_country_gives_time_zone_and_currency(country: str, timezone: str, currency: str) -> None:
    assert (places.timezone_of(country), places.currency_of(country)) == (timezone, currency)


def test_every_country_gives_something_that_can_be_stored() -> None:
    for country in places.countries():
        assert places.timezone_of(country) in places.timezones()
        assert places.currency_of(country) in places.currencies()
