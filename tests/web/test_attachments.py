"""A file comes to a contact by one POST and leaves as a download; what is refused leaves nothing behind."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from crm_app import routes, settings
from crm_app.models import Attachment
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.web import attachments, downloads
from tests.web.conftest import HERE, Site, make_site

PDF = b"%PDF-1.7\nContract"


@pytest.fixture
async def site(db: Path) -> AsyncIterator[Site]:
    made = make_site(private=[*attachments.routes(), *downloads.routes()])
    yield made
    await made.http.aclose()


@pytest.fixture
def number(bob: Actor) -> int:
    with database.transaction() as session:
        return cards.create(session, bob, {"first_name": "Ada"}).number


async def send(site: Site, number: int | str, content: bytes = PDF, name: str = "a.pdf") -> httpx.Response:
    headers = {"origin": HERE, "x-file-name": name}
    return await site.http.post(routes.contact_files(number), content=content, headers=headers)


def kept() -> list[Path]:
    place = settings.get().attachments_dir
    return list(place.iterdir()) if place.is_dir() else []


async def test_it_comes_and_goes_as_an_inert_download(site: Site, number: int, bob: Actor) -> None:
    site.be(bob)
    assert (await send(site, number, name="Vertr%C3%A4ge.pdf")).status_code == 201
    with database.reading() as session:
        made = session.exec(select(Attachment)).one()
    answer = await site.http.get(routes.attachment(made.id or 0))
    assert answer.content == PDF and answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment") and "Vertr%C3%A4ge" in str(answer.headers)
    assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["cache-control"] == "no-store"
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(("content", "name"), [(b"", "a.pdf"), (b"MZ", "a.pdf"), (PDF, "a.html"), (PDF, "")])
async def test_what_is_not_kept_is_refused_in_a_sentence_and_gone(
    content: bytes, name: str, site: Site, number: int, bob: Actor
) -> None:
    site.be(bob)
    answer = await send(site, number, content, name)
    assert answer.status_code == 422 and answer.json()["error"] and kept() == []


async def test_one_beyond_the_limit_is_refused_by_the_gate(
    site: Site, number: int, bob: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings.get(), "attachment_limit", 2000)
    site.be(bob)
    assert (await send(site, number, PDF * 200)).status_code == 413 and kept() == []


async def test_a_foreign_contact_and_a_missing_one_give_the_same_answer(
    site: Site, number: int, bob: Actor, charlie: Actor, victor: Actor
) -> None:
    site.be(bob)
    await send(site, number)
    before = kept()
    site.be(charlie)
    answers = [await send(site, of) for of in (number, 999, "x", "9" * 30)]
    assert [answer.status_code for answer in answers] == [404] * 4
    files = [await site.http.get(routes.attachment(of)) for of in (1, 999, "x", "9" * 30)]
    assert [(file.status_code, file.text) for file in files] == [(404, files[0].text)] * 4
    site.be(victor)
    assert (await send(site, number)).status_code == 403
    assert (await site.http.get(routes.attachment(1))).content == PDF
    assert kept() == before


async def test_nobody_signed_in_gets_nowhere(site: Site, number: int) -> None:
    assert (await send(site, number)).status_code == 401
    assert (await site.http.get(routes.attachment(1))).status_code in (303, 401)
