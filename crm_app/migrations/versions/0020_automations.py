"""Automations, what has happened that they wait for, and their log."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.add_column("task", sa.Column("depth", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "automation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", Text(length=120), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("active_since", sa.DateTime(), nullable=True),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.String(length=12), nullable=False),
        sa.Column("value_id", sa.Integer(), nullable=True),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_automation_branch_id")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_automation_created_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automation")),
    )
    op.create_table(
        "automation_event",
        *_of_contact("automation_event"),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.create_index(op.f("ix_automation_event_contact_id"), "automation_event", ["contact_id"])
    op.create_table(
        "automation_run",
        *_of_contact("automation_run"),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("why", sa.JSON(), nullable=True),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_automation_run_log", "automation_run", ["automation_id", "id"])
    op.create_index("ix_automation_run_contact", "automation_run", ["contact_id", "automation_id", "at"])
    op.create_index("ix_automation_run_at", "automation_run", ["at"])


def downgrade() -> None:
    op.drop_table("automation_run")
    op.drop_table("automation_event")
    op.drop_table("automation")
    op.drop_column("task", "depth")


def _of_contact(table: str) -> list[sa.Column | sa.Constraint]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("automation_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("occasion", Text(length=60), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["automation_id"], ["automation.id"], name=op.f(f"fk_{table}_automation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f(f"fk_{table}_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("automation_id", "occasion", name=f"uq_{table}_occasion"),
    ]
