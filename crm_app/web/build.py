"""The frontend build: made once for a set of sources and a port, then served without Node.

Reflex bakes the port into the bundle and a hash of the state tree beside it, so the key of a build covers every
source, the assets, the locks and the port.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
CLIENT = Path("build") / "client"
_PACKAGES = ROOT / "reflex.lock" / "package.json"  # its keys come out in another order each time
_SOURCES = ("crm_app", "assets", "reflex.lock/package-lock.json", "rxconfig.py", "requirements.lock")
_SUFFIXES = {".py", ".js", ".css", ".json", ".lock", ".svg", ".ico", ".png", ".webmanifest"}


def key(port: int) -> str:
    """SHA-256 of everything the build depends on."""
    digest = hashlib.sha256(f"port {port}".encode())
    for name in _SOURCES:
        top = ROOT / name
        files = sorted(top.rglob("*")) if top.is_dir() else [top]
        for path in files:
            if path.suffix in _SUFFIXES and path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def ensure(port: int, say: Callable[[str], None]) -> Path:
    """The folder of a finished build for this port, made when it is missing or old. Raises RuntimeError with the
    end of the build's output when it fails. Processes that ask at once wait for the one that builds.
    """
    with _alone():
        return _ensure(port, say)


@contextmanager
def _alone() -> Iterator[None]:
    with (ROOT / ".web.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # gone with the process, however it ends
        yield


def _ensure(port: int, say: Callable[[str], None]) -> Path:
    web = ROOT / ".web"
    stamp = web / "build-key"
    wanted = key(port)
    if (web / CLIENT).is_dir() and stamp.is_file() and stamp.read_text() == wanted:
        return web / CLIENT
    say("Building the pages (about a minute; later starts skip this) …")
    stamp.unlink(missing_ok=True)
    before = _PACKAGES.read_bytes() if _PACKAGES.is_file() else b""
    _export(port)
    if before and json.loads(before) == json.loads(_PACKAGES.read_bytes()):
        _PACKAGES.write_bytes(before)
    stamp.write_text(wanted)
    return web / CLIENT


def environment(port: int) -> dict[str, str]:
    """Variables for Reflex's tools: our Node, our registry settings, nothing sent home."""
    bin_dir = Path(sys.executable).parent
    found = {
        **os.environ,
        "PATH": f"{bin_dir}{os.pathsep}{os.environ.get('PATH', '')}",
        "CRM_PORT": str(port),
        "REFLEX_USE_NPM": "1",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "npm_config_fetch_retries": "3",
        "npm_config_omit_lockfile_registry_resolved": "true",
    }
    if "NPM_CONFIG_REGISTRY" not in found:
        answer = subprocess.run(
            [str(bin_dir / "npm"), "config", "get", "registry"], capture_output=True, text=True, env=found, check=False
        )
        if answer.returncode == 0 and answer.stdout.startswith("http"):
            found["NPM_CONFIG_REGISTRY"] = answer.stdout.strip()
    return found


def _export(port: int) -> None:
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--loglevel", "info"]
    answer = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if answer.returncode or not (ROOT / ".web" / CLIENT).is_dir():
        raise RuntimeError("The pages could not be built:\n" + "\n".join(answer.stdout.splitlines()[-40:]))
