"""Tags: categories given to contacts; franchise-wide ones come from the head office."""

from sqlmodel import Field, Index, SQLModel


class Tag(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=100)
    folded: str = Field(max_length=200, unique=True)  # the name without case and accents: one tag a word
    is_franchise: bool = Field(default=False)


class ContactTag(SQLModel, table=True):
    __tablename__ = "contact_tag"
    __table_args__ = (Index("ix_contact_tag_tag_id", "tag_id", "contact_id"),)

    contact_id: int = Field(foreign_key="contact.id", primary_key=True, ondelete="CASCADE")
    tag_id: int = Field(foreign_key="tag.id", primary_key=True, ondelete="CASCADE")
