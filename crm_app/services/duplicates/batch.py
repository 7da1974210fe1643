"""All groups that are certain, merged at once: first the counts, then chunk by chunk."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from crm_app.models import Contact, DuplicateGroup, DuplicateMember, Permission
from crm_app.services import audit
from crm_app.services.actor import Actor
from crm_app.services.contacts.visibility import visible
from crm_app.services.duplicates import groups, merging, proposal, running
from crm_app.services.errors import CRMError

CHUNK = 20  # groups of one transaction: a merge takes some five milliseconds


@dataclass(frozen=True, slots=True)
class Preview:
    """What merging all certain groups would do: so many groups, contacts in them, contacts fewer afterwards."""

    groups: int
    contacts: int

    @property
    def fewer(self) -> int:
        return self.contacts - self.groups


@dataclass(frozen=True, slots=True)
class Merged:
    """What it did. `failed` are groups that somebody changed meanwhile, or whose contacts may not be one."""

    groups: int = 0
    fewer: int = 0
    failed: int = 0


def preview(session: Session, actor: Actor) -> Preview:
    """The counts, without changing anything. Raises NotPermitted."""
    actor.require(Permission.CONTACTS_BULK)
    search = running.latest(session)
    query = (
        select(func.count(func.distinct(DuplicateMember.group_id)), func.count())
        .select_from(DuplicateMember)
        .join(DuplicateGroup, col(DuplicateGroup.id) == col(DuplicateMember.group_id))
        .join(Contact, col(Contact.id) == col(DuplicateMember.contact_id))
        .where(
            col(DuplicateGroup.search_id) == (search.id if search else 0),
            col(DuplicateGroup.certain).is_(True),
            *visible(actor),
        )
    )
    if actor.owner_ids is not None:
        query = query.where(col(DuplicateGroup.id).in_(groups.with_several(actor)))
    found, contacts = session.execute(query).one()
    return Preview(int(found), int(contacts))


def merge_certain(
    database: Engine,
    actor: Actor,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Merged:
    """Merges every certain group as proposed, a chunk a transaction; stopped or killed, it goes on with those left.

    Raises NotPermitted.
    """
    with Session(database) as session:
        total = preview(session, actor).groups
    done, fewer, failed, after = 0, 0, 0, None
    while not should_stop():
        with database.connect().execution_options(begin="IMMEDIATE") as connection, Session(connection) as session:
            found = groups.page(session, actor, certain=True, after=after, limit=CHUNK)
            for group in found.groups:
                kept = proposal.suggested_kept(group.contacts)
                others = [one.number for one in group.contacts if one.number != kept.number]
                try:
                    with session.begin_nested():
                        merging.merge(session, actor, kept.number, others)
                except CRMError:
                    failed, after = failed + 1, group.id
                else:
                    done, fewer = done + 1, fewer + len(others)
            if found.groups:
                audit.record(session, actor, "duplicates.merge_certain", groups=done, fewer=fewer)
            session.commit()
        on_progress(min(done + failed, total), total)
        if not found.groups or (after is not None and found.after is None):
            break
    return Merged(done, fewer, failed)
