"""A file comes in by one POST; what is refused or broken leaves nothing behind."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from crm_app import routes, settings
from crm_app.models import Import, Job
from crm_app.services import database, sessions
from crm_app.services.actor import Actor
from crm_app.services.imports import uploads as stored_uploads
from crm_app.web import uploads
from tests.web.conftest import HERE, Site, make_site

PEOPLE = "first_name;email\nŽofie;zofie@example.org\n".encode()


@pytest.fixture
async def site(db: Path) -> AsyncIterator[Site]:
    """The gate before the real route."""
    made = make_site(private=uploads.routes())
    yield made
    await made.http.aclose()


async def send(site: Site, content: bytes | AsyncIterator[bytes], name: str = "people.csv") -> httpx.Response:
    return await site.http.post(routes.UPLOAD, content=content, headers={"origin": HERE, "x-file-name": name})


def kept() -> list[Path]:
    place = settings.get().imports_dir
    return list(place.iterdir()) if place.is_dir() else []


async def test_a_file_becomes_an_import_that_is_being_read(site: Site, bob: Actor) -> None:
    site.be(bob)
    answer = await send(site, PEOPLE, "%C5%BD%C3%A1ci.csv")
    with database.reading() as session:
        made = session.exec(select(Import)).one()
        job = session.exec(select(Job)).one()
    assert (made.file_name, made.user_id, made.file_size) == ("Žáci.csv", bob.user_id, len(PEOPLE))
    assert job.subject_id == made.id
    assert answer.status_code == 201 and answer.json() == {"url": routes.import_step(made.id or 0, "read")}
    assert stored_uploads.place_of(made).joinpath("source").read_bytes() == PEOPLE


async def test_an_empty_file_is_refused_in_a_sentence_and_gone(site: Site, bob: Actor) -> None:
    site.be(bob)
    answer = await send(site, b"")
    assert answer.status_code == 422 and answer.json() == {"error": "This file is empty."}
    assert kept() == []


async def test_a_viewer_may_not(site: Site, victor: Actor) -> None:
    site.be(victor)
    answer = await send(site, PEOPLE)
    assert answer.status_code == 403 and answer.json()["error"]
    assert kept() == []


async def test_a_sender_who_leaves_leaves_nothing(site: Site, bob: Actor) -> None:
    token = site.be(bob)
    parts = iter([{"type": "http.request", "body": b"x" * 5000, "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> dict[str, object]:
        return next(parts)

    async def heard(_message: dict[str, object]) -> None:
        return None

    headers = [(b"origin", HERE.encode()), (b"cookie", f"session={token}".encode())]
    scope = {"type": "http", "method": "POST", "path": routes.UPLOAD, "query_string": b"", "scheme": "http"}
    await site.app({**scope, "client": ("127.0.0.1", 1), "headers": headers}, receive, heard)
    assert kept() == []


async def test_a_file_over_the_limit_is_refused_and_gone(
    site: Site, bob: Actor, with_settings: Callable[..., None]
) -> None:
    with_settings(upload_limit="2000")
    site.be(bob)

    async def streamed() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 100

    assert (await send(site, streamed())).status_code == 413
    assert kept() == []


async def test_who_was_signed_out_meanwhile_imports_nothing(site: Site, bob: Actor) -> None:
    token = site.be(bob)

    async def streamed() -> AsyncIterator[bytes]:
        yield PEOPLE
        with database.transaction() as session:
            sessions.end(session, token)

    answer = await send(site, streamed())
    assert answer.status_code == 403 and "signed out" in answer.json()["error"]
    assert kept() == []
