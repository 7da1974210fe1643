"""Suggested targets for the columns of a file: better none than a wrong one.

One column per field: the best one wins; what further e-mails and phones become, `beyond` says. Of several addresses
in a row one is taken as a whole. How names are settled stands in `people`, our own exports in `ours`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from crm_app.locales import Text, text
from crm_app.services.imports.mapping.addresses import keep_one_address
from crm_app.services.imports.mapping.cells_only import claim_by_cells, settle_by_cells
from crm_app.services.imports.mapping.columns import DISAGREE, Claim, Column, first_claim, read_columns
from crm_app.services.imports.mapping.consents import claim_consents
from crm_app.services.imports.mapping.evidence import UNLIKE, fit
from crm_app.services.imports.mapping.ours import own_targets
from crm_app.services.imports.mapping.people import settle_people

MATCH_KEYS: tuple[str, ...] = ("number", "external_id", "email")
_PLACES = ("", "home", "work", "company", "other")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`target` is a field name or None (leave unmapped); `confidence` is 0 to 1, how sure we are of the target."""

    target: str | None
    confidence: float
    reason: Text


def suggest(
    headers: Sequence[str], columns: Sequence[Sequence[str]], fills: Sequence[float] | None = None
) -> list[Suggestion]:
    """One suggestion per column; a field is suggested at most once.

    `columns` holds sample cells per column, in the order of `headers`; lists may be empty. A few hundred cells are
    plenty. `fills` (0 to 1 per column) is to be given when the samples leave blank cells out. An unmapped column has
    confidence 0 and a reason.
    """
    if own := own_targets(headers):
        reason = text("This file was exported from here.")
        return [Suggestion(target, 1.0 if target else 0.0, reason) for target in own]
    read = read_columns(headers, columns, fills)
    claims = [first_claim(column) for column in read]
    settle_people(read, claims)
    for column in read:
        claims[column.index] = _checked(column, claims)
    keep_one_address(read, claims)
    _keep_the_best(read, claims)
    settle_by_cells(read, claims)
    claim_consents(read, claims)
    return [Suggestion(claim.target, round(claim.certainty, 2), claim.reason) for claim in claims]


def suggest_match_key(targets: Iterable[str | None]) -> str | None:
    """The field by which rows find contacts: the first mapped one of `MATCH_KEYS`."""
    mapped = set(targets)
    return next((key for key in MATCH_KEYS if key in mapped), None)


def _checked(column: Column, claims: Sequence[Claim]) -> Claim:
    """The claim after a look at the cells: surer, less sure, another field, or none."""
    claim = claims[column.index]
    share = fit(claim.target, column.evidence) if claim.target else None
    if share is None:
        return claim
    if share >= 0.6:
        return replace(claim, certainty=min(1.0, claim.certainty + 0.04))
    if share >= UNLIKE:
        return replace(claim, certainty=claim.certainty * 0.8)
    other = claim_by_cells(column)
    if other is not None and other.target != claim.target and all(c.target != other.target for c in claims):
        return other
    return Claim(None, 0.0, DISAGREE)


def _keep_the_best(columns: Sequence[Column], claims: list[Claim]) -> None:
    best: dict[str, int] = {}
    for column in columns:
        target = claims[column.index].target
        if target is None:
            continue
        rival = best.setdefault(target, column.index)
        if _rank(column, claims[column.index]) > _rank(columns[rival], claims[rival]):
            best[target] = column.index
    for column in columns:
        target = claims[column.index].target
        if target is not None and best[target] != column.index:
            header = columns[best[target]].header
            claims[column.index] = Claim(
                None, 0.0, text("Another column is taken for this field: {header}.", header=header)
            )


def _rank(column: Column, claim: Claim) -> float:
    """Filled before empty, sure before unsure, first before second, then the better filled and the nearer place."""
    filled = column.evidence.fill
    return (
        3 * claim.certainty
        + 2 * filled
        - 5 * (filled == 0)
        - 0.6 * (claim.index - 1)
        - 0.2 * _PLACES.index(claim.place)
    )
