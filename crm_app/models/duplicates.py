"""Contacts that are probably one: what the last search found, what somebody ruled out, and what was merged."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now


class DuplicateSearch(SQLModel, table=True):
    """One search over the whole base. The newest finished one is what is shown; others are swept by the next."""

    __tablename__ = "duplicate_search"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    started_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    contacts: int = Field(default=0)
    compared: int = Field(default=0)  # comparisons made
    parameters: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class DuplicatePair(SQLModel, table=True):
    """Two contacts a search holds for one. `reasons` are [field, likeness], the strongest first."""

    __tablename__ = "duplicate_pair"

    search_id: int = Field(foreign_key="duplicate_search.id", primary_key=True, ondelete="CASCADE")
    low_id: int = Field(foreign_key="contact.id", primary_key=True, index=True, ondelete="CASCADE")
    high_id: int = Field(foreign_key="contact.id", primary_key=True, index=True, ondelete="CASCADE")
    weight: float  # log-odds in bits
    certain: bool = Field(default=False)
    reasons: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class DuplicateGroup(SQLModel, table=True):
    """Two or more contacts of one branch that are probably one; `score` is from 50 to 100."""

    __tablename__ = "duplicate_group"
    __table_args__ = (Index("ix_duplicate_group_list", "search_id", "score", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    search_id: int = Field(foreign_key="duplicate_search.id", ondelete="CASCADE")
    branch_id: int = Field(foreign_key="branch.id")
    score: int
    certain: bool = Field(default=False)


class DuplicateMember(SQLModel, table=True):
    """A contact of a group."""

    __tablename__ = "duplicate_member"

    group_id: int = Field(foreign_key="duplicate_group.id", primary_key=True, ondelete="CASCADE")
    contact_id: int = Field(foreign_key="contact.id", primary_key=True, index=True, ondelete="CASCADE")


class NotDuplicate(SQLModel, table=True):
    """Somebody said that these two are not one. By number, which is never given twice: it outlives every search."""

    __tablename__ = "not_duplicate"

    low_number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    high_number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    user_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    at: datetime = Field(default_factory=now, sa_type=UTCDateTime)


class Merge(SQLModel, table=True):
    """Contacts made into one. `changes` are what the kept one got, {field: [old, new]} as in the timeline; `added` are
    the rows that came to it from the others or went, by table, as `merging.py` writes them."""

    id: int | None = Field(default=None, primary_key=True)
    kept_id: int = Field(foreign_key="contact.id", index=True, ondelete="CASCADE")
    user_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    changes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    added: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class MergedContact(SQLModel, table=True):
    """A contact that went into another one: its old number, and all it was."""

    __tablename__ = "merged_contact"

    merge_id: int = Field(foreign_key="merge.id", primary_key=True, ondelete="CASCADE")
    number: int = Field(primary_key=True, sa_type=BigInteger, index=True, sa_column_kwargs={"autoincrement": False})
    image: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
