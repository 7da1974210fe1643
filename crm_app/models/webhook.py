"""Addresses elsewhere that are told what happens here, and what is still to be told them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, String, Text
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now
from crm_app.models.branch import MAIN_BRANCH


class WebhookEvent(StrEnum):
    CONTACT_CREATED = "contact.created"
    CONTACT_CHANGED = "contact.changed"
    INTERACTION_RECORDED = "interaction.recorded"
    FORM_FILLED = "form.filled"
    ENROLMENT_CREATED = "enrolment.created"
    ENROLMENT_CHANGED = "enrolment.changed"  # status, days of access or offer
    PAYMENT_RECORDED = "payment.recorded"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


class Webhook(SQLModel, table=True):
    """One address and the events it is told of. What signs them is made of `key` and the key outside the database."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=32, unique=True)
    url: str = Field(max_length=500)
    events: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    branch_id: int = Field(default=MAIN_BRANCH, foreign_key="branch.id")
    created_by_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class WebhookDelivery(SQLModel, table=True):
    """One event for one address. `body` names contacts by number and holds nothing personal."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index("ix_webhook_delivery_due", "state", "due_at"),)

    id: int | None = Field(default=None, primary_key=True)
    webhook_id: int = Field(foreign_key="webhook.id", index=True, ondelete="CASCADE")
    body: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(default=DeliveryState.WAITING, sa_type=String, max_length=10)
    due_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    attempts: int = Field(default=0)
    answer: str = Field(default="", max_length=200)  # the status, or the English words of why there was none
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
