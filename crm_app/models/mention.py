"""Colleagues who are named in comments."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now


class Mention(SQLModel, table=True):
    """A comment names a user."""

    comment_id: int = Field(foreign_key="comment.id", primary_key=True, ondelete="CASCADE")
    user_id: int = Field(foreign_key="user.id", primary_key=True, index=True, ondelete="CASCADE")
    at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
