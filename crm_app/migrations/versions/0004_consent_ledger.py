"""Consent ledger and suppression

New tables; of what is there, only the built-in roles change: they get the new permission.
"""

from collections.abc import Callable

import sqlalchemy as sa
import sqlmodel
from alembic import op

import crm_app.models.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PERMISSION = "contacts.consent"
ROLES = ("admin", "manager")
_role = sa.table("role", sa.column("id", sa.Integer), sa.column("key", sa.String), sa.column("permissions", sa.JSON))


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, crm_app.models.base.UTCDateTime
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", text(length=500), nullable=False),
        sa.Column("norm", text(length=500), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("contact_number", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.Column("recorded_at", moment(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_name", text(length=255), nullable=False),
        sa.Column("ip", text(length=60), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("import_row", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_version", text(length=40), nullable=False),
        sa.Column("reason", text(length=500), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_consent_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_norm", "consent", ["channel", "norm"])
    op.create_index(op.f("ix_consent_contact_number"), "consent", ["contact_number"])
    op.create_index(op.f("ix_consent_import_id"), "consent", ["import_id"])
    op.create_table(
        "consent_erasure",
        sa.Column("consent_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("consent_id", name=op.f("pk_consent_erasure")),
    )
    op.create_table(
        "suppression",
        sa.Column("hash", text(length=64), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.PrimaryKeyConstraint("hash", "reason", name=op.f("pk_suppression")),
    )
    op.create_table(
        "consent_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("imported_is_mailable", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_policy")),
    )
    op.create_table(
        "secret_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", text(length=64), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_key")),
    )
    _roles(lambda permissions: sorted({*permissions, PERMISSION}))


def downgrade() -> None:
    _roles(lambda permissions: [one for one in permissions if one != PERMISSION])
    for table in ("secret_key", "consent_policy", "suppression", "consent_erasure", "consent"):
        op.drop_table(table)


def _roles(change: Callable[[list[str]], list[str]]) -> None:
    connection = op.get_bind()
    for id_, key, permissions in connection.execute(sa.select(_role.c.id, _role.c.key, _role.c.permissions)).all():
        if key in ROLES:
            connection.execute(sa.update(_role).where(_role.c.id == id_).values(permissions=change(permissions)))
