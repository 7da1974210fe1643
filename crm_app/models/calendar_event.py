"""What stands in the calendar, and the secret address under which a calendar program reads it."""

from datetime import date, datetime, time

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now


class CalendarEvent(SQLModel, table=True):
    """From a day and time to another, by the clock of the installation's time zone; without times for whole days.

    `ends_on` is its last day.
    """

    __tablename__ = "calendar_event"
    __table_args__ = (
        Index("ix_calendar_event_days", "starts_on", "ends_on"),
        Index("ix_calendar_event_contact", "contact_id", "starts_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    created_by_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    contact_id: int | None = Field(default=None, foreign_key="contact.id", ondelete="CASCADE")
    title: str = Field(max_length=200)
    place: str = Field(default="", max_length=200)
    description: str = Field(default="", sa_column=Column(Text, nullable=False))
    starts_on: date
    starts_at: time | None = None
    ends_on: date
    ends_at: time | None = None
    remind_before: int | None = None  # minutes
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)

    @property
    def is_all_day(self) -> bool:
        return self.starts_at is None


class CalendarEventPerson(SQLModel, table=True):
    """A user who takes part."""

    __tablename__ = "calendar_event_person"

    event_id: int = Field(foreign_key="calendar_event.id", primary_key=True, ondelete="CASCADE")
    user_id: int = Field(foreign_key="user.id", primary_key=True, index=True, ondelete="CASCADE")


class CalendarFeed(SQLModel, table=True):
    """A user's secret address. Only the SHA-256 of its token is stored."""

    __tablename__ = "calendar_feed"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", unique=True, ondelete="CASCADE")
    token_hash: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
