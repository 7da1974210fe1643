"""Columns of lists

A new table, and an index for the order of the last change.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "list_layout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("dense", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_list_layout_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_layout")),
        sa.UniqueConstraint("user_id", "place", name=op.f("uq_list_layout_user_id_place")),
    )
    op.create_index("ix_contact_updated_at", "contact", ["updated_at", "id", "trashed_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_contact_updated_at", "contact")
    op.drop_table("list_layout")
