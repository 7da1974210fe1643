"""What people choose from: statuses, tags, types of tasks and colleagues, in the order in which lists show them."""

from sqlmodel import Session, col, select

from crm_app.models import LeadStatus, Tag, TaskType, User
from crm_app.services.actor import Actor


def statuses(session: Session) -> list[LeadStatus]:
    """The lead statuses in their order; removed ones are not among them."""
    query = select(LeadStatus).where(col(LeadStatus.removed_at).is_(None))
    return list(session.exec(query.order_by(col(LeadStatus.position), col(LeadStatus.id))).all())


def default_status(session: Session) -> LeadStatus | None:
    """The status of new leads of which nothing is said."""
    return next((status for status in statuses(session) if status.is_default), None)


def task_types(session: Session) -> list[TaskType]:
    """The types of tasks in their order; removed ones are not among them."""
    query = select(TaskType).where(col(TaskType.removed_at).is_(None))
    return list(session.exec(query.order_by(col(TaskType.position), col(TaskType.id))).all())


def task_type(session: Session, key: str) -> TaskType | None:
    """The type the program means by `key`; the first one where it was removed."""
    found = task_types(session)
    return next((one for one in found if one.key == key), found[0] if found else None)


def tags(session: Session, *, most: int) -> list[Tag]:
    """The tags by name; removed ones are not among them."""
    return list(session.exec(select(Tag).where(col(Tag.removed_at).is_(None)).order_by(Tag.folded).limit(most)).all())


def colleagues(session: Session, actor: Actor) -> list[User]:
    """The active users of the actor's branches, by name."""
    query = select(User).where(col(User.active)).order_by(User.name)
    if actor.branch_ids is not None:
        query = query.where(col(User.branch_id).in_(actor.branch_ids))
    return list(session.exec(query).all())
