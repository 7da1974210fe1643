"""Mapping presets

A new table; nothing that is there changes.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import crm_app.models.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mapping_preset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", crm_app.models.base.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_mapping_preset_branch_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_mapping_preset_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mapping_preset")),
    )
    with op.batch_alter_table("mapping_preset", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mapping_preset_branch_id"), ["branch_id"], unique=False)


def downgrade() -> None:
    op.drop_table("mapping_preset")
