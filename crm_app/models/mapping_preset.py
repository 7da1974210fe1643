"""Presets: the choices of one import kept under a name, for the next files of the same kind."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now
from crm_app.models.branch import MAIN_BRANCH


class MappingPreset(SQLModel, table=True):
    """Which column goes where, by header, and how rows are taken. Seen by its maker, and in the branch when shared."""

    __tablename__ = "mapping_preset"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=100)
    columns: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # ColumnMapping as JSON
    options: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))  # Options as JSON
    is_shared: bool = Field(default=False)
    branch_id: int = Field(default=MAIN_BRANCH, foreign_key="branch.id", index=True)
    user_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
