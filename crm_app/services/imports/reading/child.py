"""The parent's side of the reading process: start, ask, and turn every death into one sentence."""

import contextlib
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import crm_app
from crm_app import settings
from crm_app.locales import Text, text
from crm_app.services.imports.reading import wire, worker
from crm_app.services.imports.reading.errors import ReaderDied, Stopped, Unreadable

log = logging.getLogger(__name__)
MIB = 1024 * 1024
LARGEST_IDLE = 256 * MIB  # bytes a process may keep between two requests; above it a new one is started
_TICK = 200  # milliseconds between two looks at `should_stop`
_PACKAGE_ROOT = Path(crm_app.__file__).resolve().parents[1]

Progress = Callable[[dict[str, Any]], None]


class Reader:
    """A reading process, started when first needed, replaced after a death, ended by `close`.

    `memory` is bytes of address space, `cpu_seconds` processor time per request. Threads may share it: requests queue.
    """

    def __init__(self, *, memory: int | None = None, cpu_seconds: int | None = None) -> None:
        installation = settings.get()
        self.memory = memory or installation.reader_memory
        self.cpu_seconds = cpu_seconds or installation.reader_cpu_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = bytearray()
        self._lock = threading.Lock()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Process id while one runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def run(
        self,
        command: str,
        payload: dict[str, Any],
        *,
        on_progress: Progress | None = None,
        should_stop: Callable[[], bool] | None = None,
        timeout: float | None = None,
    ) -> dict[str, Any]:
        """The result of a command of `worker.COMMANDS`. `timeout`: seconds on the clock (default: twice the CPU limit).

        Raises `Unreadable` with the command's own sentence, `ReaderDied` when memory, time or the process itself gave
        out, `Stopped` when `should_stop` said so.
        """
        deadline = time.monotonic() + (timeout if timeout is not None else 2 * self.cpu_seconds + 30)
        with self._lock:
            try:
                request = {"command": command, "payload": payload, "settings": _environment()}
                self._ask(wire.encode(request))
                return self._answer(deadline, on_progress, should_stop)
            except Unreadable as error:
                if isinstance(error, (ReaderDied, Stopped)):
                    self._kill()
                raise
            except BaseException:
                self._kill()
                raise

    def warm(self) -> None:
        """Starts the process, which loads the code of all commands on its own; waits for nothing."""
        with self._lock:
            self._ask(wire.encode({"warm": True}))

    def close(self) -> None:
        """Ends the process, if one runs."""
        self._kill()

    def _ask(self, request: bytes) -> None:
        """Writes a request; a process that died while idle is replaced once."""
        for _ in range(2):
            process = self._running()
            assert process.stdin is not None
            try:
                process.stdin.write(request)
                process.stdin.flush()
                return
            except OSError:
                self._kill()
        raise ReaderDied(text("The reading process could not be started. Try again in a moment."), "start")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._kill()
            paths = [str(_PACKAGE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
            self._process = (
                _starter()
                .submit(
                    subprocess.Popen,
                    [sys.executable, "-P", "-m", worker.__name__, str(self.memory), str(self.cpu_seconds)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,  # a traceback may quote the file
                    env={
                        **os.environ,
                        "PYTHONPATH": os.pathsep.join(paths),
                        "OPENBLAS_NUM_THREADS": "1",
                        "OMP_NUM_THREADS": "1",
                    },
                    start_new_session=True,  # Ctrl-C is the parent's to handle
                )
                .result()
            )
        return self._process

    def _answer(
        self, deadline: float, on_progress: Progress | None, should_stop: Callable[[], bool] | None
    ) -> dict[str, Any]:
        while True:
            message = wire.decode(self._line(deadline, should_stop))
            if "progress" in message:
                if on_progress is not None:
                    on_progress(message["progress"])
            elif "refused" in message:
                if message.get("resident", 0) > LARGEST_IDLE:
                    self._kill()
                raise Unreadable(message["refused"])
            elif "failed" in message:
                log.error("reading failed: %s", message["failed"])
                raise ReaderDied(_sentence("crash", self), "crash")
            else:
                if message.get("resident", 0) > LARGEST_IDLE:
                    self._kill()
                result: dict[str, Any] = message["result"]
                return result

    def _line(self, deadline: float, should_stop: Callable[[], bool] | None) -> bytes:
        assert self._process is not None and self._process.stdout is not None
        output = self._process.stdout.fileno()
        poll = select.poll()
        poll.register(output, select.POLLIN | select.POLLHUP)
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if should_stop is not None and should_stop():
                raise Stopped(text("Reading was stopped."))
            if time.monotonic() > deadline:
                raise ReaderDied(_sentence("time", self), "time")
            if poll.poll(_TICK):
                if not (more := os.read(output, 1 << 20)):
                    raise self._death()
                self._buffer += more
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        return line

    def _death(self) -> ReaderDied:
        assert self._process is not None
        try:
            status = self._process.wait(5)
        except subprocess.TimeoutExpired:
            status = 0
        if status == -signal.SIGXCPU:
            reason = "time"
        elif status in (worker.OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGKILL):
            reason = "memory"  # a native parser that gets no memory aborts; the system's own guard kills
        else:
            reason = "crash"
        log.warning("reading process ended with status %s", status)
        return ReaderDied(_sentence(reason, self), reason)

    def _kill(self) -> None:
        process, self._process = self._process, None
        self._buffer.clear()
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()


@cache
def _starter() -> ThreadPoolExecutor:
    """The one thread that starts processes: the system ends a process with the thread that made it."""
    return ThreadPoolExecutor(1, "reader-start")


def _environment() -> dict[str, str]:
    """The settings in force, for a process that was started under others."""
    return {name: value for name, value in os.environ.items() if name.startswith(worker.SETTINGS)}


def _sentence(reason: str, reader: Reader) -> Text:
    if reason == "memory":
        return text(
            "This file needs more memory than the {limit} MB allowed. Split it, or save it as CSV, and retry.",
            limit=reader.memory // MIB,
        )
    if reason == "time":
        return text("This file took longer to read than allowed. Split it, or save it as CSV, and retry.")
    return text(
        "This file cannot be read: it is damaged or written in an unknown way. Save it again, or as CSV, and retry."
    )
