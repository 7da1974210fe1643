"""The columns each user chose for a list, their widths and the height of its rows."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, select

from crm_app.locales import text
from crm_app.models import ListLayout, Permission
from crm_app.services.actor import Actor
from crm_app.services.contacts import columns
from crm_app.services.contacts.columns import NAME_WIDTH, Column
from crm_app.services.errors import Invalid, NotPermitted

CONTACTS, LEADS, MEMBERS = PLACES = ("contacts", "leads", "members")
NARROWEST, WIDEST = 64, 640
MOST = 30
NAME = "name"  # always there and always first; only its width is chosen


@dataclass(frozen=True, slots=True)
class Layout:
    """`columns` have the widths to show; `name_width` is that of the first one."""

    columns: tuple[Column, ...]
    name_width: int = NAME_WIDTH
    dense: bool = False
    is_usual: bool = True

    @property
    def chosen(self) -> list[tuple[str, int]]:
        return [(NAME, self.name_width), *[(one.name, one.width) for one in self.columns]]


def of(session: Session, actor: Actor, place: str) -> Layout:
    """What the actor sees in the list; columns that are gone are left out."""
    actor.require(Permission.CONTACTS_READ)
    known = columns.known(session, actor)
    kept = _kept(session, actor, place)
    if kept is None:
        return usual(session, actor, place)
    pairs = [(str(name), int(width)) for name, width in kept.columns]
    shown = tuple(replace(known[name], width=width) for name, width in pairs if name in known)
    return Layout(shown, dict(pairs).get(NAME, NAME_WIDTH), kept.dense, is_usual=False)


def usual(session: Session, actor: Actor, place: str) -> Layout:
    """What everybody sees who chose nothing; beside members stands what they owe, and no more."""
    known = columns.known(session, actor)
    return Layout(tuple(known[name] for name in columns.USUAL if place != MEMBERS))


def keep(session: Session, actor: Actor, place: str, chosen: Sequence[tuple[str, int]], *, dense: bool) -> Layout:
    """Keeps the columns in this order; unknown and repeated ones are left out, widths brought into their bounds.

    Raises NotPermitted for an actor who is no user; Invalid for a list that is none and for too many columns.
    """
    actor.require(Permission.CONTACTS_READ)
    if actor.user_id is None:
        raise NotPermitted(text("Only users have columns of their own."))
    if place not in PLACES:
        raise Invalid(text("There is no such list."))
    kept_columns = clean(chosen, columns.known(session, actor).keys() | {NAME})
    if len(kept_columns) > MOST:
        raise Invalid(text("A list shows at most {most} columns.", most=MOST))
    kept = _kept(session, actor, place) or ListLayout(user_id=actor.user_id, place=place)
    kept.columns, kept.dense = [list(pair) for pair in kept_columns.items()], dense
    session.add(kept)
    session.flush()
    return of(session, actor, place)


def clean(chosen: Iterable[tuple[str, int]], known: Container[str]) -> dict[str, int]:
    """Widths by column: known ones, each once, in their order and within the bounds."""
    return {name: min(max(width, NARROWEST), WIDEST) for name, width in chosen if name in known}


def reset(session: Session, actor: Actor, place: str) -> Layout:
    """Back to the usual columns; doing it again changes nothing."""
    actor.require(Permission.CONTACTS_READ)
    if (kept := _kept(session, actor, place)) is not None:
        session.delete(kept)
        session.flush()
    return usual(session, actor, place)


def _kept(session: Session, actor: Actor, place: str) -> ListLayout | None:
    query = select(ListLayout).where(ListLayout.user_id == actor.user_id, ListLayout.place == place)
    return session.exec(query).first() if actor.user_id is not None else None
