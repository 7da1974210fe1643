"""What the consent columns of a row ask for: of which address, on which channel, since when. No database."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from crm_app.models import Channel, ConsentState
from crm_app.services.consent.addresses import FIELDS_OF
from crm_app.services.fields.registry import CONSENT_FIELDS, FieldKind
from crm_app.services.fields.verdict import Verdict

WHEN = "consent_date"
_OPT_IN = {Channel(name.rpartition("_")[2]): name for name, f in CONSENT_FIELDS.items() if f.kind is FieldKind.OPT_IN}
_OPT_OUT = {Channel(name.rpartition("_")[2]): name for name, f in CONSENT_FIELDS.items() if f.kind is FieldKind.OPT_OUT}


class Want(NamedTuple):
    """An entry a row asks for: IMPORTED or REVOKED. Without an address, that of the stored contact is meant."""

    channel: str
    state: str
    at: str | None  # in ISO form; None = when the import runs
    address: str | None = None
    norm: str | None = None


class Entry(NamedTuple):
    """An entry to be written into the ledger. `old` is where the address stood before, `new` what is written."""

    channel: str
    address: str
    norm: str
    old: str
    new: str
    at: str | None


def targets_of(channel: str, mapped: Sequence[str]) -> list[str]:
    """The mapped consent columns that speak about the channel."""
    return [name for name in (_OPT_IN[Channel(channel)], _OPT_OUT[Channel(channel)]) if name in mapped]


def wanted(
    verdicts: Mapping[str, Sequence[Verdict]],
    values: Mapping[str, Sequence[Any]],
    norms: Mapping[str, Sequence[str | None]],
    size: int,
) -> list[list[Want]]:
    """The wants of each row; all three by target: consent columns, contact values, normalised values."""
    found: list[list[Want]] = [[] for _ in range(size)]
    when = verdicts.get(WHEN)
    for channel, opt_in in _OPT_IN.items():
        ins, outs = verdicts.get(opt_in), verdicts.get(_OPT_OUT[channel])
        fields = [name for name in FIELDS_OF[channel] if name in norms]
        for place in range(size) if ins or outs else ():
            said = next((column[place] for column in (outs, ins) if column and column[place].value), None)
            if said is None:
                continue
            at = said.norm or (when[place].norm if when else None)
            reached = [(values[name][place], norms[name][place]) for name in fields if norms[name][place]]
            if channel is Channel.SMS:
                reached = reached[:1]
            found[place] += [Want(channel.value, said.value, at, str(address), norm) for address, norm in reached]
            # Nobody is signed up by a row that does not say which address it means; leaving is understood anyway.
            if not reached and (said.value == ConsentState.REVOKED or not fields):
                found[place].append(Want(channel.value, said.value, at))
    return found


def with_those_of(rows: Sequence[Sequence[Want]], *, is_merged: bool) -> list[Want]:
    """The wants of several rows of one contact, of which the first counts: no opt-out of the others is lost.

    `is_merged`: their opt-ins count too.
    """
    others = [want for row in rows[1:] for want in row if is_merged or want.state == ConsentState.REVOKED]
    return list(dict.fromkeys([*rows[0], *others]))
