"""Which presets an actor may see and change: own ones, in its branches shared ones, and the product's to look at."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import MappingPreset, Permission, User
from crm_app.services.actor import Actor
from crm_app.services.errors import NotFound, NotPermitted
from crm_app.services.folding import fold
from crm_app.services.imports import shipped_presets

PresetId = int | str  # the id of a stored preset, the key of one that comes with the product


class Kind(StrEnum):
    OWN = "own"
    SHARED = "shared"  # by somebody else
    SHIPPED = "shipped"


@dataclass(frozen=True, slots=True)
class Entry:
    """A preset to choose; `who` made it, empty for the product's own."""

    id: PresetId
    name: str
    kind: Kind
    who: str = ""
    is_changeable: bool = False


def listing(session: Session, actor: Actor) -> list[Entry]:
    """Everything there is to choose: own ones, shared ones, the product's, each by name. Raises NotPermitted."""
    actor.require(Permission.IMPORT)
    query = (
        select(MappingPreset, User.name)
        .join(User, col(MappingPreset.user_id) == col(User.id), isouter=True)
        .where(*_visible(actor))
    )
    stored = [
        Entry(
            id=preset.id or 0,
            name=preset.name,
            kind=Kind.OWN if _is_own(actor, preset) else Kind.SHARED,
            who=who or "",
            is_changeable=_may_change(actor, preset),
        )
        for preset, who in session.exec(query).all()
    ]
    shipped = [Entry(one.key, one.name, Kind.SHIPPED) for one in shipped_presets.products().values()]
    return sorted(stored, key=lambda entry: (entry.kind is Kind.SHARED, fold(entry.name), entry.id)) + shipped


def get(session: Session, actor: Actor, preset_id: int) -> MappingPreset:
    """The preset. Raises NotPermitted without the right to import, NotFound for one the actor does not see."""
    actor.require(Permission.IMPORT)
    found = session.exec(select(MappingPreset).where(MappingPreset.id == preset_id, *_visible(actor))).first()
    if found is None:
        raise NotFound(text("There is no such preset."))
    return found


def changeable(session: Session, actor: Actor, preset_id: int) -> MappingPreset:
    """The preset, for its maker and for administrators. Raises NotFound, NotPermitted."""
    found = get(session, actor, preset_id)
    if not _may_change(actor, found):
        raise NotPermitted(text("This preset belongs to a colleague. Only its maker or an administrator changes it."))
    return found


def _visible(actor: Actor) -> list[ColumnElement[bool]]:
    """Of the actor's branches: shared ones and own ones. The command line (no user) sees all."""
    conditions: list[ColumnElement[bool]] = []
    if actor.branch_ids is not None:
        conditions.append(col(MappingPreset.branch_id).in_(actor.branch_ids))
    if actor.user_id is not None:
        conditions.append(col(MappingPreset.is_shared) | (col(MappingPreset.user_id) == actor.user_id))
    return conditions


def _is_own(actor: Actor, preset: MappingPreset) -> bool:
    return preset.user_id is not None and preset.user_id == actor.user_id


def _may_change(actor: Actor, preset: MappingPreset) -> bool:
    return _is_own(actor, preset) or actor.may(Permission.SETTINGS)
