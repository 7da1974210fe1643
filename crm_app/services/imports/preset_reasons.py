"""Why a column goes where it goes, when a preset said so. Kept beside the suggestions; a new reading forgets it."""

from crm_app.locales import Text, text
from crm_app.models import Import
from crm_app.services.imports.carrying import Carried
from crm_app.services.imports.columns import ColumnMapping

_KEY = "preset"


def note(found: Import, name: str, carried: Carried) -> None:
    """Keeps which preset was applied and what became of each column by it."""
    targets = {str(column.index): column.target for column in carried.columns}
    found.read_out = {**found.read_out, _KEY: {"name": name, "targets": targets, "known": list(carried.known)}}


def reason(found: Import, column: ColumnMapping) -> Text | None:
    """Why the column goes to its field: as the preset says, or as suggested; None when somebody chose it since."""
    preset = found.read_out.get(_KEY)
    if preset is not None and column.index in preset["known"]:
        stands = preset["targets"].get(str(column.index)) == column.target
        return text("As the preset “{name}” says.", name=preset["name"]) if stands else None
    suggestions = found.read_out.get("suggestions", [])
    suggestion = suggestions[column.index] if column.index < len(suggestions) else None
    if suggestion is None or suggestion["target"] != column.target:
        return None
    return Text.from_json(suggestion["reason"])
