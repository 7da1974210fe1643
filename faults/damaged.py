"""F14: the database file is damaged or may not be written. Every command says so, ends with a status of its own and
leaves the file as it is; the server does not serve.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from crm_app.web import build
from faults import places
from faults.results import Result
from faults.served import answers
from faults.served import places as folders
from tests.e2e.server import build_port

ROWS = 500
PAGE = 4096
GIVE_UP_SECONDS = 60.0
COMMANDS: dict[str, list[str]] = {
    "run": ["run"],
    "doctor": ["doctor"],
    "backup": ["backup"],
    "import": ["import", "people.csv", "--yes"],
}
SERVED = "served"


def overwrite(start: int, length: int) -> Callable[[Path], None]:
    """Puts nonsense over a part of the file."""

    def work(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(start)
            file.write(b"\xa5nonsense" * (length // 9))

    return work


def halve(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 // PAGE * PAGE)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def forbid(path: Path) -> None:
    """Nobody may write the file or into its folder."""
    path.chmod(0o400)
    path.parent.chmod(0o500)


CASES: dict[str, Callable[[Path], None]] = {
    "not a database any more": overwrite(0, PAGE),
    "schema overwritten": overwrite(100, 45),
    "pages in the middle overwritten": overwrite(20 * PAGE, 40 * PAGE),
    "cut in half": halve,
    "emptied": empty,
    "read-only": forbid,
}


def make(times: int = 1) -> Result:
    result = Result(
        "F14",
        f"database {', '.join(CASES)}; each with {', '.join(COMMANDS)}",
        "says so without a traceback, exit ≠ 0, the file unchanged",
    )
    with folders() as place:
        template = place.folder / "template"
        template.mkdir()
        places.prepare(template, ROWS)
        for _ in range(times):
            for case, spoil in CASES.items():
                for command, arguments in COMMANDS.items():
                    data = places.copied(template, place.folder / "data")
                    for said in judged(place.folder, data, spoil, arguments):
                        result.expect(False, f"{case}, `crm {command}`: {said}")
                    data.chmod(0o700)
                    shutil.rmtree(data)
                    result.times += 1
    return result


def judged(folder: Path, data: Path, spoil: Callable[[Path], None], arguments: list[str]) -> list[str]:
    """Spoils the database, runs the command; everything that is not as it should be."""
    path = data / "crm.sqlite"
    (folder / "people.csv").write_text("first_name,email\nAda,ada@example.org\n")
    data.chmod(0o700)  # so that `doctor` has nothing else to complain of
    spoil(path)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    status, output = run(folder, data, arguments)
    said = []
    if status in (0, SERVED):
        said.append(f"ended with {status}: {last_line(output)}")
    elif "Traceback" in output:
        said.append(f"a traceback: {last_line(output)}")
    elif not {"database", "Database"} & set(output.replace(":", " ").replace(".", " ").split()):
        said.append(f"says nothing of the database: {last_line(output)}")
    if hashlib.sha256(path.read_bytes()).hexdigest() != before:
        said.append("the file was changed")
    return said


def last_line(output: str) -> str:
    return (output.strip().splitlines() or ["(nothing said)"])[-1][:200]


def run(folder: Path, data: Path, arguments: list[str]) -> tuple[int | str, str]:
    """Status and output of a `crm` command; SERVED when it answers requests instead of ending."""
    port = build_port()
    if answers(port):
        raise RuntimeError(f"port {port} is in use: stop that program or set CRM_PORT")
    environment = {**build.environment(port), "CRM_DATA_DIR": str(data), "PYTHONPATH": str(build.ROOT)}
    command = [*without_override(), sys.executable, "-c", "from crm_app.cli import main; main()", *arguments]
    with (folder / "output").open("w+b") as output:
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        deadline = time.monotonic() + GIVE_UP_SECONDS
        served = False
        while process.poll() is None and not served and time.monotonic() < deadline:
            served = arguments[0] == "run" and answers(port)
            time.sleep(0.05)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    if "is in use" in text:  # the database was looked at before, and nothing was found
        served = True
    return (SERVED if served else process.returncode), text


def without_override() -> list[str]:
    """As root, rights of files do not count unless that power is given up."""
    if os.geteuid() == 0 and shutil.which("setpriv"):
        return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]
    return []
