"""Named points where a test may kill this process, to prove that work goes on after a power cut.

`CRM_CRASH_AT=commit:inside-chunk` kills at the first passage, `…:3` at the third. Without the variable: nothing.
"""

import os
import signal

_passages: dict[str, int] = {}


def point(name: str) -> None:
    """Ends the process as `kill -9` would, when this is the passage somebody asked for."""
    wanted = os.environ.get("CRM_CRASH_AT")
    if not wanted or not wanted.startswith(name):
        return
    _passages[name] = _passages.get(name, 0) + 1
    count = wanted[len(name) :].lstrip(":") or "1"
    if count.isdigit() and _passages[name] == int(count):
        os.kill(os.getpid(), signal.SIGKILL)
