"""The task that follows from a contact who was not reached."""

from datetime import timedelta

from sqlmodel import Session

from crm_app.locales import render, text
from crm_app.models import Contact, Task
from crm_app.services import choosable, installation, local_time, tasks
from crm_app.services.actor import Actor

HOUR = "10:00"


def call(session: Session, actor: Actor, contact: Contact, *, days: int) -> Task:
    """A task of the type "call" at ten, in so many days, about a contact that was fetched through `cards.get`.

    Raises NotPermitted.
    """
    today = local_time.today(installation.current(session).timezone)
    kind = choosable.task_type(session, "call")
    title = render(text("Call {name}", name=contact.display_name), actor.language)
    texts = {
        "title": title[:200],
        "day": (today + timedelta(days=days)).isoformat(),
        "time": HOUR,
        "type": str(kind.id) if kind is not None else "",
        "contact": str(contact.number),
    }
    return tasks.add(session, actor, texts)
