"""Whether something is planned with a contact: an open task, or an event that is still to come."""

from sqlalchemy import ColumnElement, exists, false, or_
from sqlmodel import Session, col

from crm_app.locales import text
from crm_app.models import CalendarEvent, Contact, Task
from crm_app.services.filters import subjects
from crm_app.services.filters.operators import Kind
from crm_app.services.filters.questions import Question, Subject
from crm_app.services.filters.tree import Condition

SUBJECT = "next_step"
NONE = Condition(SUBJECT, "no")


def _planned(_session: Session, asked: Question) -> ColumnElement[bool]:
    if asked.operator == "empty":
        return false()  # it is always known
    task = exists().where(
        col(Task.contact_id) == col(Contact.id), col(Task.done_at).is_(None), col(Task.removed_at).is_(None)
    )
    event = exists().where(
        col(CalendarEvent.contact_id) == col(Contact.id),
        col(CalendarEvent.removed_at).is_(None),
        col(CalendarEvent.ends_on) >= asked.asker.today,
    )
    planned = or_(task, event)
    return planned if asked.operator == "yes" else ~planned


subjects.register(Subject(SUBJECT, text("Next step planned"), Kind.YES_NO, subjects.FieldGroup.CRM, _planned))
