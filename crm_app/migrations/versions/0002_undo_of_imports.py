"""Undo of imports

Columns that must not be null get a default in the database, for the imports that are there already. Neither table is
rebuilt: on SQLite, adding a column changes no row.
"""

import sqlalchemy as sa
from alembic import op

import crm_app.models.base

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("import", schema=None) as batch_op:
        batch_op.add_column(sa.Column("newest_tag", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("undone_row", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("undone_at", crm_app.models.base.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("undo_counts", sa.JSON(), nullable=False, server_default="{}"))

    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.add_column(sa.Column("undone", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.drop_column("undone")

    with op.batch_alter_table("import", schema=None) as batch_op:
        batch_op.drop_column("undo_counts")
        batch_op.drop_column("undone_at")
        batch_op.drop_column("undone_row")
        batch_op.drop_column("newest_tag")
