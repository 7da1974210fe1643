"""Presets: the choices of one import kept under a name and put on other files.

Their maker sees them, and with `shared` everybody of the branch. The presets that come with the product stand beside
them and cannot be changed. A preset is named by its id, one of the product by its key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import MappingPreset, Permission
from crm_app.services import audit, custom_fields
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, Invalid, NotFound
from crm_app.services.folding import fold
from crm_app.services.imports import access, carrying, preset_access, preset_reasons, shipped_presets, steps
from crm_app.services.imports.carrying import Carried, Choices
from crm_app.services.imports.columns import Options, from_json
from crm_app.services.imports.likeness import keys_of
from crm_app.services.imports.preset_access import PresetId

LONGEST = 100  # characters of a name


@dataclass(frozen=True, slots=True)
class Applied:
    """What a preset did to an import: it knew `matched` of the file's `columns`."""

    name: str
    matched: int
    columns: int


def save(session: Session, actor: Actor, import_id: int, name: str, shared: bool) -> MappingPreset:
    """Keeps the choices of an import under a name that no other preset has.

    Raises NotFound, NotPermitted; Conflict before the file was read; Invalid for the name.
    """
    found = access.get(session, actor, import_id)
    if not found.columns:
        raise Conflict(text("The file has not been read yet, so there is nothing to keep."))
    made = MappingPreset(
        name=_free_name(session, actor, name),
        columns=[column.to_json() for column in from_json(found.columns)],
        options=replace(Options.from_json(found.options), course=None).to_json(),
        is_shared=shared,
        branch_id=found.branch_id,
        user_id=actor.user_id,
    )
    session.add(made)
    session.flush()
    audit.record(
        session, actor, "preset.saved", preset=made.id or 0, columns=len(made.columns), shared=int(made.is_shared)
    )
    return made


def apply(session: Session, actor: Actor, import_id: int, preset_id: PresetId) -> Applied:
    """Sets the columns a preset knows and its options; the others are as suggested. With no known column: nothing.

    Raises NotFound, NotPermitted; Conflict when the import has gone on; Invalid when the preset maps nothing here.
    """
    found = access.get(session, actor, import_id)
    headers, suggestions = found.read_out.get("headers", []), found.read_out.get("suggestions", [])
    name, choices = _choices(session, actor, preset_id, headers, suggestions)
    fields = custom_fields.targets(session)
    carried = carrying.carry(choices, headers, suggestions, Options.from_json(found.options), fields)
    if carried.matched:
        steps.map_columns(session, actor, import_id, carried.columns, carried.options)
        preset_reasons.note(found, name, carried)
    return Applied(name, carried.matched, len(headers))


def on_file(
    session: Session,
    actor: Actor,
    preset_id: PresetId,
    headers: Sequence[str],
    suggestions: Sequence[Mapping[str, Any]],
) -> Carried:
    """What `apply` would choose for a file that is no import (yet).

    Raises NotFound, NotPermitted; Invalid when it knows no column.
    """
    name, choices = _choices(session, actor, preset_id, headers, suggestions)
    carried = carrying.carry(choices, headers, suggestions, Options(), custom_fields.targets(session))
    if not carried.matched:
        raise Invalid(text("The preset “{name}” knows none of the columns of this file.", name=name), "preset")
    return carried


def named(session: Session, actor: Actor, name: str) -> PresetId:
    """The preset of that name, own ones before shared ones. Raises NotPermitted; Invalid listing what there is."""
    known = preset_access.listing(session, actor)
    for entry in known:
        if fold(entry.name) == fold(name):
            return entry.id
    names = ", ".join(dict.fromkeys(entry.name for entry in known))
    raise Invalid(text("There is no preset “{name}”. These exist: {names}.", name=name, names=names), "preset")


def rename(session: Session, actor: Actor, preset_id: int, name: str) -> MappingPreset:
    """Gives a preset another name. Raises NotFound, NotPermitted, Invalid."""
    found = preset_access.changeable(session, actor, preset_id)
    found.name = _free_name(session, actor, name, but=preset_id)
    session.add(found)
    audit.record(session, actor, "preset.renamed", preset=preset_id)
    return found


def remove(session: Session, actor: Actor, preset_id: int) -> None:
    """Removes a preset; imports that used it stay as they are. Raises NotFound, NotPermitted."""
    found = preset_access.changeable(session, actor, preset_id)
    session.delete(found)
    audit.record(session, actor, "preset.removed", preset=preset_id, columns=len(found.columns))


def _choices(
    session: Session,
    actor: Actor,
    preset_id: PresetId,
    headers: Sequence[str],
    suggestions: Sequence[Mapping[str, Any]],
) -> tuple[str, Choices]:
    """The name of a preset and what it asks for on a file."""
    if isinstance(preset_id, int):
        found = preset_access.get(session, actor, preset_id)
        columns = from_json(found.columns)
        keyed = zip(keys_of([column.header for column in columns]), columns, strict=True)
        return found.name, Choices({key: c for key, c in keyed if key}, Options.from_json(found.options))
    actor.require(Permission.IMPORT)
    product = shipped_presets.products().get(preset_id)
    if product is None:
        raise NotFound(text("There is no such preset."))
    return product.name, shipped_presets.choices(product, headers, suggestions)


def _free_name(session: Session, actor: Actor, name: str, *, but: int | None = None) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST:
        raise Invalid(text("A preset has a name of 1 to {limit} characters.", limit=LONGEST), "name")
    if any(fold(entry.name) == fold(name) and entry.id != but for entry in preset_access.listing(session, actor)):
        raise Invalid(text("There is a preset “{name}” already. Choose another name.", name=name), "name")
    return name
