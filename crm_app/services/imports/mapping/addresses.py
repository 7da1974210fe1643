"""Several addresses in one row: one of them is taken as a whole, never the street of one and the city of another."""

from collections import defaultdict
from collections.abc import Sequence

from crm_app.locales import text
from crm_app.services.imports.mapping.columns import Claim, Column
from crm_app.services.imports.mapping.parts import ADDRESS_FIELDS

_OTHER_ADDRESS = text("This belongs to another address of the same row.")
_LAST = "other"


def keep_one_address(columns: Sequence[Column], claims: list[Claim]) -> None:
    """Drops the claims of all addresses but the best filled one; parts that only complete it may stay."""
    addresses: dict[tuple[str, int], list[Column]] = defaultdict(list)
    for column in columns:
        claim = claims[column.index]
        if claim.target in ADDRESS_FIELDS:
            addresses[claim.place, claim.index].append(column)
    if len(addresses) < 2:
        return
    by_worth = sorted(addresses, key=lambda which: _worth(which, addresses[which]), reverse=True)
    taken: set[str | None] = set()
    for which in by_worth:
        fields = {claims[column.index].target for column in addresses[which]}
        if taken & fields:
            for column in addresses[which]:
                claims[column.index] = Claim(None, 0.0, _OTHER_ADDRESS)
        else:
            taken |= fields


def _worth(which: tuple[str, int], columns: Sequence[Column]) -> tuple[float, int, int, int]:
    """Cells filled, then fields named, then first before second and the file's order."""
    place, index = which
    filled = round(sum(column.evidence.fill for column in columns), 1)
    return filled, -(place == _LAST), -index, -columns[0].index
