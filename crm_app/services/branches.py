"""The branches of a franchise. There is one, and nothing is seen of it, until the head office adds a second."""

from sqlmodel import Session, col, func, select

from crm_app.locales import render, text
from crm_app.models import MAIN_BRANCH, Branch, Permission
from crm_app.services import audit, database
from crm_app.services.actor import Actor
from crm_app.services.errors import Invalid, NotFound, NotPermitted
from crm_app.services.folding import fold

NAME_LENGTH = 120
HEAD_OFFICE = text("Head office")


def listing(session: Session, actor: Actor) -> list[Branch]:
    """All of them, the head office first, then by name. Raises NotPermitted."""
    _require_head_office(actor)
    found = session.exec(select(Branch)).all()
    return sorted(found, key=lambda one: (one.id != MAIN_BRANCH, fold(one.name), one.id or 0))


def seen(session: Session, actor: Actor) -> dict[int, str]:
    """Names by id of the branches among which the actor tells contacts apart; nothing unless it sees several."""
    if actor.branch_ids is not None and len(actor.branch_ids) < 2:
        return {}
    query = select(Branch) if actor.branch_ids is None else select(Branch).where(col(Branch.id).in_(actor.branch_ids))
    found = {one.id or 0: name_of(one, actor) for one in session.exec(query)}
    return dict(sorted(found.items(), key=lambda one: (one[0] != MAIN_BRANCH, fold(one[1])))) if len(found) > 1 else {}


def chosen(session: Session, actor: Actor, branch_id: int) -> int:
    """The branch, where the actor sees it. Raises NotFound for a missing and a foreign one alike."""
    if (actor.branch_ids is not None and branch_id not in actor.branch_ids) or session.get(Branch, branch_id) is None:
        raise NotFound(text("There is no such branch."))
    return branch_id


def name_of(branch: Branch, actor: Actor) -> str:
    """What it is called; the head office has no name until somebody gives it one."""
    return branch.name or render(HEAD_OFFICE, actor.language)


def add(session: Session, actor: Actor, name: str) -> Branch:
    """A new branch. Raises NotPermitted; Invalid ("name")."""
    _require_head_office(actor)
    database.one_at_a_time(session, "branches")
    last = session.exec(select(func.max(Branch.id))).one() or 0  # PostgreSQL's counter knows nothing of the first one
    made = Branch(id=last + 1, name=_checked(session, actor, name))
    session.add(made)
    session.flush()
    audit.record(session, actor, "branch.add", branch=made.id or 0)
    return made


def rename(session: Session, actor: Actor, branch_id: int, name: str) -> Branch:
    """What it is called; the same again changes nothing. Raises NotPermitted, NotFound; Invalid ("name")."""
    _require_head_office(actor)
    found = session.get(Branch, branch_id)
    if found is None:
        raise NotFound(text("There is no such branch."))
    clean = _checked(session, actor, name, but_for=branch_id)
    if found.name != clean:
        found.name = clean
        session.add(found)
        session.flush()
        audit.record(session, actor, "branch.rename", branch=branch_id)
    return found


def _checked(session: Session, actor: Actor, name: str, but_for: int | None = None) -> str:
    clean = " ".join(name.split())
    if not clean or len(clean) > NAME_LENGTH or not clean.isprintable():
        raise Invalid(text("Please type a name of at most {maximum} characters.", maximum=NAME_LENGTH), "name")
    taken = {fold(name_of(one, actor)) for one in session.exec(select(Branch)) if one.id != but_for}
    if fold(clean) in taken:
        raise Invalid(text("There is a branch “{name}” already.", name=clean), "name")
    return clean


def _require_head_office(actor: Actor) -> None:
    actor.require(Permission.SETTINGS)
    if not actor.is_head_office:
        raise NotPermitted(text("Branches are kept by the head office."))
