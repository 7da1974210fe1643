"""What contacts did with the house, as other systems report it: orders, visits, calls. No sums are kept anywhere."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Index, String, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now
from crm_app.models.branch import MAIN_BRANCH


class InteractionKind(StrEnum):
    ORDER = "order"
    VISIT = "visit"
    CALL = "call"


class Interaction(SQLModel, table=True):
    """One of them. `amount` counts the smallest units of `currency` (cents); a refund is an amount below zero.

    `external_id` is what the source calls it: within a branch and a source it stands once, so that what is sent again
    is known.
    """

    __table_args__ = (
        UniqueConstraint("branch_id", "source", "external_id"),
        Index("ix_interaction_timeline", "contact_id", "at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", ondelete="CASCADE")
    branch_id: int = Field(default=MAIN_BRANCH, foreign_key="branch.id")
    kind: str = Field(sa_type=String, max_length=10)
    source: str = Field(max_length=60)  # online shop, till, voucher: a word of whoever reports it
    at: datetime = Field(sa_type=UTCDateTime)
    description: str = Field(default="", sa_column=Column(Text, nullable=False))
    amount: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = Field(default="", max_length=3)  # ISO 4217; empty without an amount
    external_id: str | None = Field(default=None, max_length=200)
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
