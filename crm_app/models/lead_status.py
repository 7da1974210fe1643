"""Statuses a lead passes through; each installation has its own."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime


class LeadStatus(SQLModel, table=True):
    """One status. A removed one stays as a row: history names it, and an undo brings it back."""

    __tablename__ = "lead_status"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    folded: str = Field(max_length=160, unique=True)
    colour: str = Field(default="gray", max_length=20)
    position: int = Field(default=0)
    is_default: bool = Field(default=False)
    is_won: bool = Field(default=False)
    is_lost: bool = Field(default=False)
    required_fields: list[Any] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )
    removed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    merged_into_id: int | None = Field(default=None)  # the status that stands for the removed one in filters
    removed_by_id: int | None = Field(default=None)  # the change (an import) that took it from its contacts
