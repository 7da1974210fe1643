"""A reading process with commands that go wrong in every way. Run by test_child in place of the real one."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from crm_app import settings
from crm_app.locales import text
from crm_app.services.imports.reading import worker
from crm_app.services.imports.reading.errors import Unreadable

Payload = dict[str, Any]


def echo(payload: Payload) -> Iterator[Payload]:
    print("noise on standard output")
    yield payload


def count_and_return(payload: Payload) -> Generator[Payload, None, Payload]:
    for step in range(payload["to"]):
        yield {"done": step + 1}
    return {"total": payload["to"]}


def count_and_yield(payload: Payload) -> Iterator[Payload]:
    for step in range(payload["to"]):
        yield {"done": step + 1}
    yield {"total": payload["to"]}


def refuse(_: Payload) -> Iterator[Payload]:
    yield {}
    raise Unreadable(text("No, because of {what}.", what=text("this")))


def eat_memory(_: Payload) -> Iterator[Payload]:
    held = []
    while True:
        held.append(bytearray(64 << 20))
    yield {}


def abort(_: Payload) -> Iterator[Payload]:
    os.kill(os.getpid(), signal.SIGABRT)
    yield {}


def burn(_: Payload) -> Iterator[Payload]:
    while True:
        pass
    yield {}


def segfault(_: Payload) -> Iterator[Payload]:
    os.kill(os.getpid(), signal.SIGSEGV)
    yield {}


def raise_something(_: Payload) -> Iterator[Payload]:
    yield {"done": 0}
    raise ZeroDivisionError("with data of the file")


def sleep(_: Payload) -> Iterator[Payload]:
    time.sleep(60)
    yield {}


def work(payload: Payload) -> Iterator[Payload]:
    end = time.process_time() + payload["seconds"]
    while time.process_time() < end:
        pass
    yield {}


def facts(_: Payload) -> Iterator[Payload]:
    found = ctypes.c_int()
    ctypes.CDLL(None).prctl(2, ctypes.byref(found))
    yield {
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "death_signal": found.value,
        "reflex": "reflex" in sys.modules,
        "pid": os.getpid(),
        "data_dir": str(settings.get().data_dir),
    }


if __name__ == "__main__":
    module = "tests.services.imports.reading.misbehaving"
    names = [name for name, value in list(globals().items()) if callable(value) and value.__module__ == "__main__"]
    worker.COMMANDS.update({name: f"{module}:{name}" for name in names})
    worker.main(int(sys.argv[1]), int(sys.argv[2]))
