"""The reading process: takes requests from standard input, answers on standard output, and may die at any file.

Started by `child.Reader` as `python -m crm_app.services.imports.reading.worker MEMORY CPU_SECONDS`. A command is a
generator: what it yields is progress, what it returns is the result; one that returns nothing has yielded its result
last. Requests and answers are lines as in `wire`: `{"command", "payload"}` → `{"progress"}`…, then `{"result"}` or
`{"refused"}` (a sentence for the user) or `{"failed"}` (the kind of a programming error; no data of the file).
A request names the `settings` it is meant for. `{"warm"}` loads the code of all commands and is not answered.
"""

import os
import sys
from collections.abc import Callable, Generator, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from crm_app.services.errors import CRMError
from crm_app.services.imports.reading import limits, wire

Payload = dict[str, Any]
Command = Callable[[Payload], Iterator[Payload] | Generator[Payload, None, Payload | None]]

# Imported when first asked for, so that a command's module may itself import `child`.
COMMANDS: dict[str, str] = {
    "inspect": "crm_app.services.imports.inspection:run",
    "stage": "crm_app.services.imports.staging:stage",
    "check": "crm_app.services.imports.check:check",
    "similar": "crm_app.services.imports.probably_known:look",
}
SETTINGS = "CRM_"  # how the names of their environment variables begin
OUT_OF_MEMORY = 70  # exit status


def main(memory: int, cpu_seconds: int) -> None:
    """Serves requests until the parent closes the pipe."""
    limits.apply(memory)
    answers = os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)  # nothing a library prints may end up among the answers
    for line in sys.stdin.buffer:
        limits.allow_cpu(cpu_seconds)
        request = wire.decode(line)
        try:
            if "warm" in request:
                for name in COMMANDS:
                    command(name)
                continue
            _live_by(request["settings"])
            serve(request, answers)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)


def serve(request: dict[str, Any], answers: BinaryIO) -> None:
    """Runs one command and writes its answers, each flushed at once."""
    try:
        result = _run(command(request["command"])(request["payload"]), answers)
    except CRMError as error:
        _send(answers, {"refused": error.message, "resident": limits.resident()})
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - the boundary of the process: the parent hears the kind, not the data
        _send(answers, {"failed": f"{type(error).__name__} in {_where(error)}"})
    else:
        _send(answers, {"result": result, "resident": limits.resident()})


def command(name: str) -> Command:
    """The function behind a name of `COMMANDS`."""
    module, _, function = COMMANDS[name].partition(":")
    found: Command = getattr(import_module(module), function)
    return found


def _live_by(environment: dict[str, str]) -> None:
    """Takes the settings of a request; mostly they are those of the last one."""
    held = {name: value for name, value in os.environ.items() if name.startswith(SETTINGS)}
    if held == environment:
        return
    for name in held:
        del os.environ[name]
    os.environ.update(environment)
    settings, database = import_module("crm_app.settings"), import_module("crm_app.services.database")
    settings.get.cache_clear()
    database.dispose()


def _run(steps: Iterator[Payload], answers: BinaryIO) -> Payload:
    """Sends each yielded dict as progress, one behind: the last may turn out to be the result."""
    last: Payload | None = None
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            returned: Payload | None = end.value
            if returned is None:
                return last or {}
            if last is not None:
                _send(answers, {"progress": last})
            return returned
        if last is not None:
            _send(answers, {"progress": last})
        last = step


def _send(answers: BinaryIO, message: dict[str, Any]) -> None:
    answers.write(wire.encode(message))
    answers.flush()


def _where(error: BaseException) -> str:
    """Module and line that raised, for the log."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace else "?"


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
