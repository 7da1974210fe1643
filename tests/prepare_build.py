"""Makes the frontend build once, before the tests that serve it."""

from crm_app.web import build
from tests.e2e.server import build_port

if __name__ == "__main__":
    build.ensure(build_port(), lambda sentence: print(f"build: {sentence}", flush=True))
