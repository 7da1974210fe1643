"""Contacts with whom anything happened lately, of whatever kind: what retention rules and their lists ask for."""

from sqlalchemy import ColumnElement, and_, exists
from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Activity, CalendarEvent, Comment, Consent, Contact, ContactPoint, Import, ImportRow, Task
from crm_app.services.fields.registry import FieldGroup
from crm_app.services.filters import spans, subjects
from crm_app.services.filters.operators import Kind
from crm_app.services.filters.questions import Question, Subject

SUBJECT = "touched"


def by_touched(session: Session, asked: Question) -> ColumnElement[bool]:
    """Anything happened in the last days: a change, an entry of the timeline, a comment, a task, an event, an import,
    or a consent of one of the addresses."""
    first, _ = spans.of("last", asked.values, asked.asker.today).moments(asked.asker.actor.timezone)
    assert first is not None
    since_day = first.date()
    of_contact = col(Contact.id)
    came = (
        select(ImportRow.row)
        .join(Import, col(Import.id) == col(ImportRow.import_id))
        .where(col(ImportRow.contact_id) == of_contact, col(Import.committed_at) >= first)
    )
    agreed = (
        select(Consent.id)
        .join(ContactPoint, col(ContactPoint.norm) == col(Consent.norm))
        .where(col(ContactPoint.contact_id) == of_contact, col(Consent.recorded_at) >= first)
    )
    quiet = and_(
        col(Contact.updated_at) < first,
        ~exists().where(col(Activity.contact_id) == of_contact, col(Activity.at) >= first),
        ~exists().where(col(Comment.contact_id) == of_contact, col(Comment.at) >= first),
        ~exists().where(
            col(Task.contact_id) == of_contact, (col(Task.created_at) >= first) | (col(Task.due_day) >= since_day)
        ),
        ~exists().where(col(CalendarEvent.contact_id) == of_contact, col(CalendarEvent.ends_on) >= since_day),
        ~came.exists(),
        ~agreed.exists(),
    )
    return quiet if asked.operator == "idle" else ~quiet


subjects.register(
    Subject(SUBJECT, text("Anything happened"), Kind.ACTIVITY, FieldGroup.CRM, by_touched, is_hidden=True)
)
