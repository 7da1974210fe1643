"""Columns that say who agreed to be written to, or left.

Only under a header that names the channel or the newsletter, as a whole, and only when the cells say yes, no or when:
a bare "Consent" may be one to anything. What is suggested here is still chosen by somebody on the columns page.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from crm_app.services.fields.registry import CONSENT_FIELDS
from crm_app.services.imports.mapping.columns import KNOWN, Claim, Column
from crm_app.services.imports.mapping.synonyms import key_of

CERTAINTY = 0.9
_WHEN = "consent_date"
_NEEDED = 0.95  # share of the cells that must say so


def claim_consents(columns: Sequence[Column], claims: list[Claim]) -> None:
    """Adds claims for columns that no field of a contact claims; the date only beside a consent."""
    taken: set[str] = set()
    for target in CONSENT_FIELDS:
        if target == _WHEN and not taken:
            return
        kind = "date" if target == _WHEN else "consent"
        for column in columns:
            if claims[column.index].target is None and _is(column, target, kind):
                claims[column.index] = Claim(target, CERTAINTY, KNOWN)
                taken.add(target)
                break


def _is(column: Column, target: str, kind: str) -> bool:
    # One cell is enough: of a column of yes and no, the samples hold each word once.
    if not column.evidence.filled or column.evidence.share(kind) < _NEEDED:
        return False
    return key_of(column.header) in _headers()[target]


@cache
def _headers() -> dict[str, frozenset[str]]:
    """The headers of each consent column as `key_of` gives them, and its own name."""
    read = json.loads(Path(__file__).with_name("consent_headers.json").read_text(encoding="utf-8"))
    return {name: frozenset(map(key_of, [name, *read[name].split("|")])) for name in CONSENT_FIELDS}
