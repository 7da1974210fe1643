"""Messages

The outbox, templates and campaigns, the mail server, links in messages; users may take their notices by mail.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

PERMISSION = "messages"
Text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "consent_link",
        sa.Column("token_hash", Text(length=64), nullable=False),
        sa.Column("use", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", Text(length=500), nullable=False),
        sa.Column("norm", Text(length=500), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("contact_number", sa.BigInteger(), nullable=True),
        sa.Column("language", Text(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_version", Text(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_consent_link")),
    )
    op.create_index(op.f("ix_consent_link_contact_number"), "consent_link", ["contact_number"])
    op.create_index("ix_consent_link_norm", "consent_link", ["channel", "norm"])
    op.create_table(
        "mail_server",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host", Text(length=255), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("security", sa.String(), nullable=False),
        sa.Column("username", Text(length=255), nullable=False),
        sa.Column("password", Text(length=1000), nullable=False),
        sa.Column("from_name", Text(length=120), nullable=False),
        sa.Column("from_address", Text(length=254), nullable=False),
        sa.Column("reply_to", Text(length=254), nullable=False),
        sa.Column("imprint", Text(length=1000), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("tracks", sa.Boolean(), nullable=False),
        sa.Column("sms_url", Text(length=2000), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("problem_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_server")),
    )
    op.create_table(
        "message_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", Text(length=100), nullable=False),
        sa.Column("folded", Text(length=200), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("is_newsletter", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_template")),
    )
    op.create_index(op.f("ix_message_template_folded"), "message_template", ["folded"])
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", Text(length=120), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(), nullable=True),
        sa.Column("scheduled_at", sa.DateTime(), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_campaign_author_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_campaign_branch_id")),
        sa.ForeignKeyConstraint(["template_id"], ["message_template.id"], name=op.f("fk_campaign_template_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_table(
        "message_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("language", Text(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", Text(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["template_id"], ["message_template.id"], name=op.f("fk_message_text_template_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_message_text_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_text")),
        sa.UniqueConstraint(
            "template_id", "language", "version", name=op.f("uq_message_text_template_id_language_version")
        ),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", Text(length=20), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("text_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("is_newsletter", sa.Boolean(), nullable=False),
        sa.Column("address", Text(length=500), nullable=False),
        sa.Column("norm", Text(length=500), nullable=False),
        sa.Column("language", Text(length=8), nullable=False),
        sa.Column("subject", Text(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("agreed", sa.Text(), nullable=False),
        sa.Column("agreed_version", Text(length=40), nullable=False),
        sa.Column("message_id", Text(length=120), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(), nullable=True),
        sa.Column("via", Text(length=10), nullable=False),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=True),
        sa.Column("clicked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_message_author_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_message_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_message_contact_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["text_id"], ["message_text.id"], name=op.f("fk_message_text_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_campaign", "message", ["campaign_id", "state", "reason", "id"])
    op.create_index("ix_message_due", "message", ["state", "priority", "next_at", "id"])
    op.create_index("ix_message_ended", "message", ["ended_at"])
    goes = sa.text("campaign_id IS NOT NULL AND state <> 'left_out'")
    op.create_index(
        "uq_message_campaign_norm",
        "message",
        ["campaign_id", "norm"],
        unique=True,
        sqlite_where=goes,
        postgresql_where=goes,
    )
    op.create_index(op.f("ix_message_message_id"), "message", ["message_id"])
    op.create_index("ix_message_timeline", "message", ["contact_id", "ended_at", "id"])
    op.add_column("user", sa.Column("mail_notices", sa.Boolean(), server_default=sa.true(), nullable=False))
    _grant(True)


def downgrade() -> None:
    _grant(False)
    op.drop_column("user", "mail_notices")
    op.drop_table("message")
    op.drop_table("message_text")
    op.drop_table("campaign")
    op.drop_table("message_template")
    op.drop_table("mail_server")
    op.drop_table("consent_link")


def _grant(wanted: bool) -> None:
    """Built-in roles that may do most send messages too."""
    role = sa.table("role", sa.column("key", sa.String), sa.column("permissions", sa.JSON))
    connection = op.get_bind()
    for key, held in connection.execute(sa.select(role.c.key, role.c.permissions)).all():
        if key in ("admin", "manager"):
            kept = {name for name in held if name != PERMISSION} | ({PERMISSION} if wanted else set())
            connection.execute(sa.update(role).where(role.c.key == key).values(permissions=sorted(kept)))
