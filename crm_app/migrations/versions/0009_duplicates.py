"""Duplicates: what a search found, what was ruled out, what was merged

New tables; nothing that is there changes.
"""

import sqlalchemy as sa
from alembic import op

import crm_app.models.base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duplicate_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("started_at", crm_app.models.base.UTCDateTime(), nullable=False),
        sa.Column("finished_at", crm_app.models.base.UTCDateTime(), nullable=True),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_duplicate_search_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_search")),
    )
    op.create_table(
        "not_duplicate",
        sa.Column("low_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("high_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", crm_app.models.base.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_not_duplicate_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("low_number", "high_number", name=op.f("pk_not_duplicate")),
    )
    op.create_table(
        "duplicate_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("certain", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_duplicate_group_branch_id")),
        sa.ForeignKeyConstraint(
            ["search_id"], ["duplicate_search.id"], name=op.f("fk_duplicate_group_search_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_group")),
    )
    with op.batch_alter_table("duplicate_group", schema=None) as batch_op:
        batch_op.create_index("ix_duplicate_group_list", ["search_id", "score", "id"], unique=False)

    op.create_table(
        "duplicate_pair",
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("low_id", sa.Integer(), nullable=False),
        sa.Column("high_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("certain", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["high_id"], ["contact.id"], name=op.f("fk_duplicate_pair_high_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["low_id"], ["contact.id"], name=op.f("fk_duplicate_pair_low_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["search_id"], ["duplicate_search.id"], name=op.f("fk_duplicate_pair_search_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("search_id", "low_id", "high_id", name=op.f("pk_duplicate_pair")),
    )
    with op.batch_alter_table("duplicate_pair", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duplicate_pair_high_id"), ["high_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_duplicate_pair_low_id"), ["low_id"], unique=False)

    op.create_table(
        "merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", crm_app.models.base.UTCDateTime(), nullable=False),
        sa.Column("undone_at", crm_app.models.base.UTCDateTime(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("added", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["kept_id"], ["contact.id"], name=op.f("fk_merge_kept_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_merge_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    with op.batch_alter_table("merge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merge_kept_id"), ["kept_id"], unique=False)

    op.create_table(
        "duplicate_member",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_duplicate_member_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["duplicate_group.id"], name=op.f("fk_duplicate_member_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "contact_id", name=op.f("pk_duplicate_member")),
    )
    with op.batch_alter_table("duplicate_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duplicate_member_contact_id"), ["contact_id"], unique=False)

    op.create_table(
        "merged_contact",
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("image", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["merge.id"], name=op.f("fk_merged_contact_merge_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("merge_id", "number", name=op.f("pk_merged_contact")),
    )
    with op.batch_alter_table("merged_contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merged_contact_number"), ["number"], unique=False)


def downgrade() -> None:
    for table in (
        "merged_contact",
        "duplicate_member",
        "merge",
        "duplicate_pair",
        "duplicate_group",
        "not_duplicate",
        "duplicate_search",
    ):
        op.drop_table(table)
