"""Which contacts an import meets: those of its branch, as far as who started it sees them."""

from sqlite3 import Connection

from sqlmodel import Session

from crm_app.models import Import
from crm_app.services import sessions
from crm_app.services.actor import Actor
from crm_app.services.imports import plan_file

SEER = Actor(None, "import")


def of(session: Session, found: Import) -> Actor:
    """Who looks for contacts in the name of the import."""
    owners = sessions.owners_seen(session, found.user_id)
    return Actor(None, "import", branch_ids=frozenset({found.branch_id}), owner_ids=owners)


def of_plan(plan: Connection) -> Actor:
    """Who looked for contacts when the plan was made."""
    return SEER.seeing({name: plan_file.fetch(plan, name) for name in SEER.sight})
