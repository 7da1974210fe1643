"""Keys of programs that come in by the HTTP API, and what they were answered, so that nothing happens twice."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now
from crm_app.models.branch import MAIN_BRANCH


class ApiScope(StrEnum):
    """What a token is for."""

    CONTACTS_READ = "contacts:read"
    CONTACTS_WRITE = "contacts:write"
    INTERACTIONS_WRITE = "interactions:write"
    TAGS_READ = "tags:read"
    TAGS_WRITE = "tags:write"
    CONSENT_WRITE = "consent:write"


class ApiToken(SQLModel, table=True):
    """One integration. Only the SHA-256 of its token is stored. `key` names it in addresses and is no secret."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=32, unique=True)
    name: str = Field(max_length=100)
    token_hash: str = Field(max_length=64, unique=True)
    scopes: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    branch_id: int = Field(default=MAIN_BRANCH, foreign_key="branch.id")
    created_by_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ApiReply(SQLModel, table=True):
    """What a request was answered that named itself with a key: asked again, it gets the same. It goes with the
    contact it tells of.
    """

    __tablename__ = "api_reply"

    token_id: int = Field(foreign_key="api_token.id", primary_key=True, ondelete="CASCADE")
    key: str = Field(primary_key=True, max_length=200)
    request_hash: str = Field(max_length=64)
    status: int = Field(default=200)
    body: str = Field(default="", sa_column=Column(Text, nullable=False))
    contact_id: int | None = Field(default=None, foreign_key="contact.id", index=True, ondelete="CASCADE")
    at: datetime = Field(default_factory=now, sa_type=UTCDateTime, index=True)
