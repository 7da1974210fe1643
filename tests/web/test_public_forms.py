"""Forms of the house in front of the gate, filled in by people and by machines."""

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from crm_app.models import Activity, Contact, WebForm
from crm_app.services import database, web_forms
from crm_app.services.actor import Actor
from crm_app.services.web_forms import Draft, Question
from crm_app.web import pace, stamps
from crm_app.web.stamps import Verdict
from tests.web.conftest import HERE, Site

DRAFT = Draft(
    name="Trial lesson",
    title="Book a <trial> lesson",
    intro="Thirty minutes.",
    questions=(Question("first_name", required=True), Question("email", required=True), Question("notes", "Message")),
    consent_text="I want the newsletter.",
    thanks="See you soon.",
    origins="https://school.example",
)


@pytest.fixture
def form(alice: Actor) -> WebForm:
    with database.transaction() as session:
        made = web_forms.make(session, alice, "Trial lesson")
        return web_forms.change(session, alice, made.id or 0, DRAFT)


@pytest.fixture(autouse=True)
def quick_people(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """They need no seconds here, and nobody sent anything before."""
    monkeypatch.setattr(stamps, "FASTEST", 0.0)
    paces = (pace.PER_ADDRESS, pace.PER_FORM, pace.PER_FORM_AND_ADDRESS)
    for one in paces:
        one.clear()
    yield
    for one in paces:
        one.clear()


async def opened(site: Site, form: WebForm, query: str = "") -> dict[str, str]:
    """The hidden fields of the page."""
    page = await site.http.get(f"/f/{form.key}{query}")
    assert page.status_code == 200
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))


async def fill(site: Site, form: WebForm, query: str = "", **typed: str) -> Any:
    hidden = await opened(site, form, query)
    data = hidden | {"first_name": "Ada", "email": "ada@example.org"} | typed
    return await site.post(f"/f/{form.key}{query}", data)


def contacts() -> list[Contact]:
    with database.reading() as session:
        return list(session.exec(select(Contact)))


async def test_it_is_filled_in_without_a_session_and_says_thanks(site: Site, form: WebForm) -> None:
    answer = await fill(site, form, notes="Hello", agree="1")
    assert answer.status_code == 303 and answer.headers["location"] == f"/f/{form.key}?done"
    thanks = await site.http.get(answer.headers["location"])
    assert "See you soon." in thanks.text and "<form" not in thanks.text
    (contact,) = contacts()
    assert (contact.first_name, contact.email, contact.lifecycle) == ("Ada", "ada@example.org", "lead")
    with database.reading() as session:
        (entry,) = session.exec(select(Activity).where(Activity.kind == "form_filled"))
    assert entry.data["agreed"]["text"] == "I want the newsletter." and entry.data["answers"][2] == ["Message", "Hello"]


async def test_its_page_is_in_its_language_labelled_and_without_script(site: Site, alice: Actor, form: WebForm) -> None:
    with database.transaction() as session:
        web_forms.change(session, alice, form.id or 0, replace(DRAFT, language="de"))
    page = await site.http.get(f"/f/{form.key}", headers={"accept-language": "en"})
    assert '<html lang="de">' in page.text and "Vorname" in page.text and "Absenden" in page.text
    assert "&lt;trial&gt;" in page.text and "<script" not in page.text
    for name in re.findall(r'<(?:input|select|textarea)\b[^>]*\bid="([^"]+)"', page.text):
        assert f'<label for="{name}">' in page.text
    assert 'autocomplete="given-name"' in page.text and page.headers["cache-control"] == "no-store"


async def test_what_is_wrong_is_marked_and_nothing_typed_is_lost(site: Site, form: WebForm) -> None:
    answer = await fill(site, form, email="not an address", notes="A long <story>")
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text
    assert "A long &lt;story&gt;" in answer.text and 'value="not an address"' in answer.text and contacts() == []


async def test_looking_changes_nothing(site: Site, form: WebForm) -> None:
    before = rows()
    for query in ("", "?embed", "?done", "?first_name=Ada&email=ada%40example.org&agree=1"):
        for method in ("GET", "HEAD"):
            await site.http.request(method, f"/f/{form.key}{query}")
    assert rows() == before


def rows() -> dict[str, list[Any]]:
    with database.engine().connect() as connection:
        return {name: connection.execute(table.select()).all() for name, table in SQLModel.metadata.tables.items()}


async def test_only_the_sites_of_the_form_may_embed_it(site: Site, form: WebForm) -> None:
    page = await site.http.get(f"/f/{form.key}?embed")
    assert "frame-ancestors https://school.example" in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"] and "x-frame-options" not in page.headers
    sent = await fill(site, form, "?embed")
    assert sent.headers["location"] == f"/f/{form.key}?embed&done"
    wrong = await fill(site, form, "?embed", email="x")
    assert "frame-ancestors https://school.example" in wrong.headers["content-security-policy"]
    for other in (f"/f/{form.key}", "/login"):
        page = await site.http.get(other)
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert page.headers["x-frame-options"] == "DENY"


async def test_without_named_sites_nobody_embeds_it(site: Site, alice: Actor, form: WebForm) -> None:
    with database.transaction() as session:
        web_forms.change(session, alice, form.id or 0, replace(DRAFT, origins=""))
    page = await site.http.get(f"/f/{form.key}?embed")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


async def test_a_closed_and_an_unknown_one_give_the_same_answer(site: Site, alice: Actor, form: WebForm) -> None:
    with database.transaction() as session:
        web_forms.change(session, alice, form.id or 0, replace(DRAFT, active=False))
    answers = [await site.http.get(f"/f/{key}") for key in (form.key, "nothing")]
    answers += [await site.post(f"/f/{key}", {"first_name": "Ada"}) for key in (form.key, "nothing")]
    assert {one.status_code for one in answers} == {404}
    assert len({one.text.replace(form.key, "nothing") for one in answers}) == 1


async def test_a_page_of_another_place_cannot_send_it(site: Site, form: WebForm) -> None:
    data = await opened(site, form) | {"first_name": "Ada", "email": "ada@example.org"}
    for headers in ({"origin": "https://school.example"}, {"origin": "null"}, {}):
        answer = await site.http.post(f"/f/{form.key}", data=data, headers=headers)
        assert answer.status_code == 403
    assert contacts() == []


async def test_a_machine_that_fills_the_hidden_field_is_thanked_and_forgotten(site: Site, form: WebForm) -> None:
    assert (await fill(site, form, url2="https://spam.example")).status_code == 303
    assert contacts() == []


async def test_one_sending_counts_once_however_often_it_comes(site: Site, form: WebForm) -> None:
    data = await opened(site, form) | {"first_name": "Ada", "email": "ada@example.org"}
    answers = [await site.post(f"/f/{form.key}", data) for _ in range(3)]
    assert {one.status_code for one in answers} == {303}
    with database.reading() as session:
        assert len(session.exec(select(Activity).where(Activity.kind == "form_filled")).all()) == 1


async def test_too_fast_too_old_or_made_up_is_asked_again(
    site: Site, form: WebForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps, "FASTEST", 60.0)
    answer = await fill(site, form, notes="Hello")
    assert answer.status_code == 422 and "Please look over" in answer.text and ">Hello</textarea>" in answer.text
    monkeypatch.setattr(stamps, "FASTEST", 0.0)
    for mark in ("", "1.x.y", "é", "x" * 5000):
        assert (await fill(site, form, opened=mark)).status_code == 422
    assert contacts() == []


def test_a_mark_is_good_for_its_form_and_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "FASTEST", 2.0)
    key, at = b"k" * 32, time.time()
    mark = stamps.make(key, "a", at)
    verdicts = [stamps.judge(key, "a", mark, at + age) for age in (1, 3, 24 * 3600 + 1)]
    assert verdicts == [Verdict.FAST, Verdict.GOOD, Verdict.OLD]
    assert stamps.judge(key, "b", mark, at + 3) is stamps.judge(b"x" * 32, "a", mark, at + 3) is Verdict.OLD
    assert stamps.take(mark) and not stamps.take(mark)
    assert stamps.judge(key, "a", mark, at + 3) is Verdict.USED


async def test_a_thousand_posts_of_machines_are_stopped_while_colleagues_work(
    site: Site, form: WebForm, alice: Actor
) -> None:
    site.be(alice)
    data = {"first_name": "Bot", "email": "bot@example.org", "opened": "made-up"}
    codes: list[int] = []
    times: list[float] = []

    async def bots() -> None:
        for _ in range(20):
            answers = await asyncio.gather(*[site.post(f"/f/{form.key}", data) for _ in range(50)])
            codes.extend(one.status_code for one in answers)

    async def colleague(flood: "asyncio.Task[None]") -> None:
        while not flood.done() or len(times) < 20:
            begun = time.monotonic()
            assert (await site.http.get("/whoami")).text == "Alice"
            times.append(time.monotonic() - begun)

    flood = asyncio.create_task(bots())
    await colleague(flood)
    assert len(codes) == 1000 and codes.count(429) == 970 and set(codes) == {422, 429}
    answer = await site.post(f"/f/{form.key}", data)
    assert int(answer.headers["retry-after"]) > 0 and contacts() == []
    assert sorted(times)[int(len(times) * 0.95)] < 5, "they get their answers"


async def test_many_addresses_together_have_a_limit_too(
    site: Site, form: WebForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace.PER_FORM, "most", 3)
    codes = [(await fill(site, form, email=f"a{n}@example.org")).status_code for n in range(5)]
    assert codes == [303, 303, 303, 429, 429]


async def test_odd_bodies_break_nothing(site: Site, form: WebForm) -> None:
    headers = {"origin": HERE, "content-type": "multipart/form-data; boundary=x"}
    for body in (b"", b"--x\r\nrubbish", b"\x00" * 100):
        answer = await site.http.post(f"/f/{form.key}", content=body, headers=headers)
        assert answer.status_code in (400, 422)
    large = await site.post(f"/f/{form.key}", {"notes": "x" * 70_000})
    assert large.status_code == 413
    nul = await fill(site, form, first_name="A\0da")
    assert nul.status_code == 303 and contacts()[0].first_name == "Ada"


async def test_one_address_cannot_count_others_out_by_asking_for_many_forms(site: Site) -> None:
    codes = [(await site.post(f"/f/made-up-{n}", {"first_name": "Bot"})).status_code for n in range(70)]
    assert codes == [404] * 60 + [429] * 10
