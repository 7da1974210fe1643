"""Own fields that are keys, in a file: a row whose value another contact or row has is told, and stays out."""

from collections.abc import Mapping, MutableSequence, Sequence

from sqlmodel import Session

from crm_app.locales import Text, text
from crm_app.models import Outcome
from crm_app.services import custom_fields, database
from crm_app.services.actor import Actor
from crm_app.services.contacts import own_keys
from crm_app.services.fields.conversion import as_text
from crm_app.services.fields.registry import Field
from crm_app.services.imports.layout import Layout
from crm_app.services.imports.matching import Candidate, Decision

_WRITES = (Outcome.CREATE, Outcome.UPDATE)


class OwnKeys:
    """Remembers the values of one run over a file: rows after each other do not take the same one."""

    def __init__(self, layout: Layout, actor: Actor, own: Mapping[str, Field] | None = None) -> None:
        self._layout, self._actor = layout, actor
        self._own = own
        self._seen: dict[tuple[str, str], tuple[int, object]] = {}  # field and value → row, and whom it means

    def refuse(
        self,
        session: Session,
        candidates: Sequence[Candidate],
        decisions: MutableSequence[Decision] | MutableSequence[Decision | None],
        places: Sequence[int],
    ) -> None:
        """Makes decisions invalid that would give a value twice; `places` are those of the candidates among them."""
        if not self._layout.custom:
            return
        own = custom_fields.all_of(session) if self._own is None else self._own
        for key in [key for key in self._layout.custom if key in own and own[key].is_unique]:
            database.one_at_a_time(session, f"own key {key}")
            at = self._layout.targets.index(key)
            written = {place: as_text(one.values[at]) for place, one in zip(places, candidates, strict=True)}
            values = sorted({value for value in written.values() if value})
            held = own_keys.held(session, self._actor, self._actor.branch_ids, key, values) if values else {}
            for place, candidate in zip(places, candidates, strict=True):
                decision = decisions[place]
                if not written[place] or decision is None or decision.outcome not in _WRITES:
                    continue
                reason = self._taken(key, own[key], written[place], candidate, decision, held)
                if reason is not None:
                    decisions[place] = Decision(Outcome.INVALID, reason=reason)

    def _taken(
        self,
        key: str,
        field: Field,
        value: str,
        candidate: Candidate,
        decision: Decision,
        held: Mapping[str, tuple[int, int | None]],
    ) -> Text | None:
        id_, number = held.get(value, (decision.contact_id, 0))
        if id_ != decision.contact_id and number is None:
            return text(
                "“{field}” is a key, and another contact has “{value}” already.", field=field.label, value=value
            )
        if id_ != decision.contact_id:
            return text(
                "“{field}” is a key, and contact {number} has “{value}” already.",
                field=field.label,
                number=number,
                value=value,
            )
        whom = decision.contact_id or candidate.key or candidate.row
        row, other = self._seen.setdefault((key, value), (candidate.row, whom))
        if row != candidate.row and other != whom:
            return text(
                "“{field}” is a key, and row {row} has “{value}” already.", field=field.label, row=row, value=value
            )
        return None
