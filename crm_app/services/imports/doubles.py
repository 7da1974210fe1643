"""Rows of one file that mean the same contact: which of them counts.

While rows are judged in the order of the file, the first that can be taken counts and later ones are skipped; their
data is kept when the last one is to count, or all of them together: `settling` does that behind the last row.
"""

from crm_app.locales import text
from crm_app.models import Outcome
from crm_app.services.imports.layout import Layout
from crm_app.services.imports.matching import NEW_CONTACT, Candidate, Decision

SAME_KEY = text("The same key as in row {row}; the first row counts.").msgid
SAME_CONTACT = text("The same contact as in row {row}; the first row counts.").msgid
_PHONES = ("phone", "mobile")


class Doubles:
    """Remembers keys and contacts of the rows so far. `later` are the later rows by the first one."""

    def __init__(self, layout: Layout) -> None:
        self.later: dict[int, list[int]] = {}
        self._keys: dict[str, int] = {}
        self._keys_of_later: dict[str, int] = {}  # another key of the same contact leads to its first row too
        self._contacts: dict[int, int] = {}
        # A contact can be found by each of its phones, so each of them is a key from then on.
        self._also = [n for n, target in enumerate(layout.points) if layout.key in _PHONES and target in _PHONES]

    def judged(self, candidate: Candidate, decision: Decision) -> Decision:
        """The decision, or a skip when an earlier row was the same contact."""
        if decision.outcome is Outcome.INVALID or candidate.chosen == NEW_CONTACT:
            return decision
        key, contact = candidate.key, decision.contact_id
        if key is not None and (first := self._keys.get(key)):
            return self._later(candidate, first, SAME_KEY)
        if key is not None and (first := self._keys_of_later.get(key)):
            return self._later(candidate, first, SAME_CONTACT)
        if contact is not None and (first := self._contacts.get(contact)):
            if key is not None:
                self._keys_of_later[key] = first
            return self._later(candidate, first, SAME_CONTACT)
        if key is not None:
            self._keys[key] = candidate.row
        if contact is not None:
            self._contacts[contact] = candidate.row
        for place in self._also:
            if (norm := candidate.norms[place]) is not None:
                self._keys.setdefault(norm, candidate.row)
        return decision

    def _later(self, candidate: Candidate, first: int, reason: str) -> Decision:
        self.later.setdefault(first, []).append(candidate.row)
        return Decision(Outcome.SKIP, reason=text(reason, row=first))
