from collections.abc import AsyncIterator

import pytest

from crm_app import routes
from crm_app.services.actor import Actor
from tests.web.conftest import HERE, Site

LIMIT = 10_000


@pytest.fixture
async def page(site: Site, set_up: Actor, with_settings) -> dict[str, str]:
    """Headers of an upload from a page of alice."""
    with_settings(upload_limit=str(LIMIT))
    site.be(set_up)
    return {"origin": HERE}


async def streamed(size: int, step: int = 1000) -> AsyncIterator[bytes]:
    """A body without Content-Length."""
    while size > 0:
        yield b"x" * min(step, size)
        size -= step


async def test_up_to_the_limit_every_byte_arrives(site: Site, page: dict[str, str]) -> None:
    assert (await site.http.post(routes.UPLOAD, content=b"x" * LIMIT, headers=page)).status_code == 200
    assert site.inner.body == LIMIT
    assert (await site.http.post(routes.UPLOAD, content=streamed(LIMIT), headers=page)).status_code == 200
    assert site.inner.body == 2 * LIMIT


async def test_a_declared_length_one_byte_over_is_refused_unread(site: Site, page: dict[str, str]) -> None:
    answer = await site.http.post(routes.UPLOAD, content=b"x" * (LIMIT + 1), headers=page)
    assert answer.status_code == 413 and site.inner.paths == []


@pytest.mark.parametrize("size", [LIMIT + 1, LIMIT * 100])
async def test_without_a_length_the_app_is_told_the_client_left(size: int, site: Site, page: dict[str, str]) -> None:
    answer = await site.http.post(routes.UPLOAD, content=streamed(size), headers=page)
    assert answer.status_code == 413
    assert site.inner.was_cut and site.inner.body <= LIMIT


async def test_a_length_that_lies_is_counted_all_the_same(site: Site, page: dict[str, str]) -> None:
    answer = await site.http.post(routes.UPLOAD, content=streamed(LIMIT * 2), headers={**page, "content-length": "5"})
    assert answer.status_code == 413 and site.inner.body <= LIMIT


@pytest.mark.parametrize("length", ["-1", "²", "1e3", "0x10", "", " "])
async def test_a_length_that_is_no_number_is_refused(length: str, site: Site, page: dict[str, str]) -> None:
    headers = [(name.encode(), value.encode()) for name, value in page.items()]
    headers += [(b"cookie", f"session={site.http.cookies['session']}".encode()), (b"content-length", length.encode())]
    said = []

    async def send(message):
        said.append(message)

    async def receive():
        raise AssertionError("no byte may be read")

    scope = {"type": "http", "method": "POST", "path": routes.UPLOAD, "query_string": b"", "scheme": "http"}
    await site.app({**scope, "client": ("127.0.0.1", 1), "headers": headers}, receive, send)
    assert said[0]["status"] == 413


async def test_own_routes_have_a_limit_of_their_own(site: Site, page: dict[str, str]) -> None:
    assert (await site.http.post("/change", content=streamed(2**20 + 1), headers=page)).status_code == 413


async def test_after_the_refusal_it_reads_on_so_that_the_answer_arrives(site: Site, page: dict[str, str]) -> None:
    headers = [(name.encode(), value.encode()) for name, value in page.items()]
    headers.append((b"cookie", f"session={site.http.cookies['session']}".encode()))
    said, read = [], 0

    async def send(message):
        said.append(message)

    async def receive():
        nonlocal read
        read += 1000
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    scope = {"type": "http", "method": "POST", "path": routes.UPLOAD, "query_string": b"", "scheme": "http"}
    await site.app({**scope, "client": ("127.0.0.1", 1), "headers": headers}, receive, send)
    assert said[0]["status"] == 413 and LIMIT * 2 <= read <= LIMIT * 2 + 3000
    assert site.inner.body <= LIMIT
