"""The guard between a file and the ledger: a row may add "imported" where nothing stands, and lower; nothing else.

Check and commit decide through this one class. It never raises anybody past "imported" and never lifts a revocation.
"""

from collections.abc import Iterator, Sequence

from sqlmodel import Session, col, select

from crm_app.models import Channel, ConsentState, Contact, Outcome
from crm_app.services.bulk import among
from crm_app.services.consent import suppression
from crm_app.services.consent.addresses import FIELDS_OF
from crm_app.services.consent.standing import standings
from crm_app.services.consent.suppression import Address
from crm_app.services.fields.registry import parse
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.imports.consent_cells import Entry, Want, targets_of
from crm_app.services.imports.layout import Layout
from crm_app.services.imports.matching import Candidate, Decision

TAKEN = (Outcome.CREATE, Outcome.UPDATE, Outcome.UNCHANGED)

Row = tuple[Candidate, Decision]
Stored = dict[int | None, dict[str, str | None]]  # contact → field → address


class ConsentGuard:
    """Decides for one file. `keeps`: what earlier rows ask for counts as done, as it will be at the commit."""

    def __init__(self, layout: Layout, context: FieldContext, *, keeps: bool = False) -> None:
        self._layout, self._context, self._keeps = layout, context, keeps
        self._known: dict[Address, ConsentState] = {}

    def decide(self, session: Session, rows: Sequence[Row]) -> None:
        """Fills `consents` and `entries` of the decisions, in the order of the file; nothing without consent columns.

        Raises Conflict without the right secret key.
        """
        if not self._layout.consents:
            return
        if not self._keeps:
            self._known.clear()
        taken = [row for row in rows if row[1].outcome in TAKEN and row[0].consents]
        stored = self._stored(session, taken)
        asked = [(decision, list(self._addressed(candidate, decision, stored))) for candidate, decision in taken]
        self._look_up(session, [(Channel(want.channel), norm) for _, wants in asked for want, _, norm in wants])
        for decision, wants in asked:
            entries = [entry for want, address, norm in wants if (entry := self._entry(want, address, norm))]
            if entries:
                decision.entries = entries
                decision.consents = self._shown(entries)

    def _entry(self, want: Want, address: str, norm: str) -> Entry | None:
        key, new = (Channel(want.channel), norm), ConsentState(want.state)
        old = self._known[key]
        allowed = old is ConsentState.NONE if new is ConsentState.IMPORTED else old is not ConsentState.REVOKED
        if not allowed:
            return None
        self._known[key] = new
        return Entry(want.channel, address, norm, old.value, new.value, want.at)

    def _shown(self, entries: Sequence[Entry]) -> dict[str, list[str]]:
        shown: dict[str, list[str]] = {}
        for entry in entries:
            for target in targets_of(entry.channel, self._layout.consents):
                shown.setdefault(target, [entry.old, entry.new])
        return shown

    def _look_up(self, session: Session, keys: Sequence[Address]) -> None:
        """Where the addresses stand; a suppressed one counts as revoked."""
        for channel in Channel:
            norms = list(dict.fromkeys(norm for one, norm in keys if one is channel and (one, norm) not in self._known))
            if not norms:
                continue
            found = standings(session, channel, norms)
            suppressed = suppression.reasons(session, [(channel, norm) for norm in norms])
            for norm, standing in found.items():
                is_out = (channel, norm) in suppressed
                self._known[channel, norm] = ConsentState.REVOKED if is_out else standing.state

    def _addressed(self, candidate: Candidate, decision: Decision, stored: Stored) -> Iterator[tuple[Want, str, str]]:
        """What the row asks for with the addresses it means: its own, else those of the stored contact."""
        for want in (Want(*each) for each in candidate.consents):
            if want.address is not None and want.norm is not None:
                yield want, want.address, want.norm
                continue
            for name in FIELDS_OF[Channel(want.channel)]:
                address = stored.get(decision.contact_id, {}).get(name)
                if address and (norm := parse(name, address, self._context).norm):
                    yield want, address, norm
                    if want.channel == Channel.SMS:
                        break

    def _stored(self, session: Session, rows: Sequence[Row]) -> Stored:
        ids = {
            decision.contact_id
            for candidate, decision in rows
            if decision.contact_id and any(Want(*want).norm is None for want in candidate.consents)
        }
        if not ids:
            return {}
        names = ("id", "email", "phone", "mobile")
        query = select(*[getattr(Contact, name) for name in names])
        found = session.execute(query.where(among(session, col(Contact.id), sorted(ids))))
        return {row[0]: dict(zip(names[1:], row[1:], strict=True)) for row in found}
