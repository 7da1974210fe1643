"""`make test-postgres`: the service tests against a PostgreSQL server of their own, on loopback, gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
WITHOUT_DATABASE = ("fields", "imports/reading", "imports/mapping")
TESTS = ["tests/services", "tests/jobs", "-m", "not sqlite_only"]
TESTS += [f"--ignore=tests/services/{name}" for name in WITHOUT_DATABASE]


def programs() -> Path:
    """The folder of PostgreSQL's programs; installs Debian's package when it may, otherwise says how."""
    if (found := _installed()) is None and shutil.which("apt-get") and os.geteuid() == 0:
        print("postgres: installing Debian's postgresql …", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
        subprocess.run(["apt-get", "install", "-y", "-qq", "postgresql"], check=False, env=environment)
        found = _installed()
    if found is None:
        sys.exit("postgres: these tests need PostgreSQL's server programs (Debian: apt install postgresql).")
    return found


def _installed() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if folders:
        return folders[-1]
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


def _as_owner(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: then as the account its package made."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]


@contextmanager
def server() -> Iterator[str]:
    """A running server; yields the URL of its maintenance database."""
    folder = Path(tempfile.mkdtemp(prefix="crm-postgres-"))
    binaries = programs()
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "check": True, "cwd": folder}
    initialise = [
        str(binaries / "initdb"),
        "-D",
        str(data),
        "-A",
        "trust",
        "-U",
        "crm",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    subprocess.run(_as_owner(initialise), **quiet)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    control = [str(binaries / "pg_ctl"), "-D", str(data), "-l", str(folder / "log"), "-w"]
    subprocess.run(_as_owner([*control, "-o", options, "start"]), **quiet)
    try:
        yield f"postgresql+psycopg://crm@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(_as_owner([*control, "-m", "immediate", "stop"]), **{**quiet, "check": False})
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    with server() as url:
        command = [sys.executable, "-m", "pytest", "-n", "2", *(sys.argv[1:] or TESTS)]
        environment = {**os.environ, "CRM_TEST_POSTGRES": url}
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    sys.exit(code)


if __name__ == "__main__":
    main()
