"""What people choose from: statuses and colleagues, in the order in which lists show them."""

from sqlmodel import Session, col, select

from crm_app.models import LeadStatus, User
from crm_app.services.actor import Actor


def statuses(session: Session) -> list[LeadStatus]:
    """All lead statuses in their order."""
    return list(session.exec(select(LeadStatus).order_by(col(LeadStatus.position))).all())


def colleagues(session: Session, actor: Actor) -> list[User]:
    """The active users of the actor's branches, by name."""
    query = select(User).where(col(User.active)).order_by(User.name)
    if actor.branch_ids is not None:
        query = query.where(col(User.branch_id).in_(actor.branch_ids))
    return list(session.exec(query).all())
