"""`python -m crm_app.migrations.new "What changes"`: a migration from the difference between models and migrations."""

import sys
import tempfile
from pathlib import Path

from alembic import command

from crm_app.services import database, schema

VERSIONS = Path(__file__).parent / "versions"


def main() -> None:
    """Migrates an empty database to the newest revision and writes the next one, numbered."""
    with tempfile.TemporaryDirectory() as folder:
        engine = database.make_engine(f"sqlite:///{folder}/empty.sqlite")
        command.upgrade(schema.config(engine), "head")
        number = len(list(VERSIONS.glob("[0-9]*.py"))) + 1
        command.revision(schema.config(engine), message=sys.argv[1], autogenerate=True, rev_id=f"{number:04}")


if __name__ == "__main__":
    main()
