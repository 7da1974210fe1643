"""Who may come in: users, roles, sessions, one-time links and the log of sign-ins."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, String
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now
from crm_app.models.branch import MAIN_BRANCH


class Sight(StrEnum):
    """Which contacts of the branches somebody sees."""

    ALL = "all"
    TEAM = "team"  # those whose owner is in the own team
    OWN = "own"  # those one is the owner of


class Role(SQLModel, table=True):
    """Permissions as data; `rank` orders roles, nobody grants one above their own. Built-in ones have no `name`."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=40, unique=True)
    name: str = Field(default="", max_length=60)
    sight: str = Field(default=Sight.ALL, sa_type=String, max_length=4)
    rank: int = Field(default=0)
    permissions: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class Team(SQLModel, table=True):
    """Users of a branch who may see each other's contacts, where their role says so."""

    id: int | None = Field(default=None, primary_key=True)
    branch_id: int = Field(default=MAIN_BRANCH, foreign_key="branch.id")
    name: str = Field(max_length=60)


class User(SQLModel, table=True):
    """`totp_secret` is sealed; `totp_at`: since when the second factor is asked for; `totp_step`: the last one used."""

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=254, unique=True)  # lower case
    name: str = Field(max_length=120)
    password_hash: str | None = Field(default=None, max_length=200)
    role_id: int = Field(foreign_key="role.id")
    branch_id: int = Field(default=MAIN_BRANCH, foreign_key="branch.id")
    team_id: int | None = Field(default=None, index=True)  # teams.remove takes them out
    language: str = Field(default="en", max_length=8)
    timezone: str = Field(default="UTC", max_length=60)
    mail_notices: bool = Field(default=True)  # what the bell tells comes by mail too
    active: bool = Field(default=True)
    totp_secret: str = Field(default="", max_length=1000)
    totp_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    totp_step: int = Field(default=0)
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)

    @property
    def has_second_factor(self) -> bool:
        return self.totp_at is not None


class RecoveryCode(SQLModel, table=True):
    """Stands in for the second factor once. Only a hash of it is stored."""

    __tablename__ = "recovery_code"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    code_hash: str = Field(max_length=64)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class UserSession(SQLModel, table=True):
    """A signed-in browser. Only the SHA-256 of the cookie is stored."""

    __tablename__ = "user_session"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    seen_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    ip: str = Field(default="", max_length=60)
    user_agent: str = Field(default="", max_length=300)


class LinkPurpose(StrEnum):
    SETUP = "setup"
    SIGN_IN = "sign_in"
    INVITE = "invite"
    RESET = "reset"
    SECOND_FACTOR = "second_factor"  # the password was right


class OneTimeLink(SQLModel, table=True):
    """A link that works once. Only the SHA-256 of its token is stored."""

    __tablename__ = "one_time_link"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    purpose: str = Field(sa_type=String, max_length=20)
    user_id: int | None = Field(default=None, foreign_key="user.id", ondelete="CASCADE")
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class LoginOutcome(StrEnum):
    OK = "ok"
    WRONG = "wrong"
    THROTTLED = "throttled"
    DISABLED = "disabled"
    LINK = "link"
    LOGOUT = "logout"
    CODE_WRONG = "code_wrong"


class LoginEvent(SQLModel, table=True):
    """Append-only log of sign-ins (K16). `account` is what was typed, hashed unless it is a user's."""

    __tablename__ = "login_event"
    __table_args__ = (Index("ix_login_event_throttle", "account", "ip", "at"), Index("ix_login_event_ip", "ip", "at"))

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    account: str = Field(max_length=64)  # SHA-256 of the lower-case address: an unknown one may be somebody's typo
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True, ondelete="SET NULL")
    ip: str = Field(default="", max_length=60)
    outcome: str = Field(sa_type=String, max_length=20)
