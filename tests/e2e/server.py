"""A served build on a free port for browser tests: the build is made once, each server gets a copy with its port."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from time import monotonic, sleep

import httpx

from crm_app import settings
from crm_app.jobs import queue
from crm_app.services import database
from crm_app.web import build

START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def copy_build(target: Path, port: int) -> Path:
    """A copy of the finished build that talks to `port`. Only `assets/reflex-env-*.js` names the port."""
    client = build.ensure(build_port(), lambda sentence: None)
    shutil.copytree(client.parent.parent, target, ignore=shutil.ignore_patterns("node_modules", ".npm", "app", "utils"))
    for script in (target / build.CLIENT / "assets").glob("reflex-env-*.js"):
        script.write_text(re.sub(rf":{build_port()}\b", f":{port}", script.read_text()))
        for packed in (".gz", ".br"):
            script.with_name(script.name + packed).unlink(missing_ok=True)
    return target


def build_port() -> int:
    return int(os.environ.get("CRM_PORT", "8000"))


class Server:
    """`crm`'s server process on its own data folder. Use as a context manager."""

    def __init__(self, web_dir: Path, data_dir: Path, port: int, **environment: str) -> None:
        self.port, self.data_dir = port, data_dir
        self.url = f"http://127.0.0.1:{port}"
        self.log = data_dir.with_suffix(".log")
        self._environment = {
            **build.environment(port),
            "CRM_DATA_DIR": str(data_dir),
            "CRM_PORT": str(port),
            "CRM_HOST": "127.0.0.1",
            "REFLEX_CORS_ALLOWED_ORIGINS": self.url,
            **environment,
        }
        self._web_dir = web_dir
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Server":
        code = "import sys; from pathlib import Path; from crm_app.web.serve import serve; serve(Path(sys.argv[1]))"
        if not (self.data_dir / "crm.sqlite").exists():
            self.run("from crm_app.services.startup import prepare; prepare()")
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, str(self._web_dir)],
            env=self._environment,
            cwd=build.ROOT,
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._wait()
        return self

    def _wait(self) -> None:
        assert self.process is not None
        until = monotonic() + START_SECONDS
        while monotonic() < until:
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/ping", timeout=1, verify=False).status_code == 200:
                    return
            if self.process.poll() is not None:
                break
            sleep(0.05)
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-4000:]}")

    def run(self, code: str) -> str:
        """Runs Python code on the server's data, as the CLI would, and returns what it prints."""
        said = StringIO()
        with self._in_force(), redirect_stdout(said):
            exec(compile(code, "server.run", "exec"), {"__name__": "__main__"})
        return said.getvalue().strip()

    @contextmanager
    def _in_force(self) -> Iterator[None]:
        """This process works on the server's data, and on none of what it had open before."""
        kept = {name: os.environ.get(name) for name in self._environment}
        os.environ.update(self._environment)
        _let_go()
        try:
            yield
        finally:
            _let_go()
            for name, value in kept.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

    def kill(self) -> None:
        """kill -9 of the whole group, as a power cut."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def _let_go() -> None:
    queue.forget()
    database.dispose()
    settings.get.cache_clear()
