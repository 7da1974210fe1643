"""The contact: one table for everybody, from a mere mailing address to a paying student."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, String, Text
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from crm_app.models.base import SortText, UTCDateTime, now
from crm_app.models.branch import MAIN_BRANCH


class Lifecycle(StrEnum):
    CONTACT = "contact"
    LEAD = "lead"
    CUSTOMER = "customer"


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class PointKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    LINK = "link"


class RelationKind(StrEnum):
    PARENT = "parent"
    PAYER = "payer"
    COMPANY = "company"


def filled_index(column: str, *more: str) -> Index:
    """An index without the rows that leave `column` empty: every import writes it, few fill all columns."""
    condition = sql(f"{column} IS NOT NULL")
    return Index(f"ix_contact_{column}", column, *more, sqlite_where=condition, postgresql_where=condition)


ASKED = ("trashed_at", "active", "branch_id")  # by every list


class Contact(SQLModel, table=True):
    """Master data. Primary points are copied here for lists; `version` grows with every change."""

    # At the end what every list asks for, and what is mostly asked for together: counting reads the index alone.
    __table_args__ = (
        Index("ix_contact_list_name", "branch_id", "active", "sort_name", "id", "trashed_at"),
        Index("ix_contact_list_created", "branch_id", "active", "created_at", "id", "trashed_at"),
        Index("ix_contact_sort_name", "sort_name", "id", "trashed_at"),
        Index("ix_contact_created_at", "created_at", "id", "trashed_at"),
        Index("ix_contact_updated_at", "updated_at", "id", "trashed_at"),
        Index("ix_contact_lifecycle", "lifecycle", "sort_name", "id", *ASKED, "status_id", "owner_id"),
        filled_index("status_id", "sort_name", "id", *ASKED, "lifecycle", "owner_id"),
        filled_index("owner_id", "sort_name", "id", *ASKED, "lifecycle", "status_id"),
        filled_index("external_id"),
        filled_index("trashed_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: int = Field(unique=True, sa_type=BigInteger)
    branch_id: int = Field(default=MAIN_BRANCH, foreign_key="branch.id")
    external_id: str | None = Field(default=None, max_length=200)
    salutation: str | None = Field(default=None, max_length=60)
    first_name: str | None = Field(default=None, max_length=200)
    last_name: str | None = Field(default=None, max_length=200)
    company: str | None = Field(default=None, max_length=200)
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=60)
    mobile: str | None = Field(default=None, max_length=60)
    street: str | None = Field(default=None, max_length=300)
    postal_code: str | None = Field(default=None, max_length=20)
    city: str | None = Field(default=None, max_length=200)
    province: str | None = Field(default=None, max_length=200)
    country: str | None = Field(default=None, max_length=2)
    tax_number: str | None = Field(default=None, max_length=60)
    gender: str | None = Field(default=None, max_length=10)
    birth_date: date | None = Field(default=None)
    language: str | None = Field(default=None, max_length=8)
    website: str | None = Field(default=None, max_length=500)
    social_links: str | None = Field(default=None, sa_column=Column(Text))
    lifecycle: str = Field(default=Lifecycle.CONTACT, sa_type=String, max_length=20)
    status_id: int | None = Field(default=None, foreign_key="lead_status.id")
    owner_id: int | None = Field(default=None, foreign_key="user.id")
    source: str | None = Field(default=None, max_length=120)
    notes: str | None = Field(default=None, sa_column=Column(Text))
    acquired_on: date | None = Field(default=None)
    registered_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    privacy_accepted: bool | None = Field(default=None)
    active: bool = Field(default=True)
    trashed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # in the trash: out of every list and match
    trashed_by_id: int | None = Field(default=None)  # a user; users are never deleted, so no foreign key
    custom: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    search_text: str = Field(default="", sa_column=Column(Text, nullable=False))
    sort_name: str = Field(default="", sa_type=SortText, max_length=400)
    version: int = Field(default=1)
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    updated_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)

    @property
    def full_name(self) -> str:
        """First and last name; empty when there is neither."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    @property
    def display_name(self) -> str:
        """What the contact is called in a list: name, else company, else an address, else its number."""
        return self.full_name or self.company or self.email or self.phone or self.mobile or f"#{self.number}"


class ContactPoint(SQLModel, table=True):
    """One way to reach a contact. `norm` is what is compared; it is not unique, because families share addresses."""

    __tablename__ = "contact_point"
    __table_args__ = (Index("ix_contact_point_norm", "kind", "norm"),)

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", index=True, ondelete="CASCADE")
    kind: str = Field(sa_type=String, max_length=10)
    label: str = Field(default="", max_length=60)
    value: str = Field(max_length=500)
    norm: str = Field(max_length=500)
    primary: bool = Field(default=True)


class ContactSource(SQLModel, table=True):
    """Where a contact came in from; it may come from the till, a voucher and a form."""

    __tablename__ = "contact_source"

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", index=True, ondelete="CASCADE")
    source: str = Field(max_length=120)
    external_id: str | None = Field(default=None, max_length=200)
    first_seen: datetime = Field(default_factory=now, sa_type=UTCDateTime)


class Relation(SQLModel, table=True):
    """`contact` is the parent, payer or company of `other`."""

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", index=True, ondelete="CASCADE")
    other_id: int = Field(foreign_key="contact.id", index=True, ondelete="CASCADE")
    kind: str = Field(sa_type=String, max_length=20)
