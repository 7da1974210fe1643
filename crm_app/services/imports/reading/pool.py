"""Reading processes that outlive a job: to start one takes seconds, to read a small file a fraction of one."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from crm_app import settings
from crm_app.services.imports.reading.child import Reader

MOST_IDLE = 2
IDLE_SECONDS = 600.0

_lock = threading.Lock()
_idle: list[tuple[Reader, float]] = []  # the one used last comes last, each with the time it was put here


@contextmanager
def reader() -> Iterator[Reader]:
    """A reading process for one job. It is kept for the next one unless it ended or grew too large."""
    taken = _take() or Reader()
    try:
        yield taken
    finally:
        _put(taken)


def warm() -> None:
    """Sees that a process is there, or on its way, before a file comes."""
    with _lock:
        if _idle:
            return
    made = Reader()
    made.warm()
    _put(made)


def tidy(older_than: float = IDLE_SECONDS) -> None:
    """Ends processes nobody needed for so many seconds."""
    until = time.monotonic() - older_than
    with _lock:
        ended = [made for made, since in _idle if since <= until]
        _idle[:] = [(made, since) for made, since in _idle if since > until]
    for made in ended:
        made.close()


def _take() -> Reader | None:
    limits = settings.get().reader_memory, settings.get().reader_cpu_seconds
    while True:
        with _lock:
            if not _idle:
                return None
            taken, _ = _idle.pop()
        if taken.pid is not None and (taken.memory, taken.cpu_seconds) == limits:
            return taken
        taken.close()


def _put(given: Reader) -> None:
    with _lock:
        is_kept = given.pid is not None and len(_idle) < MOST_IDLE
        if is_kept:
            _idle.append((given, time.monotonic()))
    if not is_kept:
        given.close()
