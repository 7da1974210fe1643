"""A Google Sheet by its link: what is fetched, and everything that is not."""

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from crm_app import settings
from crm_app.services.actor import SYSTEM
from crm_app.services.errors import Invalid
from crm_app.services.imports import sheet_link, uploads
from crm_app.services.outbound import Fetcher, is_public

ID = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
ROWS = "Name,E-mail\nJörg,j@example.org\n".encode()
CSV = {"Content-Type": "text/csv", "Content-Disposition": "attachment; filename*=UTF-8''K%C3%B6ln%20-%20List.csv"}

Page = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A web server on this machine whose pages are functions; `hosts` are what it was called by."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.hosts: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.hosts.append(self.headers["Host"])
                site.pages[self.path](self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def site(data_dir: Path) -> Iterator[Site]:
    made = Site()
    yield made
    made.stop()


def says(status: int, headers: dict[str, str], body: bytes = b"") -> Page:
    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return page


def leads_to(address: str) -> Page:
    return says(307, {"Location": address})


def fetcher(site: Site, **changes: Any) -> Fetcher:
    chosen: dict[str, Any] = {
        "hosts": ("docs.google.com", "*.googleusercontent.com", "localhost"),
        "limit": 1024 * 1024,
    }
    return Fetcher(**{**chosen, "trusted": frozenset((f"127.0.0.1:{site.port}",)), **changes})


def fetch(site: Site, **changes: Any) -> tuple[str, uploads.Stored]:
    return sheet_link.store("https://docs.google.com/x", site.url("/sheet"), fetcher(site, **changes))


def refusal(site: Site, **changes: Any) -> str:
    """The sentence, after a look that nothing stayed on disk."""
    with pytest.raises(Invalid) as caught:
        fetch(site, **changes)
    assert caught.value.field == "link"
    place = settings.get().imports_dir
    assert not place.exists() or not list(place.iterdir())
    return str(caught.value.message)


@pytest.mark.parametrize(
    ("link", "address"),
    [
        (f"/spreadsheets/d/{ID}/edit#gid=7", f"/spreadsheets/d/{ID}/export?format=csv&gid=7"),
        (f"/spreadsheets/d/{ID}/edit?gid=0#gid=0", f"/spreadsheets/d/{ID}/export?format=csv&gid=0"),
        (f"/spreadsheets/d/{ID}/edit?usp=sharing", f"/spreadsheets/d/{ID}/export?format=xlsx"),
        (f"/spreadsheets/d/{ID}", f"/spreadsheets/d/{ID}/export?format=xlsx"),
        (f"/spreadsheets/u/1/d/{ID}/edit", f"/spreadsheets/d/{ID}/export?format=xlsx"),
        (f"/a/example.org/spreadsheets/d/{ID}/edit", f"/spreadsheets/d/{ID}/export?format=xlsx"),
        (f"/spreadsheets/d/{ID}/pubhtml?gid=3&single=true", f"/spreadsheets/d/{ID}/export?format=csv&gid=3"),
        (f"/spreadsheets/d/e/2PACX-{ID}/pubhtml", f"/spreadsheets/d/e/2PACX-{ID}/pub?output=xlsx"),
        (
            f"/spreadsheets/d/e/2PACX-{ID}/pub?gid=5&single=true&output=csv",
            f"/spreadsheets/d/e/2PACX-{ID}/pub?gid=5&single=true&output=csv",
        ),
        (f"/spreadsheets/d/{ID}/edit#gid=7%26x", f"/spreadsheets/d/{ID}/export?format=xlsx"),
    ],
)
def test_links_become_addresses_of_files(link: str, address: str) -> None:
    assert sheet_link.export_address(f"https://docs.google.com{link}") == f"https://docs.google.com{address}"
    assert sheet_link.export_address(f"  docs.google.com{link} ") == f"https://docs.google.com{address}"


@pytest.mark.parametrize(
    "link",
    [
        "", "hello", "https://docs.google.com/document/d/" + ID, "https://docs.google.com/spreadsheets/d/short",
        "https://[::1/spreadsheets/d/" + ID, "https://docs.google.com/spreadsheets/d/" + ID + "/" + "x" * 2_000,
        f"http://docs.google.com/spreadsheets/d/{ID}", f"file:///spreadsheets/d/{ID}", f"javascript://spreadsheets/d/{ID}",
    ],
)  # fmt: skip
def test_other_links_are_refused(link: str) -> None:
    with pytest.raises(Invalid) as caught:
        sheet_link.export_address(link)
    assert caught.value.field == "link"


def test_a_sheet_is_fetched_over_redirects_and_its_link_is_kept(site: Site, session: Session) -> None:
    site.pages = {"/sheet": leads_to("/other"), "/other": leads_to(site.url("/file")), "/file": says(200, CSV, ROWS)}
    name, stored = fetch(site)
    made = uploads.create(session, SYSTEM, file_name=name, size=stored.size, sha256=stored.sha256, folder=stored.folder)
    place = uploads.place_of(made)
    assert (made.file_name, (place / "source").read_bytes()) == ("Köln - List.csv", ROWS)
    assert sheet_link.link_of(made) == "https://docs.google.com/x"
    assert (place / "link").stat().st_mode & 0o777 == 0o600


def test_the_connection_goes_to_the_address_that_was_judged(site: Site) -> None:
    site.pages = {"/sheet": says(200, CSV, ROWS)}
    asked = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    name = f"sheets.test:{site.port}"
    by = fetcher(site, trusted=frozenset((name,)), resolve=resolve)
    sheet_link.store("x", f"http://{name}/sheet", by)
    assert (asked, site.hosts) == (["sheets.test"], [name])


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("https://evil.example/x", "leads to evil.example"),
        ("https://docs.google.com.evil.example/x", "leads to docs.google.com.evil.example"),
        ("https://googleusercontent.com/x", "leads to googleusercontent.com"),
        ("http://127.0.0.1/x", "leads to 127.0.0.1"),
        ("https://127.0.0.1/x", "leads to 127.0.0.1"),
        ("https://[::1]/x", "leads to ::1"),
        ("http://localhost/x", "begin with https://"),
        ("https://localhost:8443/x", "begin with https://"),
        ("https://me@localhost/x", "begin with https://"),
        ("https://localhost/x", "private network"),
        ("file:///etc/passwd", "not allowed"),
        ("gopher://docs.google.com/x", "begin with https://"),
        ("https://localhost:99999/x", "could not be reached"),
        ("https://accounts.google.com/ServiceLogin", "not public"),
    ],
)
def test_redirects_are_judged_like_the_first_address(site: Site, target: str, sentence: str) -> None:
    site.pages = {"/sheet": leads_to(target)}
    assert sentence in refusal(site)


def test_one_private_address_among_public_ones_is_enough_to_stop(site: Site) -> None:
    site.pages = {"/sheet": leads_to("https://docs.google.com/x")}

    def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == "127.0.0.1" else ["142.250.1.1", "10.0.0.1"]

    assert "private network" in refusal(site, resolve=resolve)


def test_redirects_without_end(site: Site) -> None:
    site.pages = {"/sheet": leads_to("/sheet")}
    assert "without an end" in refusal(site)
    assert len(site.hosts) == 6


@pytest.mark.parametrize(
    ("status", "kind", "sentence"),
    [
        (200, "text/html; charset=utf-8", "This sheet is not public."),
        (401, "text/html", "This sheet is not public."),
        (404, "text/html", "no sheet behind this link"),
        (500, "text/html", "answer 500"),
    ],
)
def test_answers_that_are_no_sheet(site: Site, status: int, kind: str, sentence: str) -> None:
    site.pages = {"/sheet": says(status, {"Content-Type": kind}, b"<html>Sign in</html>")}
    assert sentence in refusal(site)


def test_too_large_whether_announced_or_not(site: Site) -> None:
    site.pages = {"/sheet": says(200, {**CSV, "Content-Length": str(2 * 1024 * 1024)})}
    assert "larger than the 1 MB" in refusal(site)

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/csv")
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 65_536)
        except OSError:
            handler.close_connection = True

    site.pages = {"/sheet": endless}
    assert "larger than the 1 MB" in refusal(site)


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_trickle_of_bytes_ends_with_the_time(site: Site, part: str) -> None:
    done = threading.Event()

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        try:
            if part == "body":
                handler.send_response(200)
                handler.send_header("Content-Type", "text/csv")
                handler.end_headers()
            while not done.wait(0.02):
                handler.wfile.write(b"x")
        except OSError:
            handler.close_connection = True

    site.pages = {"/sheet": trickle}
    started = time.monotonic()
    assert "too long to answer" in refusal(site, whole_seconds=0.3)
    assert time.monotonic() - started < 3
    done.set()


def test_a_broken_answer_is_no_sheet(site: Site) -> None:
    site.pages = {"/sheet": says(200, {**CSV, "Content-Length": "1000"}, ROWS)}
    assert "could not be reached" in refusal(site)


def test_nobody_there(data_dir: Path) -> None:
    with pytest.raises(Invalid, match="could not be reached"):
        sheet_link.store("x", "http://127.0.0.1:1/sheet", Fetcher((), 1, trusted=frozenset(("127.0.0.1:1",))))


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("142.250.74.206", True), ("2a00:1450:4001:80b::200e", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("192.168.0.1", False), ("172.16.0.1", False), ("169.254.169.254", False), ("100.64.0.1", False),
        ("0.0.0.0", False), ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False), ("::", False),
        ("fe80::1%eth0", False), ("fc00::1", False), ("::ffff:127.0.0.1", False), ("::ffff:8.8.8.8", True),
        ("64:ff9b::10.0.0.1", False), ("64:ff9b::8.8.8.8", True), ("2002:7f00:1::", False), ("2001:0:1::1", False),
        ("ff02::1", False),
    ],
)  # fmt: skip
def test_public_addresses(address: str, answer: bool) -> None:
    assert is_public(address) is answer


def test_production_trusts_nothing() -> None:
    by = sheet_link.fetcher()
    assert (by.trusted, by.limit) == (frozenset(), settings.get().upload_limit)
    assert [by.allows(host) for host in ("docs.google.com", "DOC-1.googleusercontent.com", "google.com")] == [
        True,
        True,
        False,
    ]
