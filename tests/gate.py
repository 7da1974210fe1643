"""The gate: format, lint, types beside the build, tests, browser — in this order, stopping at the first that fails."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import Any

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
# Steps that need one core each go side by side.
STEPS: tuple[dict[str, list[Any]], ...] = (
    {"format": [BIN / "ruff", "format", "--check", "--quiet", "."]},
    {"lint": [BIN / "ruff", "check", "--quiet", "."]},
    {"types": [BIN / "mypy"], "build": [sys.executable, "-m", "tests.prepare_build"]},
    {"tests": [BIN / "pytest", "-n", "2", "-m", "not browser"]},
    {"browser": [BIN / "pytest", "-n", "3", "--dist", "loadfile", "-m", "browser"]},
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


def run(steps: dict[str, list[Any]]) -> bool:
    """Runs the commands at the same time; True when all passed."""
    begin = monotonic()
    print(f"gate: {' and '.join(steps)} …", flush=True)
    running = {name: subprocess.Popen([str(part) for part in command], cwd=ROOT) for name, command in steps.items()}
    passed = True
    for name, process in running.items():
        code = process.wait()
        print(f"gate: {name} {'passed' if code == 0 else 'FAILED'} in {monotonic() - begin:.0f} s", flush=True)
        passed = passed and code == 0
    return passed


def main() -> None:
    ensure_chromium()
    for steps in STEPS:
        if not run(steps):
            sys.exit(1)


if __name__ == "__main__":
    main()
