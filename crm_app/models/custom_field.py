"""Fields an installation adds to its contacts; values live in `Contact.custom` by key."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, String
from sqlmodel import Field, SQLModel


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
    __tablename__ = "custom_field"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=60, unique=True)
    label: str = Field(max_length=120)
    type: str = Field(default=FieldType.TEXT, sa_type=String, max_length=20)
    options: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    position: int = Field(default=0)
