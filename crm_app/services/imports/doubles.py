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
        self._contacts: dict[int, int] = {}
        # A contact can be found by each of its phones, so each of them is a key from then on.
        self._also = [n for n, target in enumerate(layout.points) if layout.key in _PHONES and target in _PHONES]

    def judged(self, candidate: Candidate, decision: Decision) -> Decision:
        """The decision, or a skip when an earlier row was the same contact."""
        if decision.outcome is Outcome.INVALID or candidate.chosen == NEW_CONTACT:
            return decision
        if candidate.key is not None:
            if first := self._keys.get(candidate.key):
                return self._later(candidate, first, SAME_KEY)
            self._keys[candidate.key] = candidate.row
        if decision.contact_id is not None:
            if first := self._contacts.get(decision.contact_id):
                return self._later(candidate, first, SAME_CONTACT)
            self._contacts[decision.contact_id] = candidate.row
        for place in self._also:
            if (norm := candidate.norms[place]) is not None:
                self._keys.setdefault(norm, candidate.row)
        return decision

    def _later(self, candidate: Candidate, first: int, reason: str) -> Decision:
        self.later.setdefault(first, []).append(candidate.row)
        return Decision(Outcome.SKIP, reason=text(reason, row=first))
