"""Contact numbers: running, given by the system, never changed, never used twice."""

from sqlalchemy import update
from sqlmodel import Session, col

from crm_app.models import Counter


def take(session: Session, count: int = 1) -> int:
    """Reserves a block of `count` numbers and returns the first."""
    last = session.execute(
        update(Counter)
        .where(col(Counter.name) == "contact")
        .values(value=col(Counter.value) + count)
        .returning(col(Counter.value))
    ).scalar_one()
    return int(last) - count + 1
