"""Files that people keep with a contact."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now


class Attachment(SQLModel, table=True):
    """One file, stored under the generated name `stored`; `name` is what it was called. A removed one is kept for a
    while, to be brought back.
    """

    __table_args__ = (Index("ix_attachment_timeline", "contact_id", "at", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", ondelete="CASCADE")
    user_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    name: str = Field(max_length=200)
    stored: str = Field(max_length=64, unique=True)
    media_type: str = Field(max_length=100)
    size: int = Field(default=0)
    at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
