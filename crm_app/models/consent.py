"""Who agreed to be written to: the ledger of consents, and the addresses that are never written to.

The ledger is append-only; triggers keep it so (`services/schema.py`). It refers to contacts by their number, which is
never given twice, and not by a foreign key: a contact may go, what was agreed to or refused stays.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Index, String, Text
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"


class ConsentState(StrEnum):
    """Where an address stands on a channel, in rising order; REVOKED beats all of them. NONE is never stored."""

    NONE = "none"
    IMPORTED = "imported"  # a file said so, with date and source
    SENT = "sent"  # the invitation is out
    CONFIRMED = "confirmed"
    REVOKED = "revoked"


class ConsentSource(StrEnum):
    FORM = "form"  # the person's own action
    USER = "user"
    IMPORT = "import"
    API = "api"  # another system of the house


class SuppressionReason(StrEnum):
    REVOKED = "revoked"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    ERASED = "erased"  # on request: import rows with this address are left out


class Consent(SQLModel, table=True):
    """One thing that happened to the consent of an address. `at` is when it happened, `recorded_at` when we heard.

    `group_id` is a tag marked as a newsletter group, None = whatever is sent on this channel. Erasure alone blanks
    address, norm, contact_number, ip, source_name and reason (`services/consent/erasure.py`).
    """

    __table_args__ = (Index("ix_consent_norm", "channel", "norm"),)

    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(sa_type=String, max_length=10)
    address: str = Field(max_length=500)  # as given
    norm: str = Field(max_length=500)
    group_id: int | None = Field(default=None)
    contact_number: int | None = Field(default=None, sa_type=BigInteger, index=True)
    state: str = Field(sa_type=String, max_length=10)
    at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    recorded_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    source: str = Field(sa_type=String, max_length=10)
    source_name: str = Field(default="", max_length=255)  # which form or file
    ip: str = Field(default="", max_length=60)
    user_id: int | None = Field(default=None, foreign_key="user.id")
    import_id: int | None = Field(default=None, index=True)  # no foreign key: imports are purged, the proof is not
    import_row: int | None = Field(default=None)
    text: str = Field(default="", sa_column=Column(Text, nullable=False))  # exactly what was agreed to
    text_version: str = Field(default="", max_length=40)
    reason: str = Field(default="", max_length=500)


class ConsentErasure(SQLModel, table=True):
    """Rows of the ledger whose personal columns the running transaction blanks; empty outside of it."""

    __tablename__ = "consent_erasure"

    consent_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


class Suppression(SQLModel, table=True):
    """An address that is never written to, known by a keyed hash of channel and normalised address only."""

    hash: str = Field(primary_key=True, max_length=64)
    reason: str = Field(primary_key=True, sa_type=String, max_length=12)
    at: datetime = Field(default_factory=now, sa_type=UTCDateTime)


class ConsentPolicy(SQLModel, table=True):
    """What this installation decided about consents; one row, written at the first decision."""

    __tablename__ = "consent_policy"

    id: int = Field(default=1, primary_key=True)
    imported_is_mailable: bool = Field(default=False)


class SecretKey(SQLModel, table=True):
    """Which key outside the database the hashes in it were made with; one row, written at the key's first use."""

    __tablename__ = "secret_key"

    id: int = Field(default=1, primary_key=True)
    fingerprint: str = Field(max_length=64)
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
