"""How a list stands for one user: its columns, their widths, the height of its rows."""

from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel


class ListLayout(SQLModel, table=True):
    """What a user chose for one list; no row means the usual columns."""

    __tablename__ = "list_layout"
    __table_args__ = (UniqueConstraint("user_id", "place"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE")
    place: str = Field(max_length=20)  # which list
    columns: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # [name, width], in order
    dense: bool = Field(default=False)
