"""Forms that people fill in who are no users: on a page of ours, or inside a page of the house."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, String, Text
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now
from crm_app.models.branch import MAIN_BRANCH
from crm_app.models.consent import Channel
from crm_app.models.contact import Lifecycle


class WebForm(SQLModel, table=True):
    """One form. `fields` are its questions in their order: {name, label, required}; `name` is a field of the contact.

    `text_version` counts the wordings of the consent text, so that what was agreed to can be told later.
    """

    __tablename__ = "web_form"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=32, unique=True)  # in its address
    name: str = Field(max_length=100)  # for colleagues
    branch_id: int = Field(default=MAIN_BRANCH, foreign_key="branch.id")
    title: str = Field(default="", max_length=200)
    intro: str = Field(default="", sa_column=Column(Text, nullable=False))
    fields: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    consent_text: str = Field(default="", sa_column=Column(Text, nullable=False))
    consent_channel: str = Field(default=Channel.EMAIL, sa_type=String, max_length=10)
    text_version: int = Field(default=1)
    language: str = Field(default="en", max_length=8)
    thanks: str = Field(default="", sa_column=Column(Text, nullable=False))
    tags: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # names, given to everybody
    lifecycle: str = Field(default=Lifecycle.LEAD, sa_type=String, max_length=20)  # of new contacts
    origins: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # that may embed it
    active: bool = Field(default=True)
    created_by_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
