"""Trash and hand-picked segments

Contacts in the trash stay where they are, with the moment and who; segments get members of their own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_DAYS = {"trash_days": "30", "export_days": "7"}
# Indexes of the list: they get `trashed_at` at their end, so that counting reads them alone.
_LISTS = {
    "list_name": ("branch_id", "active", "sort_name", "id"),
    "list_created": ("branch_id", "active", "created_at", "id"),
    "sort_name": ("sort_name", "id"),
    "created_at": ("created_at", "id"),
    "lifecycle": ("lifecycle", "sort_name", "id"),
    "status_id": ("status_id", "sort_name", "id"),
    "owner_id": ("owner_id", "sort_name", "id"),
}
_FILLED = ("status_id", "owner_id")


def _index_lists(more: tuple[str, ...]) -> None:
    for name, columns in _LISTS.items():
        op.drop_index(f"ix_contact_{name}", "contact")
        where = sa.text(f"{name} IS NOT NULL") if name in _FILLED else None
        options = {"sqlite_where": where, "postgresql_where": where} if where is not None else {}
        op.create_index(f"ix_contact_{name}", "contact", [*columns, *more], **options)


def upgrade() -> None:
    op.add_column("contact", sa.Column("trashed_at", sa.DateTime(), nullable=True))
    op.add_column("contact", sa.Column("trashed_by_id", sa.Integer(), nullable=True))
    filled = sa.text("trashed_at IS NOT NULL")
    op.create_index(
        "ix_contact_trashed_at", "contact", ["trashed_at", "id"], sqlite_where=filled, postgresql_where=filled
    )
    _index_lists(("trashed_at",))
    with op.batch_alter_table("installation", schema=None) as batch_op:
        for name, days in _DAYS.items():
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=days))
    with op.batch_alter_table("installation", schema=None) as batch_op:
        for name in _DAYS:
            batch_op.alter_column(name, server_default=None)
    op.add_column("segment", sa.Column("is_picked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "segment_contact",
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_segment_contact_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name=op.f("fk_segment_contact_segment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("segment_id", "contact_id", name=op.f("pk_segment_contact")),
    )
    op.create_index("ix_segment_contact_contact_id", "segment_contact", ["contact_id"])


def downgrade() -> None:
    op.drop_table("segment_contact")
    op.drop_column("segment", "is_picked")
    with op.batch_alter_table("installation", schema=None) as batch_op:
        for name in _DAYS:
            batch_op.drop_column(name)
    _index_lists(())
    op.drop_index("ix_contact_trashed_at", "contact")
    op.drop_column("contact", "trashed_by_id")
    op.drop_column("contact", "trashed_at")
