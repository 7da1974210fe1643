"""Tags: categories given to contacts; franchise-wide ones come from the head office."""

from datetime import datetime

from sqlmodel import Field, Index, SQLModel

from crm_app.models.base import UTCDateTime


class Tag(SQLModel, table=True):
    """One tag. A removed one stays as a row, as statuses do."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=100)
    folded: str = Field(max_length=200, unique=True)  # the name without case and accents: one tag a word
    is_franchise: bool = Field(default=False)
    is_group: bool = Field(
        default=False
    )  # a newsletter that people agree to by itself; its id is the group of consents
    removed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    merged_into_id: int | None = Field(default=None)  # the tag that stands for the removed one in filters
    removed_by_id: int | None = Field(default=None)  # the change (an import) that took it from its contacts


class ContactTag(SQLModel, table=True):
    __tablename__ = "contact_tag"
    __table_args__ = (Index("ix_contact_tag_tag_id", "tag_id", "contact_id"),)

    contact_id: int = Field(foreign_key="contact.id", primary_key=True, ondelete="CASCADE")
    tag_id: int = Field(foreign_key="tag.id", primary_key=True, ondelete="CASCADE")
