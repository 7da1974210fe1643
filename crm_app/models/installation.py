"""What the people who run this installation chose at set-up; one row."""

from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel


class Installation(SQLModel, table=True):
    id: int = Field(default=1, primary_key=True)
    name: str = Field(default="", max_length=120)
    country: str = Field(default="DE", max_length=2)  # phone code, order of dates in doubt
    language: str = Field(default="en", max_length=8)
    timezone: str = Field(default="Europe/Berlin", max_length=60)
    currency: str = Field(default="EUR", max_length=3)
    required_fields: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # of new contacts
    only_whole_files: bool = Field(default=False)  # an import waits while a row of it cannot be taken
    file_days: int = Field(default=90)  # how long files of imports stay once they ended; 0 = without a limit
    undo_days: int = Field(default=365)  # how long imports can be undone; 0 = without a limit
    trash_days: int = Field(default=30)  # how long contacts stay in the trash; 0 = without a limit
    idle_months: int = Field(default=36)  # retention rules propose who is longer without anything; 0 = off
    lost_months: int = Field(default=24)
    inactive_months: int = Field(default=12)
    export_days: int = Field(default=7)  # how long the file of an export can be fetched; 0 = without a limit


class Counter(SQLModel, table=True):
    """Running numbers that are never used twice; `contact` counts contact numbers."""

    name: str = Field(primary_key=True, max_length=40)
    value: int = Field(default=0)
