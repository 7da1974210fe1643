"""Messages: what goes out, what it is made from, and what it goes out by."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now
from crm_app.models.branch import MAIN_BRANCH


class MessageKind(StrEnum):
    SINGLE = "single"  # written to one contact
    CAMPAIGN = "campaign"
    INVITATION = "invitation"  # asks whether the address may be written to
    NOTICE = "notice"  # tells a user what the bell tells
    TEST = "test"
    USER_INVITE = "user_invite"  # gives a user a link to the first password
    USER_RESET = "user_reset"


class MessageState(StrEnum):
    PLANNED = "planned"  # of a campaign that has not begun
    LEFT_OUT = "left_out"  # is not sent, and why
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"  # may have gone out; never sent again unasked
    CANCELLED = "cancelled"  # taken back before it went out


class LeftOut(StrEnum):
    """Why a contact gets no message."""

    NO_ADDRESS = "no_address"
    NO_CONSENT = "no_consent"
    SUPPRESSED = "suppressed"
    INACTIVE = "inactive"
    GONE = "gone"  # in the trash, or elsewhere by now
    OTHER_ADDRESS = "other_address"  # the contact has another one by now
    SAME_ADDRESS = "same_address"  # another contact of the campaign has it


class Via(StrEnum):
    """What a message went out by."""

    SMTP = "smtp"
    FOLDER = "folder"  # no mail server is set: nothing left this machine
    SMS = "sms"


_GOES = sql("campaign_id IS NOT NULL AND state <> 'left_out'")


class Message(SQLModel, table=True):
    """One message to one address: the outbox, and later the proof. `contact_id` goes with its contact.

    Made from a `MessageText` where there is one, and from `subject` and `body` as they stand otherwise; both hold what
    went out once it did. `agreed` is what an invitation asks for, word for word. `priority` 0 goes before 1; `next_at`
    is when it may be tried.
    """

    __table_args__ = (
        Index("ix_message_due", "state", "priority", "next_at", "id"),
        Index("ix_message_campaign", "campaign_id", "state", "reason", "id"),
        Index("ix_message_timeline", "contact_id", "ended_at", "id"),
        Index("ix_message_ended", "ended_at"),
        # Of one campaign an address gets one message, whatever happens to two workers at once.
        Index(
            "uq_message_campaign_norm", "campaign_id", "norm", unique=True, sqlite_where=_GOES, postgresql_where=_GOES
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(sa_type=String, max_length=12)
    channel: str = Field(sa_type=String, max_length=10)
    state: str = Field(default=MessageState.QUEUED, sa_type=String, max_length=12)
    reason: str = Field(default="", max_length=20)  # a LeftOut
    contact_id: int | None = Field(default=None, foreign_key="contact.id", ondelete="CASCADE")
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", ondelete="CASCADE")
    text_id: int | None = Field(default=None, foreign_key="message_text.id")
    author_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    group_id: int | None = Field(default=None)  # of consent, as in the ledger
    is_newsletter: bool = Field(default=False)  # as its template was when it was made
    address: str = Field(default="", max_length=500)
    norm: str = Field(default="", max_length=500)
    language: str = Field(default="en", max_length=8)
    subject: str = Field(default="", max_length=300)
    body: str = Field(default="", sa_column=Column(Text, nullable=False))
    agreed: str = Field(default="", sa_column=Column(Text, nullable=False))
    agreed_version: str = Field(default="", max_length=40)
    message_id: str = Field(default="", max_length=120, index=True)  # the header of that name
    priority: int = Field(default=0)
    attempts: int = Field(default=0)
    next_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    claimed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    via: str = Field(default="", max_length=10)
    error: list[Any] | None = Field(default=None, sa_column=Column(JSON))  # a Text
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    opened_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # where the installation counts it
    clicked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class MessageTemplate(SQLModel, table=True):
    """What messages are made from; its words are `MessageText` rows. A removed one stays as a row."""

    __tablename__ = "message_template"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=100)
    folded: str = Field(max_length=200, index=True)
    branch_id: int = Field(default=MAIN_BRANCH)
    channel: str = Field(sa_type=String, max_length=10)
    is_newsletter: bool = Field(default=True)  # asks for consent and carries a way out; otherwise a service message
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class MessageText(SQLModel, table=True):
    """A template's words in one language. Never changed: each saving is a version, the newest counts."""

    __tablename__ = "message_text"
    __table_args__ = (UniqueConstraint("template_id", "language", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    template_id: int = Field(foreign_key="message_template.id")
    language: str = Field(max_length=8)
    version: int = Field(default=1)
    subject: str = Field(default="", max_length=300)
    body: str = Field(sa_column=Column(Text, nullable=False))
    user_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    at: datetime = Field(default_factory=now, sa_type=UTCDateTime)


class CampaignState(StrEnum):
    DRAFT = "draft"
    PREPARING = "preparing"  # who gets it is being worked out
    PREPARED = "prepared"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


class Campaign(SQLModel, table=True):
    """One template to the contacts of one filter. `params` are the filter's, as its URL has them."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=120)
    branch_id: int = Field(default=MAIN_BRANCH, foreign_key="branch.id")
    template_id: int | None = Field(default=None, foreign_key="message_template.id")
    group_id: int | None = Field(default=None)
    params: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    state: str = Field(default=CampaignState.DRAFT, sa_type=String, max_length=12)
    job_id: int | None = Field(default=None)  # that works out, or worked out, who gets it
    author_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    prepared_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    scheduled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Security(StrEnum):
    """How a connection to the mail server is kept from others."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class MailServer(SQLModel, table=True):
    """What messages go out by; one row, written when somebody sets it. Without a host they stay in a folder.

    `password`, `sms_url` and `bounce_password` are sealed with the key outside the database. `problem` is a Text: why
    nothing goes out. `bounce_…` is the mailbox where mails come back, without a host none: `bounce_uid` is the last one
    looked at, as long as the mailbox says `bounce_uidvalidity`; `bounce_problem` a Text: why it cannot be read.
    """

    __tablename__ = "mail_server"

    id: int = Field(default=1, primary_key=True)
    host: str = Field(default="", max_length=255)
    port: int = Field(default=587)
    security: str = Field(default=Security.STARTTLS, sa_type=String, max_length=10)
    username: str = Field(default="", max_length=255)
    password: str = Field(default="", max_length=1000)
    from_name: str = Field(default="", max_length=120)
    from_address: str = Field(default="", max_length=254)
    reply_to: str = Field(default="", max_length=254)
    imprint: str = Field(default="", max_length=1000)  # under every message: who writes, and where they are
    per_minute: int = Field(default=60)
    tracks: bool = Field(default=False)  # who opens newsletters and follows their links
    sms_url: str = Field(default="", max_length=2000)
    problem: list[Any] | None = Field(default=None, sa_column=Column(JSON))
    problem_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    bounce_host: str = Field(default="", max_length=255)
    bounce_port: int = Field(default=993)
    bounce_username: str = Field(default="", max_length=255)
    bounce_password: str = Field(default="", max_length=1000)
    bounce_folder: str = Field(default="INBOX", max_length=255)
    bounce_uid: int = Field(default=0, sa_type=BigInteger)
    bounce_uidvalidity: int = Field(default=0, sa_type=BigInteger)
    bounce_problem: list[Any] | None = Field(default=None, sa_column=Column(JSON))


class LinkUse(StrEnum):
    CONFIRM = "confirm"  # works once
    PREFERENCES = "preferences"  # of a message: to opt out and to choose, as often as wanted


class ConsentLink(SQLModel, table=True):
    """What a link in a message leads to. Only the SHA-256 of its token is stored; it outlives its contact."""

    __tablename__ = "consent_link"
    __table_args__ = (Index("ix_consent_link_norm", "channel", "norm"),)

    token_hash: str = Field(primary_key=True, max_length=64)
    use: str = Field(sa_type=String, max_length=12)
    channel: str = Field(sa_type=String, max_length=10)
    address: str = Field(max_length=500)
    norm: str = Field(max_length=500)
    group_id: int | None = Field(default=None)
    contact_number: int | None = Field(default=None, sa_type=BigInteger, index=True)
    language: str = Field(default="en", max_length=8)
    text: str = Field(default="", sa_column=Column(Text, nullable=False))  # what is agreed to by it
    text_version: str = Field(default="", max_length=40)
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
