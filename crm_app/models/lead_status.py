"""Statuses a lead passes through; each installation has its own."""

from sqlmodel import Field, SQLModel


class LeadStatus(SQLModel, table=True):
    __tablename__ = "lead_status"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    folded: str = Field(max_length=160, unique=True)
    colour: str = Field(default="gray", max_length=20)
    position: int = Field(default=0)
    is_default: bool = Field(default=False)
    is_won: bool = Field(default=False)
    is_lost: bool = Field(default=False)
