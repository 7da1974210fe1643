"""What somebody has to do, by when, and the kinds of tasks an installation knows."""

from datetime import date, datetime, time
from enum import IntEnum, StrEnum

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now


class Priority(IntEnum):
    LOW = 1
    NORMAL = 2
    HIGH = 3


class Repeat(StrEnum):
    """When a finished task comes again."""

    NONE = "none"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


class TaskType(SQLModel, table=True):
    """A kind of task. A removed one stays as a row: done tasks name it. `key` marks what the program looks for."""

    __tablename__ = "task_type"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    folded: str = Field(max_length=160, unique=True)
    icon: str = Field(default="circle-check", max_length=40)
    key: str | None = Field(default=None, max_length=20)
    position: int = Field(default=0)
    removed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Task(SQLModel, table=True):
    """Due on a day, or at a time of it, by the clock of the installation's time zone: never stored as a moment.

    `repeat_from` is the day the repetition counts from, `next_id` the task that finishing this one made; `depth` is how
    many automations stand behind it.
    """

    __table_args__ = (
        Index("ix_task_assignee", "assignee_id", "done_at", "due_day"),
        Index("ix_task_contact", "contact_id", "done_at", "due_day"),
    )

    id: int | None = Field(default=None, primary_key=True)
    assignee_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    created_by_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    type_id: int | None = Field(default=None, foreign_key="task_type.id", ondelete="SET NULL")
    contact_id: int | None = Field(default=None, foreign_key="contact.id", ondelete="CASCADE")
    title: str = Field(max_length=200)
    description: str = Field(default="", sa_column=Column(Text, nullable=False))
    due_day: date
    due_time: time | None = None
    priority: int = Field(default=Priority.NORMAL)
    repeat: str = Field(default=Repeat.NONE, max_length=10)
    repeat_from: date | None = None
    remind_before: int | None = None  # minutes
    next_id: int | None = Field(default=None, foreign_key="task.id", index=True, ondelete="SET NULL")
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    done_by_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    removed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    depth: int = Field(default=0, sa_column_kwargs={"server_default": "0"})

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.removed_at is None
