"""The trash: contacts that are out of everything but can be brought back for a time; then they go for good.

A contact in the trash stays where it is (decision 0016), so nothing that belongs to it has to be kept elsewhere, and
nothing else, no hash either, remembers it once it is gone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_
from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Activity, ActivityKind, Contact, Installation, Job, JobKind, Permission, User
from crm_app.models.base import now
from crm_app.services import audit, database, installation, jobs
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.bulk import among
from crm_app.services.contacts import search
from crm_app.services.contacts.visibility import in_use, trashed
from crm_app.services.duplicates import regrouping
from crm_app.services.errands import NO_SUBJECT, Ended, Watch
from crm_app.services.errors import NotFound

PAGE = 50
CHUNK = 500  # contacts that go for good in one transaction
MOST = 200  # contacts brought back or deleted at once, by number

Stop = Callable[[], bool]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """A contact in the trash, and who put it there; empty for the system."""

    contact: Contact
    who: str


@dataclass(frozen=True, slots=True)
class Page:
    """`after` is the number to page on with, None at the end; `total` counts all that match."""

    entries: list[Entry]
    after: int | None
    total: int


def put(session: Session, actor: Actor, contact: Contact) -> Contact:
    """Moves the contact to the trash; doing it again changes nothing. Raises NotPermitted."""
    actor.require(Permission.CONTACTS_EDIT)
    if contact.trashed_at is None:
        _set(session, actor, contact, now())
        regrouping.without(session, [contact.id or 0])
        audit.record(session, actor, "contact.trash", contacts=1)
    return contact


def restore(session: Session, actor: Actor, numbers: Sequence[int]) -> int:
    """Brings contacts back as they were; how many. Numbers that are not in the trash are passed over.

    Raises NotPermitted.
    """
    actor.require(Permission.CONTACTS_EDIT)
    found = session.exec(select(Contact).where(*_named(session, actor, numbers)).with_for_update()).all()
    for contact in found:
        _set(session, actor, contact, None)
    if found:
        audit.record(session, actor, "contact.restore", contacts=len(found))
    return len(found)


def find(session: Session, actor: Actor, number: int) -> Entry:
    """The contact of that number when it is in the trash. Raises NotFound, NotPermitted."""
    actor.require(Permission.CONTACTS_READ)
    found = session.exec(_entries().where(col(Contact.number) == number, *trashed(actor))).first()
    if found is None:
        raise NotFound(text("There is no contact with the number {number}.", number=number))
    return Entry(found[0], found[1] or "")


def page(session: Session, actor: Actor, *, query: str = "", after: int | None = None, limit: int = PAGE) -> Page:
    """What is in the trash, the last put there first, behind the contact with the number `after`."""
    actor.require(Permission.CONTACTS_READ)
    conditions = [*trashed(actor), *search.conditions(session, search.terms(query))]
    paged = _entries().where(*conditions)
    anchor = select(Contact.trashed_at, Contact.id).where(*trashed(actor), col(Contact.number) == after)
    if after is not None and (found := session.execute(anchor).first()) is not None:
        at, id_ = found
        earlier = and_(col(Contact.trashed_at) == at, col(Contact.id) < id_)
        paged = paged.where(or_(col(Contact.trashed_at) < at, earlier))
    order = (col(Contact.trashed_at).desc(), col(Contact.id).desc())
    rows = session.exec(paged.order_by(*order).limit(limit + 1)).all()
    total = session.exec(select(func.count()).select_from(Contact).where(*conditions)).one()
    entries = [Entry(contact, who or "") for contact, who in rows[:limit]]
    return Page(entries, entries[-1].contact.number if len(rows) > limit else None, int(total))


def until(settings: Installation, at: datetime) -> datetime | None:
    """When what was put there at that moment goes for good; None = not by itself."""
    return at + timedelta(days=settings.trash_days) if settings.trash_days else None


def delete_for_good(session: Session, actor: Actor, numbers: Sequence[int]) -> int:
    """Deletes contacts of the trash with all that belongs to them; how many. There is no way back.

    Numbers that are not in the trash are passed over. Raises NotPermitted.
    """
    actor.require(Permission.CONTACTS_ERASE)
    found = session.exec(select(Contact.id).where(*_named(session, actor, numbers))).all()
    gone = _delete(session, [id_ for id_ in found if id_ is not None])
    if gone:
        audit.record(session, actor, "contact.delete", contacts=gone)
    return gone


def purge(at: datetime | None = None, *, should_stop: Stop = lambda: False) -> int:
    """Deletes for good whatever was put into the trash longer ago than the settings say; how many.

    In short transactions of its own. Raises Busy when the database is locked for long; what is done stays so.
    """
    with database.reading() as session:
        days = installation.current(session).trash_days
    if not days:
        return 0
    return empty(SYSTEM, (at or now()) - timedelta(days=days), should_stop=should_stop)


def empty(
    actor: Actor, before: datetime, *, should_stop: Stop = lambda: False, on_progress: Progress = lambda *_: None
) -> int:
    """Deletes for good what was put into the trash before that moment; how many. Killed, a second run goes on."""
    actor.require(Permission.CONTACTS_ERASE)
    over = [*trashed(actor), col(Contact.trashed_at) < before]
    with database.reading() as session:
        total = session.exec(select(func.count()).select_from(Contact).where(*over)).one()
    done = 0
    while not should_stop():
        with database.transaction() as session:
            query = select(Contact.id).where(*over).order_by(col(Contact.trashed_at)).limit(CHUNK)
            gone = _delete(session, [id_ for id_ in session.exec(query) if id_ is not None])
            if not gone:
                break
            audit.record(session, actor, "contact.delete", contacts=gone)
        done += gone
        on_progress(done, max(done, total))
    return done


def start_emptying(session: Session, actor: Actor) -> Job:
    """Asks for everything that is in the trash now to be deleted for good; asked twice, it is one job.

    Raises NotPermitted.
    """
    actor.require(Permission.CONTACTS_ERASE)
    there = emptying(session, actor)
    if there is not None and not there.is_finished:
        return there
    total = page(session, actor, limit=1).total
    job = jobs.enqueue(session, actor, JobKind.EMPTY_TRASH, NO_SUBJECT, total=total)
    job.data = {**job.data, "before": now().isoformat()}
    session.add(job)
    session.flush()
    return job


def emptying(session: Session, actor: Actor) -> Job | None:
    """The newest emptying the actor asked for."""
    query = select(Job).where(Job.kind == JobKind.EMPTY_TRASH, Job.user_id == actor.user_id)
    return session.exec(query.order_by(col(Job.id).desc()).limit(1)).first()


def work(actor: Actor, job: Job, watch: Watch) -> Ended:
    """The emptying as a worker does it."""
    before = datetime.fromisoformat(job.data["before"])
    gone = empty(actor, before, should_stop=watch.should_stop, on_progress=watch.progress)
    return Ended({"contacts": gone})


def _set(session: Session, actor: Actor, contact: Contact, at: datetime | None) -> None:
    contact.trashed_at, contact.trashed_by_id = at, actor.user_id if at else None
    contact.version += 1
    contact.updated_at = now()
    session.add(contact)
    kind = ActivityKind.TRASHED if at else ActivityKind.RESTORED
    session.add(Activity(contact_id=contact.id or 0, kind=kind, user_id=actor.user_id))
    session.flush()


def _entries():  # type: ignore[no-untyped-def]  # a two-table select: its type says nothing more
    return select(Contact, User.name).join(User, col(User.id) == col(Contact.trashed_by_id), isouter=True)


def _named(session: Session, actor: Actor, numbers: Sequence[int]) -> list[ColumnElement[bool]]:
    return [*trashed(actor), among(session, col(Contact.number), list(numbers)[:MOST])]


def _delete(session: Session, ids: Sequence[int]) -> int:
    """What refers to them goes, or forgets them, by the schema. Who was taken out of the trash meanwhile stays."""
    if not ids:
        return 0
    statement = delete(Contact).where(among(session, col(Contact.id), ids), ~in_use())
    found = session.execute(statement.execution_options(synchronize_session=False))
    return int(found.rowcount)  # type: ignore[attr-defined]
