"""F9: the connection breaks when half of an upload has arrived.

The request is a browser's own: its headers are caught on their way, then sent again with a large file and without a
second half.
"""

import socket
import time
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Page, Request

from benchmarks.browser import signed_in
from crm_app import routes
from faults import places, rows
from faults.results import Result
from faults.served import places as folders
from tests.e2e.conftest import MAKE_USERS
from tests.e2e.server import Server

TIMES = 5
SIZE = 24 * 1024 * 1024
GONE_SECONDS = 60.0
MARK = b"first_name,last_name\nAda,Half\n"


def make(times: int = TIMES) -> Result:
    result = Result(
        "F9",
        f"the connection breaks when half of an upload of {SIZE // 1024 // 1024} MB has arrived",
        "no import, no job, the file gone ≤ 60 s, the server alive",
    )
    gone: list[float] = []
    with folders() as place:
        server = place.server(place.folder / "data")
        server.run(MAKE_USERS)
        server.run("from crm_app.services.demo import fill; fill(1, lambda sentence: None)")
        with server, signed_in(server) as page:
            head, body = caught(page, server, place.folder)
            for number in range(times):
                arrived = send_half(server, head, body)
                result.expect(arrived >= SIZE // 4, f"run {number}: only {arrived} bytes had arrived")
                begin = time.monotonic()
                left = wait_until_gone(server.data_dir)
                gone.append(time.monotonic() - begin)
                result.expect(not left, f"run {number}: still there after {GONE_SECONDS:.0f} s: {left} folders")
                found = stored(server.data_dir)
                result.expect(found == (0, 0), f"run {number}: imports and jobs {found}")
                result.times += 1
            alive = server.process is not None and server.process.poll() is None
            result.expect(alive, "the server died")
    result.seen.append(f"gone after at most {max(gone):.1f} s")
    return result


def caught(page: Page, server: Server, folder: Path) -> tuple[bytes, bytes]:
    """Head and body of the request with which the page uploads a small file; it never reaches the server."""
    page.goto(server.url + "/imports/new")
    page.wait_for_selector(".drop")
    requests: list[Request] = []
    page.route(f"**{routes.UPLOAD}", lambda route: (requests.append(route.request), route.abort()))
    small = folder / "small.csv"
    small.write_bytes(MARK)
    page.set_input_files("input[type=file]", small)
    places.until(lambda: page.wait_for_timeout(20) or requests, what="the page did not upload")
    request = requests[0]
    cookie = "; ".join(f"{found['name']}={found['value']}" for found in page.context.cookies())
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    lines = [f"POST {request.url.removeprefix(server.url)} HTTP/1.1", f"Host: 127.0.0.1:{server.port}"]
    lines += [f"{name}: {value}" for name, value in {**headers, "cookie": cookie}.items()]
    return "\r\n".join(lines).encode(), MARK * (SIZE // len(MARK))


def send_half(server: Server, head: bytes, body: bytes) -> int:
    """Announces the whole, sends half and breaks off. Returns the bytes that were on disk then."""
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head + f"\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        connection.sendall(body[: len(body) // 2])
        places.until(lambda: on_disk(server.data_dir) > SIZE // 4, what="half of the upload did not arrive")
        return on_disk(server.data_dir)


def folders_of(data: Path) -> list[Path]:
    place = data / "imports"
    return list(place.iterdir()) if place.is_dir() else []


def on_disk(data: Path) -> int:
    """Bytes of everything below the imports folder."""
    return sum(file.stat().st_size for folder in folders_of(data) for file in folder.iterdir())


def wait_until_gone(data: Path) -> int:
    """How many folders are still there at last."""
    try:
        places.until(lambda: not folders_of(data), seconds=GONE_SECONDS)
    except TimeoutError:
        return len(folders_of(data))
    return 0


def stored(data: Path) -> tuple[int, int]:
    """Imports and jobs; of a broken upload there must be none."""
    with closing(rows.connect(data)) as connection:
        query = "SELECT (SELECT count(*) FROM import), (SELECT count(*) FROM job)"
        imports, jobs = connection.execute(query).fetchone()
    return imports, jobs
