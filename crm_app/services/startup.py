"""Makes the data folder and its database ready, for the server and for every command."""

import os

from crm_app import settings
from crm_app.services import database, installation, schema


def make_folders() -> None:
    """Creates the data folder and the one of imports, readable by this account alone."""
    settings.get().data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.get().imports_dir.mkdir(exist_ok=True, mode=0o700)


def prepare() -> None:
    """Creates the data folder, migrates the database and writes the first rows. Safe to call at every start."""
    make_folders()
    old = os.umask(0o077)
    try:
        schema.upgrade()
    finally:
        os.umask(old)
    with database.transaction() as session:
        installation.ensure_seed(session)
