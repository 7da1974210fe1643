"""Branches of a franchise. One exists by default and stays invisible until there is a second."""

from sqlmodel import Field, SQLModel

MAIN_BRANCH = 1


class Branch(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=120)
