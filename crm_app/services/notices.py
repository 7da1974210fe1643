"""What users are told inside the product."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, delete, func, select, update

from crm_app.locales import text
from crm_app.models import Contact, Notice, NoticeKind
from crm_app.models.base import now
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts.visibility import in_sight
from crm_app.services.errors import NotFound
from crm_app.services.messages import notice_mails

SHOWN = 30
KEPT = timedelta(days=90)


def add(
    session: Session,
    *,
    user_id: int,
    kind: NoticeKind,
    link: str = "",
    contact_id: int | None = None,
    **params: Any,
) -> Notice:
    """Tells a user something, by mail too where that is wanted; what is about a contact goes with it.

    `params` are plain JSON: the values that the text of this kind names.

    TASK_ASSIGNED: who, title, day, time · TASK_REMINDER and EVENT_REMINDER: title, day, time · MENTIONED: who, contact.
    `day` is an ISO date, `time` HH:MM or empty; `link` is an address inside the product.
    """
    made = Notice(user_id=user_id, kind=kind, params=params, link=link, contact_id=contact_id)
    session.add(made)
    session.flush()
    notice_mails.put(session, made)
    return made


def newest(session: Session, actor: Actor, limit: int = SHOWN) -> list[Notice]:
    """The actor's own, newest first; none names a contact that is out of the actor's sight by now."""
    query = select(Notice).where(Notice.user_id == actor.user_id).order_by(col(Notice.id).desc()).limit(limit)
    found = session.exec(query).all()
    about = {one.contact_id for one in found if one.kind == NoticeKind.MENTIONED}
    seen = set(session.exec(select(Contact.id).where(col(Contact.id).in_(about), *in_sight(actor)))) if about else set()
    return [one if one.contact_id in seen or one.contact_id not in about else _nameless(one) for one in found]


def unread(session: Session, user_ids: Collection[int]) -> dict[int, int]:
    """How many each of the users has not read; who has none is left out."""
    query = select(Notice.user_id, func.count()).where(col(Notice.user_id).in_(user_ids), col(Notice.read_at).is_(None))
    return dict(session.exec(query.group_by(col(Notice.user_id))).all())


def read(session: Session, actor: Actor, notice_id: int) -> Notice:
    """Marks one of the actor's as read; doing it again changes nothing. Raises NotFound."""
    query = select(Notice).where(Notice.id == notice_id, Notice.user_id == actor.user_id)
    found = session.exec(query).first()
    if found is None:
        raise NotFound(text("There is no such notice."))
    if found.read_at is None:
        found.read_at = now()
        session.add(found)
        session.flush()
    return found


def read_all(session: Session, actor: Actor) -> None:
    """Marks all of the actor's as read."""
    mine = update(Notice).where(col(Notice.user_id) == actor.user_id, col(Notice.read_at).is_(None))
    session.execute(mine.values(read_at=now()))


def _nameless(notice: Notice) -> Notice:
    return Notice(**notice.model_dump(exclude={"params"}), params={**notice.params, "contact": "…"})


def purge() -> int:
    """Deletes what is older than ninety days. Returns how many."""
    with database.transaction() as session:
        gone = session.execute(delete(Notice).where(col(Notice.created_at) < now() - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]
