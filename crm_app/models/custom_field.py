"""Fields an installation adds to its contacts; values live in `Contact.custom` by key."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, String
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime


class FieldType(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    PHONE = "phone"
    EMAIL = "email"
    LINK = "link"


class CustomField(SQLModel, table=True):
    """One own field. Removed, it stays with its values for thirty days and can come back."""

    __tablename__ = "custom_field"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=60, unique=True)
    label: str = Field(max_length=120)
    type: str = Field(default=FieldType.TEXT, sa_type=String, max_length=20)
    options: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    position: int = Field(default=0)
    help: str = Field(default="", max_length=300)
    required: bool = Field(default=False)
    is_unique: bool = Field(default=False)  # no two contacts of a branch hold the same value
    is_personal: bool = Field(default=True)  # says something about a person
    is_fast: bool = Field(default=False)  # has an index of its own
    show_in_list: bool = Field(default=True)  # offered as a column
    show_in_card: bool = Field(default=True)
    show_in_template: bool = Field(default=True)
    show_in_form: bool = Field(default=True)
    default: Any = Field(default=None, sa_column=Column(JSON))  # of new contacts, as `Contact.custom` has it
    former: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )  # choice → what it is now
    removed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
