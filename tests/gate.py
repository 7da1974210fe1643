"""The gate: format, lint, types, tests, browser — in this order, stopping at the first that fails."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
STEPS = (
    ("format", [BIN / "ruff", "format", "--check", "--quiet", "."]),
    ("lint", [BIN / "ruff", "check", "--quiet", "."]),
    ("types", [BIN / "mypy"]),
    ("build", [sys.executable, "-m", "tests.prepare_build"]),
    ("tests", [BIN / "pytest", "-n", "2", "-m", "not browser"]),
    ("browser", [BIN / "pytest", "-n", "3", "--dist", "loadfile", "-m", "browser"]),
)


def find_chromium() -> str | None:
    """Debian's shell without windows first: it needs a fifth less of the processor."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    return os.environ.get("CRM_TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def ensure_chromium() -> None:
    """Finds Chromium, or installs Debian's package when it may; otherwise says how."""
    if find_chromium():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("gate: installing Debian's Chromium …", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
        for package in ("chromium-headless-shell", "chromium"):
            if (
                subprocess.run(["apt-get", "install", "-y", "-qq", package], check=False, env=environment).returncode
                == 0
            ):
                break
    if not find_chromium():
        sys.exit(
            "gate: the browser tests need Chromium. Install it (Debian: apt install chromium) "
            "or name it in CRM_TEST_CHROMIUM."
        )


def main() -> None:
    ensure_chromium()
    for name, command in STEPS:
        begin = monotonic()
        print(f"gate: {name} …", flush=True)
        code = subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode
        print(f"gate: {name} {'passed' if code == 0 else 'FAILED'} in {monotonic() - begin:.0f} s", flush=True)
        if code:
            sys.exit(code)


if __name__ == "__main__":
    main()
