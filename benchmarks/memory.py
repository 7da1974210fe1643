"""How much memory the processes of a server take, sampled from /proc."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

SAMPLE_SECONDS = 0.2
READER = "imports.reading.worker"


def children(pid: int) -> Iterator[int]:
    """Every process below this one."""
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from children(int(child))


def resident(pid: int) -> tuple[int, int]:
    """Bytes in memory now, and the most the process ever had."""
    found = {"VmRSS": 0, "VmHWM": 0}
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name in found:
                found[name] = int(rest.split()[0]) * 1024
    return found["VmRSS"], found["VmHWM"]


class Sampler:
    """Watches a server's process tree while the block runs. Peaks in bytes by role: parent, worker, reading child."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.start: dict[str, int] = {}
        self.peak: dict[str, int] = {}
        self.together = 0  # parent and worker at the same moment, without reading children
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="memory-sampler", daemon=True)

    def __enter__(self) -> "Sampler":
        self.start = self._sample()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._sample()

    def _run(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            self._sample()

    def _sample(self) -> dict[str, int]:
        now: dict[str, int] = {}
        for pid in [self.pid, *children(self.pid)]:
            current, highest = resident(pid)
            role = self._role(pid)
            now[role] = now.get(role, 0) + current
            # A reading child is started anew for each step: its own high-water mark is the honest peak.
            self.peak[role] = max(self.peak.get(role, 0), highest if role == "reading child" else now[role])
        self.together = max(self.together, sum(size for role, size in now.items() if role != "reading child"))
        return now

    def _role(self, pid: int) -> str:
        if pid == self.pid:
            return "parent"
        with suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace")
            if READER in command:
                return "reading child"
            if "resource_tracker" in command:
                return "parent"
        return "worker"
