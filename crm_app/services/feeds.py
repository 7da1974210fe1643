"""The secret address of each user's calendar: 256 random bits, stored as SHA-256 only, shown once, to be revoked."""

import secrets
from datetime import timedelta

from sqlmodel import Session, col, delete, select

from crm_app import routes
from crm_app.locales import render, text
from crm_app.models import CalendarFeed, Permission, Role, User
from crm_app.models.base import now
from crm_app.services import audit, events, installation, links, local_time, tasks
from crm_app.services.actor import Actor
from crm_app.services.errors import NotFound, NotPermitted
from crm_app.services.sessions import actor_of, hash_of

BACK, AHEAD = timedelta(days=90), timedelta(days=400)
NAME = text("Tasks and events")


def make(session: Session, actor: Actor) -> str:
    """A new address for the actor, shown this once; the one before stops working. Raises NotPermitted."""
    actor.require(Permission.CONTACTS_READ)
    if actor.user_id is None:
        raise NotPermitted(text("Only a user has a calendar."))
    revoke(session, actor)
    token = secrets.token_urlsafe(32)
    session.add(CalendarFeed(user_id=actor.user_id, token_hash=hash_of(token)))
    session.flush()
    audit.record(session, actor, "calendar_feed.made")
    return links.base_url() + routes.CALENDAR_FEED.format(token=token)


def revoke(session: Session, actor: Actor) -> bool:
    """The actor's address stops working. Returns whether there was one."""
    gone = session.execute(delete(CalendarFeed).where(col(CalendarFeed.user_id) == actor.user_id))
    if gone.rowcount:  # type: ignore[attr-defined]
        audit.record(session, actor, "calendar_feed.revoked")
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def standing(session: Session, actor: Actor) -> CalendarFeed | None:
    """The actor's address, of which only the day it was made is known."""
    return session.exec(select(CalendarFeed).where(CalendarFeed.user_id == actor.user_id)).first()


def content(session: Session, token: str) -> bytes:
    """The calendar behind an address. Raises NotFound for an unknown or revoked one, or a user who is disabled."""
    query = (
        select(User, Role)
        .join(CalendarFeed, col(CalendarFeed.user_id) == col(User.id))
        .join(Role, col(Role.id) == User.role_id)
        .where(CalendarFeed.token_hash == hash_of(token), col(User.active).is_(True))
    )
    found = session.exec(query).first()
    if found is None:
        raise NotFound(text("There is no such calendar."))
    from crm_app.services import calendar_files  # the library behind it: for servers that hand out calendars

    actor = actor_of(session, *found)
    here = installation.current(session)
    today = local_time.today(here.timezone, now())
    return calendar_files.calendar(
        f"{here.name or 'CRM'}: {render(NAME, actor.language)}",
        here.timezone,
        tasks.between(session, actor, today - BACK, today + AHEAD),
        events.between(session, actor, today - BACK, today + AHEAD),
    )


def of_event(session: Session, actor: Actor, event_id: int) -> tuple[bytes, str]:
    """One event as a file, and its title. Raises NotFound, NotPermitted."""
    from crm_app.services import calendar_files

    row = events.row(session, actor, event_id)
    return calendar_files.calendar(row.event.title, installation.current(session).timezone, (), [row]), row.event.title
