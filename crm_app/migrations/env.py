"""Alembic's environment: the engine comes from `services/schema.py`, the metadata from the models."""

from alembic import context
from sqlmodel import SQLModel

from crm_app import models  # noqa: F401  (registers every table)
from crm_app.services import database

engine = context.config.attributes.get("engine") or database.engine()


def is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """Leaves the derived full-text tables alone: `ensure_derived` keeps them."""
    return not (kind == "table" and (name or "").startswith("contact_search"))


with engine.connect().execution_options(begin="IMMEDIATE") as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        include_object=is_ours,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
