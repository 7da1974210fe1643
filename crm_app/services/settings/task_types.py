"""The types of tasks: added, renamed, ordered and removed by whoever may change settings."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from crm_app.locales import text
from crm_app.models import Permission, Task, TaskType
from crm_app.models.base import now
from crm_app.services import audit, choosable
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, Invalid, NotFound
from crm_app.services.folding import fold

NAME_LENGTH, MOST = 80, 30
# Names of symbols of the pages; a test keeps the two alike.
ICONS = (
    "circle-check", "phone", "mail", "users", "message-circle", "calendar", "file-text", "map-pin", "graduation-cap",
    "banknote", "package", "star",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A type and how many open tasks have it."""

    type: TaskType
    tasks: int


def listing(session: Session, actor: Actor) -> list[Entry]:
    """The types in their order. Raises NotPermitted."""
    actor.require(Permission.SETTINGS)
    query = select(Task.type_id, func.count()).where(col(Task.done_at).is_(None), col(Task.removed_at).is_(None))
    counted = dict(session.exec(query.group_by(col(Task.type_id))).all())
    return [Entry(one, counted.get(one.id, 0)) for one in choosable.task_types(session)]


def removed(session: Session, actor: Actor) -> list[TaskType]:
    """Those that can come back, last removed first. Raises NotPermitted."""
    actor.require(Permission.SETTINGS)
    query = select(TaskType).where(col(TaskType.removed_at).is_not(None)).order_by(col(TaskType.removed_at).desc())
    return list(session.exec(query).all())


def add(session: Session, actor: Actor, name: str, icon: str = ICONS[0]) -> TaskType:
    """A type behind the others; a removed one of that name comes back.

    Raises NotPermitted; Invalid ("name", "icon").
    """
    actor.require(Permission.SETTINGS)
    clean, there = _checked_name(session, name), choosable.task_types(session)
    if len(there) >= MOST:
        raise Invalid(text("There are {most} types, and that is the limit.", most=MOST), "name")
    made = _named(session, clean) or TaskType(name=clean, folded=fold(clean))
    made.name, made.icon, made.removed_at = clean, _checked_icon(icon), None
    made.position = max((one.position for one in there), default=-1) + 1
    _save(session, made)
    audit.record(session, actor, "task_type.add", type=made.id or 0)
    return made


def change(session: Session, actor: Actor, type_id: int, *, name: str, icon: str) -> TaskType:
    """How the type is called and looks; the same again changes nothing.

    Raises NotPermitted, NotFound; Invalid ("name", "icon").
    """
    actor.require(Permission.SETTINGS)
    found, clean = _one(session, type_id), _checked_name(session, name, but_for=type_id)
    wanted: dict[str, Any] = {"name": clean, "folded": fold(clean), "icon": _checked_icon(icon)}
    changed = [key for key, value in wanted.items() if getattr(found, key) != value]
    if changed:
        for key, value in wanted.items():
            setattr(found, key, value)
        _save(session, found)
        audit.record(session, actor, "task_type.change", type=type_id, changed=",".join(changed))
    return found


def move(session: Session, actor: Actor, type_id: int, by: int) -> None:
    """One place up (-1) or down (1); at the end of the list it stays where it is. Raises NotPermitted, NotFound."""
    actor.require(Permission.SETTINGS)
    found, order = _one(session, type_id), choosable.task_types(session)
    at = order.index(found)
    to = min(max(at + by, 0), len(order) - 1)
    if to == at:
        return
    order.insert(to, order.pop(at))
    for position, one in enumerate(order):
        one.position = position
        session.add(one)
    session.flush()
    audit.record(session, actor, "task_type.move", type=type_id, to=to)


def remove(session: Session, actor: Actor, type_id: int, into: int | None = None) -> int:
    """Takes the type away; its open tasks get the type `into`, or none. Done ones keep it. Returns how many.

    Raises NotPermitted, NotFound; Conflict for itself as `into`.
    """
    actor.require(Permission.SETTINGS)
    found = _one(session, type_id)
    other = _one(session, into) if into is not None else None
    if other is not None and other.id == found.id:
        raise Conflict(text("Choose another one: it cannot take its own place."))
    theirs = update(Task).where(col(Task.type_id) == type_id, col(Task.done_at).is_(None))
    tasks = int(session.execute(theirs.values(type_id=into)).rowcount)  # type: ignore[attr-defined]
    found.removed_at = now()
    _save(session, found)
    audit.record(session, actor, "task_type.remove", type=type_id, into=into or 0, tasks=tasks)
    return tasks


def bring_back(session: Session, actor: Actor, type_id: int) -> TaskType:
    """A removed type is there again, behind the others. Raises NotPermitted, NotFound, Conflict."""
    actor.require(Permission.SETTINGS)
    found, there = _one(session, type_id, removed=True), choosable.task_types(session)
    if len(there) >= MOST:
        raise Conflict(text("There are {most} types, and that is the limit.", most=MOST))
    found.removed_at, found.position = None, max((one.position for one in there), default=-1) + 1
    _save(session, found)
    audit.record(session, actor, "task_type.back", type=type_id)
    return found


def _one(session: Session, type_id: int, *, removed: bool = False) -> TaskType:
    found = session.get(TaskType, type_id)
    if found is None or (found.removed_at is not None) is not removed:
        raise NotFound(text("There is no such entry any more. Load the page again."))
    return found


def _named(session: Session, name: str) -> TaskType | None:
    return session.exec(select(TaskType).where(TaskType.folded == fold(name))).first()


def _checked_name(session: Session, name: str, *, but_for: int | None = None) -> str:
    clean = " ".join(name.split())
    if not fold(clean) or len(clean) > NAME_LENGTH or not clean.isprintable():
        raise Invalid(text("A name has 1 to {most} characters.", most=NAME_LENGTH), "name")
    there = _named(session, clean)
    if there is not None and there.id != but_for and there.removed_at is None:
        raise Invalid(text("“{name}” is there already. Choose another name.", name=there.name), "name")
    if there is not None and there.id != but_for and but_for is not None:
        raise Invalid(
            text("“{name}” was removed earlier. Bring it back, or choose another name.", name=there.name), "name"
        )
    return clean


def _checked_icon(icon: str) -> str:
    if icon not in ICONS:
        raise Invalid(text("Choose a symbol of the list."), "icon")
    return icon


def _save(session: Session, one: TaskType) -> None:
    session.add(one)
    session.flush()
