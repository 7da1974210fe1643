"""Columns whose header says nothing: judged by their cells alone, and only when these are unmistakable."""

from collections.abc import Sequence

from crm_app.locales import Text, text
from crm_app.services.imports.mapping.columns import Claim, Column

# Kind of content → field, share needed under an unknown header (above 1 = never), share needed without a header.
_RULES: tuple[tuple[str, str, float, float, Text], ...] = (
    ("email", "email", 0.9, 0.8, text("The cells hold e-mail addresses.")),
    ("dialled", "phone", 0.9, 0.85, text("The cells hold phone numbers.")),
    ("url", "website", 0.95, 0.9, text("The cells hold web addresses.")),
    ("tax_number", "tax_number", 0.95, 0.9, text("The cells hold tax numbers.")),
    ("past_date", "birth_date", 2.0, 0.9, text("The cells hold dates that may be birthdays.")),
    ("salutation", "salutation", 2.0, 0.9, text("The cells hold forms of address.")),
    ("gender", "gender", 2.0, 0.95, text("The cells hold genders.")),
    ("country", "country", 2.0, 0.95, text("The cells hold countries.")),
    ("first_name", "first_name", 2.0, 0.6, text("The cells hold common first names.")),
    ("company", "company", 2.0, 0.6, text("The cells hold names of companies.")),
    ("street", "street", 2.0, 0.8, text("The cells hold streets with house numbers.")),
    ("long_postal_code", "postal_code", 2.0, 0.9, text("The cells hold postal codes.")),
)
_BESIDE_FIRST = text("The cells stand beside the first names and look like last names.")
_BESIDE_CODE = text("The cells stand beside the postal codes and look like places.")
CERTAINTY = 0.7


def settle_by_cells(columns: Sequence[Column], claims: list[Claim]) -> None:
    """Adds claims for columns with an unknown header or none, where no other column claims the field."""
    for column in columns:
        if column.meanings or not column.has_evidence:
            continue
        claim = claim_by_cells(column)
        if claim is not None and all(other.target != claim.target for other in claims):
            claims[column.index] = claim
    _beside(columns, claims, "first_name", "last_name", (1, -1), _BESIDE_FIRST)
    _beside(columns, claims, "postal_code", "city", (1,), _BESIDE_CODE)


def claim_by_cells(column: Column) -> Claim | None:
    """The field the cells leave no doubt about, else None."""
    if column.evidence.share("running") >= 0.9:
        return None  # running numbers of somebody else
    for kind, target, under_header, without_header, reason in _RULES:
        if column.evidence.share(kind) >= (under_header if column.has_header else without_header):
            return Claim(target, CERTAINTY, reason)
    return None


def _beside(
    columns: Sequence[Column], claims: list[Claim], known: str, wanted: str, steps: tuple[int, ...], reason: Text
) -> None:
    """A column without header beside a field found by its cells, filled with words, is the other half of the pair."""
    if any(claim.target == wanted for claim in claims):
        return
    for column in columns:
        if claims[column.index].target != known or column.has_header:
            continue
        for step in steps:
            at = column.index + step
            if 0 <= at < len(columns) and _holds_words(columns[at]) and claims[at].target is None:
                claims[at] = Claim(wanted, 0.6, reason)
                return


def _holds_words(column: Column) -> bool:
    return not column.has_header and column.has_evidence and column.evidence.share("word") >= 0.9
