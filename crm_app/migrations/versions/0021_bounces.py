"""Bounces that come later

The mailbox where returned mails arrive, and how far it was read.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString

COLUMNS = (
    sa.Column("bounce_host", Text(length=255), nullable=False, server_default=""),
    sa.Column("bounce_port", sa.Integer(), nullable=False, server_default="993"),
    sa.Column("bounce_username", Text(length=255), nullable=False, server_default=""),
    sa.Column("bounce_password", Text(length=1000), nullable=False, server_default=""),
    sa.Column("bounce_folder", Text(length=255), nullable=False, server_default="INBOX"),
    sa.Column("bounce_uid", sa.BigInteger(), nullable=False, server_default="0"),
    sa.Column("bounce_uidvalidity", sa.BigInteger(), nullable=False, server_default="0"),
    sa.Column("bounce_problem", sa.JSON(), nullable=True),
)


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("mail_server", column.copy())


def downgrade() -> None:
    with op.batch_alter_table("mail_server", schema=None) as batch_op:
        for column in COLUMNS:
            batch_op.drop_column(column.name)
