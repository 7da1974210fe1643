"""Counting by the index

What every list asks for stands at the end of the indexes by lifecycle, status and owner.
"""

from alembic import op
from sqlalchemy import text

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ASKED = ["trashed_at", "active", "branch_id"]
COLUMNS = ("lifecycle", "status_id", "owner_id")


def upgrade() -> None:
    _make(ASKED)


def downgrade() -> None:
    _make(["trashed_at"])


def _make(asked: list[str]) -> None:
    for column in COLUMNS:
        op.drop_index(f"ix_contact_{column}", table_name="contact")
        filled = None if column == "lifecycle" else text(f"{column} IS NOT NULL")
        columns = [column, "sort_name", "id", *asked]
        op.create_index(f"ix_contact_{column}", "contact", columns, sqlite_where=filled, postgresql_where=filled)
