"""Working through contacts one by one: how far somebody got, and whom they look at now."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now


class ReviewPlace(SQLModel, table=True):
    """Where a user stands in the contacts of one filter, which are met from the highest number down.

    `number` is shown now, `low` the furthest one reached; `trail` are those behind, the last one newest.
    """

    __tablename__ = "review_place"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE")
    key: str = Field(max_length=64)  # SHA-256 of the filter's conditions
    number: int | None = Field(default=None, sa_type=BigInteger)
    low: int | None = Field(default=None, sa_type=BigInteger)
    trail: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    seen: int = Field(default=0)
    changed_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)


class ReviewHold(SQLModel, table=True):
    """The contact a user has before them: colleagues are not given it until then."""

    __tablename__ = "review_hold"

    contact_id: int = Field(
        foreign_key="contact.id", primary_key=True, ondelete="CASCADE", sa_column_kwargs={"autoincrement": False}
    )
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    until: datetime = Field(sa_type=UTCDateTime)
