"""Whom a filter means: the conditions under which lists, counts, exports and changes of many look for contacts."""

from sqlalchemy import Boolean, ColumnElement, Integer, literal_column
from sqlmodel import Session, col, select

from crm_app.models import Contact, ImportRow
from crm_app.services import database, segments
from crm_app.services import next_step as _next_step  # noqa: F401  (registers what can be asked for)
from crm_app.services import picked as _picked  # noqa: F401
from crm_app.services.actor import Actor
from crm_app.services.contacts import search
from crm_app.services.contacts import spent as _spent  # noqa: F401
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.visibility import trashed, visible
from crm_app.services.courses import asked as _asked  # noqa: F401
from crm_app.services.courses import membership
from crm_app.services.filters import compiling
from crm_app.services.privacy import touched as _touched  # noqa: F401

# SQLite takes no index for a column with a plus before it.
_BRANCH, _ACTIVE = literal_column("+contact.branch_id", Integer), literal_column("+contact.active", Boolean)


def conditions(
    session: Session,
    actor: Actor,
    wanted: ContactFilter,
    *,
    leads: bool = True,
    in_trash: bool = False,
) -> list[ColumnElement[bool]]:
    """Conditions on `contact`, visibility to the actor among them. Inactive ones are left out unless asked for; with
    `in_trash` those in the trash are meant, and nobody else.

    Not `leads`: the order's index is to be walked; SQLite would rather look up a whole branch and sort it.
    Raises NotFound for a segment the actor does not see, Invalid for a condition that is not understood.
    """
    wanted = segments.resolved(session, actor, wanted)
    if actor.owner_ids is not None and database.is_sqlite(session):
        leads = False  # the few of an owner have an index of their own
    branch, active = (col(Contact.branch_id), col(Contact.active)) if leads else (_BRANCH, _ACTIVE)
    found = trashed(actor) if in_trash else visible(actor, branch)
    if not wanted.inactive and not wanted.where.mentions("active"):
        found.append(active.is_(True))
    if wanted.lifecycle is not None:
        found.append(col(Contact.lifecycle) == wanted.lifecycle)
    if wanted.import_id is not None:
        rows = select(ImportRow.contact_id).where(col(ImportRow.import_id) == wanted.import_id)
        found.append(col(Contact.id).in_(rows))
    if wanted.membership is not None:
        found.append(membership.of_contacts(actor, wanted.membership))
    if wanted.where:
        found.append(compiling.compiled(session, actor, wanted.where))
    found.extend(search.conditions(session, search.terms(wanted.query)))
    return found
