"""Tags by name: found without regard to case and accents, made when they are new."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from crm_app.models import Tag
from crm_app.services import gone
from crm_app.services.folding import fold


def find(session: Session, names: Iterable[str]) -> dict[str, int]:
    """Ids of the tags that exist, by folded name."""
    folded = {fold(name) for name in names}
    rows = session.exec(select(Tag.folded, Tag.id).where(col(Tag.folded).in_(folded))).all()
    return {name: id_ for name, id_ in rows if id_ is not None}


def ensure(session: Session, names: Iterable[str]) -> dict[str, int]:
    """Ids by folded name of all `names`; missing tags are made, in the first spelling given; removed ones come back."""
    spelled = {fold(name): name.strip() for name in reversed(list(names)) if fold(name)}
    found = find(session, spelled.values())
    removed = select(Tag).where(col(Tag.id).in_(found.values()), col(Tag.removed_at).is_not(None))
    for back in session.exec(removed).all():
        gone.bring_back(session, back)
    for folded, name in spelled.items():
        if folded not in found:
            tag = Tag(name=name, folded=folded)
            session.add(tag)
            session.flush()
            assert tag.id is not None
            found[folded] = tag.id
    return found
