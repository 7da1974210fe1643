"""Segments

A new table; nothing that is there changes.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import crm_app.models.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "segment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("sharing", sa.String(), nullable=False),
        sa.Column("shared_with", sa.JSON(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", crm_app.models.base.UTCDateTime(), nullable=False),
        sa.Column("changed_at", crm_app.models.base.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_segment_branch_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_segment_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
    )
    with op.batch_alter_table("segment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_segment_branch_id"), ["branch_id"], unique=False)


def downgrade() -> None:
    op.drop_table("segment")
