"""Files that this CRM exported itself.

Only in them a column "Number" is the contact's own number. A foreign file with such a column would change whichever
contacts happen to have those numbers, so a file counts as ours only when its header row is unmistakable.
"""

from collections.abc import Sequence
from functools import cache

from crm_app.locales import LANGUAGES, render
from crm_app.services.fields.registry import FIELDS

# Fields that hardly any other product writes under the same headers beside all the others.
_UNMISTAKABLE = frozenset(("lifecycle", "acquired_on", "registered_at", "privacy_accepted", "social_links"))


def own_targets(headers: Sequence[str]) -> list[str | None] | None:
    """The field of each column when the header row is that of our own export, else None.

    Ours: the number comes first, the fields follow in the registry's order under their names or under their labels in
    one language, and two of the unmistakable ones are among them. Columns behind them (custom fields) stay None.
    """
    for known in _header_sets():
        targets = [known.get(header.strip()) for header in headers]
        found = [target for target in targets if target is not None]
        if not found or found[0] != "number" or targets[0] != "number":
            continue
        in_order = found == [name for name in FIELDS if name in set(found)]
        if in_order and targets[: len(found)] == found and len(_UNMISTAKABLE & set(found)) >= 2:
            return targets
    return None


@cache
def _header_sets() -> tuple[dict[str, str], ...]:
    names = {name: name for name in FIELDS}
    labels = [{render(field.label, language): field.name for field in FIELDS.values()} for language in LANGUAGES]
    return (names, *labels)
