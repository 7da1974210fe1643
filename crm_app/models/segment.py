"""Segments: filters of the contact list kept under a name."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, String
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now
from crm_app.models.branch import MAIN_BRANCH


class Sharing(StrEnum):
    """Who sees a segment beside its maker."""

    ME = "me"  # nobody else
    CHOSEN = "chosen"  # the colleagues in `shared_with`
    ALL = "all"  # everybody in the branch


class Segment(SQLModel, table=True):
    """A saved `ContactFilter`: who belongs to it is asked anew each time. A hand-picked one asks for its members."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    filter: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))  # as its URL has it
    is_picked: bool = Field(default=False)
    sharing: str = Field(default=Sharing.ME, sa_type=String, max_length=10)
    shared_with: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # ids of users
    branch_id: int = Field(default=MAIN_BRANCH, foreign_key="branch.id", index=True)
    user_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    changed_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)


class SegmentContact(SQLModel, table=True):
    """A contact somebody put into a hand-picked segment."""

    __tablename__ = "segment_contact"
    __table_args__ = (Index("ix_segment_contact_contact_id", "contact_id"),)

    segment_id: int = Field(foreign_key="segment.id", primary_key=True, ondelete="CASCADE")
    contact_id: int = Field(foreign_key="contact.id", primary_key=True, ondelete="CASCADE")
