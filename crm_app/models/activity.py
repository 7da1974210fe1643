"""What happened: the timeline of a contact, and the audit of the installation. Append-only."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, String
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now


class ActivityKind(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"
    TRASHED = "trashed"
    RESTORED = "restored"
    MERGED = "merged"  # others went into this contact
    UNMERGED = "unmerged"
    RELATED = "related"  # to another contact, which is named by its number
    UNRELATED = "unrelated"
    UNSUPPRESSED = "unsuppressed"  # an address may be written to again
    FORM_FILLED = "form_filled"  # what somebody answered stands in the entry


class Activity(SQLModel, table=True):
    """One entry of a contact's timeline. Imports are not written here: ImportRow is their entry."""

    __table_args__ = (Index("ix_activity_timeline", "contact_id", "at", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", ondelete="CASCADE")
    kind: str = Field(sa_type=String, max_length=20)
    at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    user_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    source: str = Field(default="", max_length=60)
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class AuditEntry(SQLModel, table=True):
    """Who did what to the installation, with counts and never with personal data."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=now, sa_type=UTCDateTime, index=True)
    user_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    actor: str = Field(max_length=120)
    action: str = Field(max_length=60)
    ip: str = Field(default="", max_length=60)
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
