"""Statuses, tags and own fields that can be removed and come back

New columns with defaults in the database; no table is rebuilt on SQLite.
"""

import sqlalchemy as sa
from alembic import op

import crm_app.models.base

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_FLAGS = {
    "required": sa.false(),
    "is_unique": sa.false(),
    "is_personal": sa.true(),
    "is_fast": sa.false(),
    "show_in_list": sa.true(),
    "show_in_card": sa.true(),
    "show_in_template": sa.true(),
    "show_in_form": sa.true(),
}


def upgrade() -> None:
    for table in ("lead_status", "tag"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("removed_at", crm_app.models.base.UTCDateTime(), nullable=True))
            batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
            batch_op.add_column(sa.Column("removed_by_id", sa.Integer(), nullable=True))

    with op.batch_alter_table("custom_field", schema=None) as batch_op:
        batch_op.add_column(sa.Column("help", sa.String(length=300), nullable=False, server_default=""))
        for name, default in _FLAGS.items():
            batch_op.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=default))
        batch_op.add_column(sa.Column("default", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("former", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("removed_at", crm_app.models.base.UTCDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("custom_field", schema=None) as batch_op:
        for name in ("removed_at", "former", "default", *reversed(_FLAGS), "help"):
            batch_op.drop_column(name)

    for table in ("tag", "lead_status"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in ("removed_by_id", "merged_into_id", "removed_at"):
                batch_op.drop_column(name)
