"""Whole files only, and how long files and undo data of imports stay

New columns with defaults in the database; what is there stays as it is. Neither table is rebuilt on SQLite.
"""

import sqlalchemy as sa
from alembic import op

import crm_app.models.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("installation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("only_whole_files", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("file_days", sa.Integer(), nullable=False, server_default="90"))
        batch_op.add_column(sa.Column("undo_days", sa.Integer(), nullable=False, server_default="365"))

    with op.batch_alter_table("import", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed_at", crm_app.models.base.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("purged_at", crm_app.models.base.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("undo_purged_at", crm_app.models.base.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("undo_purged_row", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("import", schema=None) as batch_op:
        batch_op.drop_column("undo_purged_row")
        batch_op.drop_column("undo_purged_at")
        batch_op.drop_column("purged_at")
        batch_op.drop_column("changed_at")

    with op.batch_alter_table("installation", schema=None) as batch_op:
        batch_op.drop_column("undo_days")
        batch_op.drop_column("file_days")
        batch_op.drop_column("only_whole_files")
