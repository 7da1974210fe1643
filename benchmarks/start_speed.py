"""How long a start takes when nothing changed: `crm run`, which is what `make run` calls, until `/ping` answers.

python -m benchmarks.run start_speed
"""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import httpx

from benchmarks.figures import Figure, quantile
from crm_app.cli.run import is_taken
from crm_app.web import build
from tests.e2e.server import build_port

NAME = "start_speed"
TIMES = 5
LIMIT_SECONDS = 5.0
GIVE_UP_SECONDS = 60.0


def bench() -> list[Figure]:
    port = build_port()
    if is_taken("127.0.0.1", port):
        return [Figure(NAME, "second start", f"not measured: port {port} is in use; stop that program or set CRM_PORT")]
    build.ensure(port, lambda sentence: print(f"bench: {sentence}", file=sys.stderr))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        first = start(Path(folder), port)
        later = [start(Path(folder), port) for _ in range(TIMES)]
    median, worst = quantile(later, 0.5), max(later)
    return [
        Figure(NAME, "first start with a finished build, empty data folder", f"{first:.1f} s"),
        Figure(
            NAME,
            "second start, nothing changed, until /ping answers",
            f"p50 {median:.1f} · max {worst:.1f} s (n = {TIMES})",
            "≤ 5 s",
            median <= LIMIT_SECONDS,
        ),
    ]


def start(folder: Path, port: int) -> float:
    """Seconds from the command to the first answer; the server is stopped again."""
    environment = {**os.environ, "CRM_DATA_DIR": str(folder / "data"), "CRM_PORT": str(port), "CRM_HOST": "127.0.0.1"}
    command = [sys.executable, "-c", "from crm_app.cli import main; main()", "run"]
    begin = time.monotonic()
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, cwd=build.ROOT, stdout=log, stderr=log)
    try:
        while time.monotonic() - begin < GIVE_UP_SECONDS and process.poll() is None:
            with suppress(httpx.TransportError):
                if httpx.get(f"http://127.0.0.1:{port}/ping", timeout=1).status_code == 200:
                    return time.monotonic() - begin
            time.sleep(0.02)
    finally:
        process.terminate()
        process.wait(20)
    raise RuntimeError(f"the server did not start:\n{(folder / 'log').read_text()[-2000:]}")


if __name__ == "__main__":
    from benchmarks.figures import table

    print(table(bench()))
