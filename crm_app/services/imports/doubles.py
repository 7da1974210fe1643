"""Rows of one file that mean the same contact: the first that can be taken counts, later ones are skipped."""

from crm_app.locales import text
from crm_app.models import Outcome
from crm_app.services.imports.layout import Layout
from crm_app.services.imports.matching import Candidate, Decision

_PHONES = ("phone", "mobile")


class Doubles:
    """Remembers keys and contacts of the rows so far. Rows come in the order of the file."""

    def __init__(self, layout: Layout) -> None:
        self._keys: dict[str, int] = {}
        self._contacts: dict[int, int] = {}
        # A contact can be found by each of its phones, so each of them is a key from then on.
        self._also = [n for n, target in enumerate(layout.points) if layout.key in _PHONES and target in _PHONES]

    def judged(self, candidate: Candidate, decision: Decision) -> Decision:
        """The decision, or a skip when an earlier row was the same contact."""
        if decision.outcome is Outcome.INVALID:
            return decision
        if candidate.key is not None:
            if first := self._keys.get(candidate.key):
                return Decision(
                    Outcome.SKIP, reason=text("The same key as in row {row}; the first row counts.", row=first)
                )
            self._keys[candidate.key] = candidate.row
        if decision.contact_id is not None:
            if first := self._contacts.get(decision.contact_id):
                return Decision(
                    Outcome.SKIP, reason=text("The same contact as in row {row}; the first row counts.", row=first)
                )
            self._contacts[decision.contact_id] = candidate.row
        for place in self._also:
            if (norm := candidate.norms[place]) is not None:
                self._keys.setdefault(norm, candidate.row)
        return decision
