"""Serves a finished build: one granian worker, no Node, no rebuilding."""

from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from reflex_base import constants
from reflex_base.environment import environment

from crm_app import settings


def serve(web_dir: Path) -> None:
    """Runs until SIGINT or SIGTERM. `web_dir` is the folder Reflex calls `.web`."""
    found = settings.get()
    environment.REFLEX_ENV_MODE.set(constants.Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(True)
    environment.REFLEX_WEB_WORKDIR.set(web_dir)
    Granian(
        "crm_app.crm_app:app",
        factory=True,
        address=found.host,
        port=found.port,
        interface=Interfaces.ASGI,
        workers=1,
        workers_kill_timeout=10,
        log_access=False,  # addresses and query strings are personal data
    ).serve()
