"""Imports that go on: failed rows brought back, sheets fetched again

Neither table is rebuilt, and no row changes. The ids need no foreign key: the imports they name have written contacts,
and those are never deleted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("import", schema=None) as batch_op:
        batch_op.add_column(sa.Column("continues_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("follows_id", sa.Integer(), nullable=True))

    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.add_column(sa.Column("through", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.drop_column("through")

    with op.batch_alter_table("import", schema=None) as batch_op:
        batch_op.drop_column("follows_id")
        batch_op.drop_column("continues_id")
