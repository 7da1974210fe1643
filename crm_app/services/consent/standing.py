"""Where addresses stand: none < imported < sent < confirmed, and revoked beats all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from crm_app.models import Channel, Consent, ConsentState
from crm_app.services.bulk import among

_RANKS = {state: rank for rank, state in enumerate(ConsentState)}


@dataclass(frozen=True, slots=True)
class Standing:
    """`is_imported`: a file vouched for the address since it was last revoked, whatever came on top."""

    state: ConsentState = ConsentState.NONE
    is_imported: bool = False

    def agrees(self, *, takes_imported: bool) -> bool:
        """Whether it may be written to: confirmed, or imported where the installation takes that for enough."""
        if self.state is ConsentState.CONFIRMED:
            return True
        return takes_imported and self.is_imported and self.state is not ConsentState.REVOKED


NOTHING = Standing()


def standings(
    session: Session, channel: Channel, norms: Sequence[str], group_id: int | None = None
) -> dict[str, Standing]:
    """The standing of each normalised address, NOTHING for unknown ones. One query.

    What was said without a group holds for every group; what was said for a group holds for that one alone.
    """
    found = dict.fromkeys(norms, NOTHING)
    if not found:
        return found
    columns = [getattr(Consent, name) for name in ("norm", "state")]
    of_group: ColumnElement[bool] = col(Consent.group_id).is_(None)
    if group_id is not None:
        of_group = or_(of_group, col(Consent.group_id) == group_id)
    query = (
        select(*columns)
        .where(Consent.channel == channel, among(session, col(Consent.norm), list(found)), of_group)
        .order_by(col(Consent.id))
    )
    events: dict[str, list[ConsentState]] = {}
    for norm, state in session.execute(query):
        events.setdefault(norm, []).append(ConsentState(state))
    return found | {norm: folded(states) for norm, states in events.items()}


def folded(states: Iterable[ConsentState]) -> Standing:
    """What a row of entries comes to, in the order they were recorded.

    Only a confirmation gets over a revocation: `ledger.record` takes none from anybody who may not give it.
    """
    state, is_imported = ConsentState.NONE, False
    for one in states:
        if one is ConsentState.REVOKED:
            state, is_imported = one, False
        elif state is not ConsentState.REVOKED or one is ConsentState.CONFIRMED:
            is_lifted = state is ConsentState.REVOKED
            state = one if is_lifted or _RANKS[one] > _RANKS[state] else state
            is_imported = is_imported or one is ConsentState.IMPORTED
    return Standing(state, is_imported)
