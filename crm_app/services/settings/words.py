"""What statuses and tags have in common: names, and going with or without somebody who stands for them."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Import, ImportKind, ImportState, Job, LeadStatus, Tag
from crm_app.models.base import now
from crm_app.services import gone
from crm_app.services.actor import Actor
from crm_app.services.changes.actions import Action
from crm_app.services.changes.start import start_everywhere
from crm_app.services.errors import Conflict, Invalid, NotFound
from crm_app.services.folding import fold


def one(session: Session, model: gone.Model, id_: int, *, removed: bool = False) -> Any:
    """The status or tag; a removed one only when asked for. Raises NotFound."""
    found: Any = session.get(model, id_)
    if found is None or (found.removed_at is not None) is not removed:
        raise NotFound(text("There is no such entry any more. Load the page again."))
    return found


def removed(session: Session, model: gone.Model) -> list[Any]:
    """The removed ones, last first."""
    query: Any = select(model).where(col(model.removed_at).is_not(None)).order_by(col(model.removed_at).desc())
    return list(session.exec(query).all())


def checked_name(session: Session, model: gone.Model, name: str, most: int, *, but_for: int | None = None) -> str:
    """The name as it is stored. A removed entry of that name is in the way of none: `taken_over` brings it back.

    Raises Invalid ("name") for one that is empty, too long or there already.
    """
    clean = " ".join(name.split())
    if not fold(clean) or len(clean) > most or not clean.isprintable():
        raise Invalid(text("A name has 1 to {most} characters.", most=most), "name")
    there = _named(session, model, clean)
    if there is not None and there.id != but_for and there.removed_at is None:
        raise Invalid(
            text("“{name}” is there already. Choose another name, or merge the two.", name=there.name), "name"
        )
    if there is not None and there.id != but_for and but_for is not None:
        raise Invalid(
            text("“{name}” was removed earlier. Bring it back, or choose another name.", name=there.name), "name"
        )
    return clean


def taken_over(session: Session, model: gone.Model, name: str) -> Any:
    """The removed entry of that name, there again; None when there was none."""
    found = _named(session, model, name)
    if found is not None:
        found.name = name
        gone.bring_back(session, found)
    return found


def take_away(
    session: Session,
    actor: Actor,
    word: gone.Word,
    into: gone.Word | None,
    action: Action,
    undone_with: Mapping[str, Any],
) -> Job | None:
    """Removes the word, and starts the change of the contacts that have it; None when nobody has.

    The undo of that change brings the word back. Raises NotPermitted, Conflict.
    """
    if into is not None and into.id == word.id:
        raise Conflict(text("Choose another one: it cannot take its own place."))
    _require_unused(session, word)
    job = start_everywhere(session, actor, action, undone_with)
    word.removed_at, word.merged_into_id = now(), into.id if into is not None else None
    word.removed_by_id = job.subject_id if job is not None else None
    if isinstance(word, LeadStatus):
        word.is_default = False
    session.add(word)
    session.flush()
    return job


def _require_unused(session: Session, word: gone.Word) -> None:
    """Raises Conflict while a change of many gives the word to contacts."""
    at_work = select(Import.options).where(Import.kind == ImportKind.CHANGE, Import.state == ImportState.COMMITTING)
    for options in session.exec(at_work).all():
        action = options["action"]
        given = action["tags"] if isinstance(word, Tag) else [action["value"]]
        of_word = "status_id" if isinstance(word, LeadStatus) else ""
        replaced = isinstance(action["value"], list) and word.id in action["value"]
        if (action["attribute"] == of_word and word.id in given) or replaced:
            raise Conflict(
                text("A change of many contacts with “{name}” is at work. Wait for its end.", name=word.name)
            )


def _named(session: Session, model: gone.Model, name: str) -> Any:
    query: Any = select(model).where(model.folded == fold(name))
    return session.exec(query).first()
