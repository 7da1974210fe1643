"""Automations: what is to be done by itself when something happens, what has happened, and what came of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now
from crm_app.models.branch import MAIN_BRANCH


class Trigger(StrEnum):
    CREATED_BY_FORM = "form"
    CREATED_BY_API = "api"
    CREATED_BY_HAND = "hand"
    CREATED_BY_IMPORT = "import"
    STATUS = "status"  # changed to this one
    TAG = "tag"  # given
    TASK_OVERDUE = "task"
    BIRTHDAY = "birthday"


class ActionKind(StrEnum):
    SEND = "send"
    TASK = "task"
    TAG = "tag"
    STATUS = "status"


class RunState(StrEnum):
    DONE = "done"
    SKIPPED = "skipped"  # nothing was to be done for this contact
    STOPPED = "stopped"  # by the guard against loops
    FAILED = "failed"


class Automation(SQLModel, table=True):
    """`value_id` is the status, tag or type of task the trigger asks for; `actions` are carried out in their order.

    `params` is a contact filter, read with the eyes of `created_by_id`: who made it, or last changed whom it is for.
    `active_since`: what was overdue before is none of its business.
    """

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=120)
    active: bool = Field(default=False)
    active_since: datetime | None = Field(default=None, sa_type=UTCDateTime)
    branch_id: int = Field(default=MAIN_BRANCH, foreign_key="branch.id")
    trigger: str = Field(default=Trigger.CREATED_BY_FORM, sa_type=String, max_length=12)
    value_id: int | None = Field(default=None)
    params: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    actions: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    created_by_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)


class AutomationEvent(SQLModel, table=True):
    """Something happened that an automation waits for; gone once it is worked off. `depth`: how many automations stand
    behind it.
    """

    __tablename__ = "automation_event"
    __table_args__ = (UniqueConstraint("automation_id", "occasion", name="uq_automation_event_occasion"),)

    id: int | None = Field(default=None, primary_key=True)
    automation_id: int = Field(foreign_key="automation.id", ondelete="CASCADE")
    contact_id: int = Field(foreign_key="contact.id", index=True, ondelete="CASCADE")
    occasion: str = Field(max_length=60)
    depth: int = Field(default=0)
    at: datetime = Field(default_factory=now, sa_type=UTCDateTime)


class AutomationRun(SQLModel, table=True):
    """What came of one event. `outcomes`: what each action was, how it ended and why; `why` is that of the whole."""

    __tablename__ = "automation_run"
    __table_args__ = (
        UniqueConstraint("automation_id", "occasion", name="uq_automation_run_occasion"),
        Index("ix_automation_run_log", "automation_id", "id"),
        Index("ix_automation_run_contact", "contact_id", "automation_id", "at"),
        Index("ix_automation_run_at", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    automation_id: int = Field(foreign_key="automation.id", ondelete="CASCADE")
    contact_id: int = Field(foreign_key="contact.id", ondelete="CASCADE")
    occasion: str = Field(max_length=60)
    depth: int = Field(default=0)
    state: str = Field(sa_type=String, max_length=8)
    why: list[Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    outcomes: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
