"""Servers for the faults: one copy of the build, a data folder each."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.e2e.server import Server, copy_build, free_port


class Places:
    """A folder for everything a fault needs; servers of it share one build, so only one runs at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._port = 0
        self._made: list[Server] = []

    def server(self, data: Path, **environment: str) -> Server:
        """A server on that data, not started yet."""
        if not self._port:
            self._port = free_port()
            copy_build(self.folder / "web", self._port)
        made = Server(self.folder / "web", data, self._port, **environment)
        self._made.append(made)
        return made

    def end(self) -> None:
        """Stops what still runs; the number of a process that ended may belong to somebody else by now."""
        for server in self._made:
            if server.process is not None and server.process.poll() is None:
                server.stop()


@contextmanager
def places() -> Iterator[Places]:
    with TemporaryDirectory(prefix="faults-") as folder:
        made = Places(Path(folder))
        try:
            yield made
        finally:
            made.end()


def answers(port: int) -> bool:
    """Whether anything listens there."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
