"""When two files have the same columns: what programs export again and again, with columns added, lost or moved.

Headers are compared folded (case, accents and spaces do not count); the second "Notes" of a file is a column of its
own. Columns without a name ("Column A") are no proof of anything and never meet.
"""

from collections import Counter
from collections.abc import Collection, Sequence

from crm_app.services.folding import fold
from crm_app.services.imports.mapping.columns import is_named

Key = tuple[str, int]  # the folded header, and which of several such columns it is

SHARED = 0.6  # of the headers of both files together
CONTAINED, ENOUGH = 0.8, 4  # of the shorter header row, with so many headers in common at least


def keys_of(headers: Sequence[str]) -> list[Key | None]:
    """What each column is known by; None for one without a name."""
    seen: Counter[str] = Counter()
    keys: list[Key | None] = []
    for header in headers:
        folded = fold(header)
        seen[folded] += 1
        keys.append((folded, seen[folded]) if is_named(header) else None)
    return keys


def are_alike(left: Collection[Key], right: Collection[Key]) -> bool:
    """Whether two header rows come from the same kind of file.

    They share most of their headers; or the shorter row stands nearly whole in the longer one, as when somebody
    deleted the columns nobody needs. Three headers such as name, e-mail and phone stand in every file: not enough.
    """
    left, right = set(left), set(right)
    shared = len(left & right)
    if not shared:
        return False
    return shared >= SHARED * len(left | right) or (
        shared >= ENOUGH and shared >= CONTAINED * min(len(left), len(right))
    )
