"""Newsletter groups: tags that people agree to by themselves. A consent names the group by the tag's id."""

from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Tag
from crm_app.services.errors import NotFound


def listing(session: Session) -> list[Tag]:
    """The groups by name; removed tags are not among them."""
    query = select(Tag).where(col(Tag.is_group), col(Tag.removed_at).is_(None))
    return list(session.exec(query.order_by(Tag.folded)).all())


def get(session: Session, group_id: int) -> Tag:
    """Raises NotFound for a tag that is missing, removed or no group."""
    found = session.get(Tag, group_id)
    if found is None or not found.is_group or found.removed_at is not None:
        raise NotFound(text("There is no such newsletter group."))
    return found
