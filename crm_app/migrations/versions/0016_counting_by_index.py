"""Counting by the index

What every list asks for, and the two others, stand at the end of the indexes by lifecycle, status and owner.
"""

from alembic import op
from sqlalchemy import text

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COLUMNS = ("lifecycle", "status_id", "owner_id")


def upgrade() -> None:
    _make({column: ["active", "branch_id", *(one for one in COLUMNS if one != column)] for column in COLUMNS})


def downgrade() -> None:
    _make({column: [] for column in COLUMNS})


def _make(more: dict[str, list[str]]) -> None:
    for column in COLUMNS:
        op.drop_index(f"ix_contact_{column}", table_name="contact")
        filled = None if column == "lifecycle" else text(f"{column} IS NOT NULL")
        columns = [column, "sort_name", "id", "trashed_at", *more[column]]
        op.create_index(f"ix_contact_{column}", "contact", columns, sqlite_where=filled, postgresql_where=filled)
