"""Which columns are first and last name, when headers such as "Name", "Nome" or "Titel" mean this or that.

A single column of full names is taken as the last name: taking names apart is for somebody to choose.
"""

from collections.abc import Sequence

from crm_app.locales import text
from crm_app.services.imports.mapping.columns import Claim, Column
from crm_app.services.imports.mapping.synonyms import BIRTH_PART, FULL_NAME, JOB, NAME, SURNAME_OR_NAME, TITLE

_FULL = text("The column holds full names. Choose “First and last name in one” to take them apart.")
_BESIDE = text("This is the other part of the name: first or last name has a column of its own.")
_APART = text("First and last name have columns of their own.")
_COMPANIES = text("The cells hold names of companies.")
_ADDRESSING = text("The column holds forms of address.")
_IN_PARTS = text("Day, month and year of birth stand in separate columns.")


def settle_people(columns: Sequence[Column], claims: list[Claim]) -> None:
    """Replaces the claims of columns whose meaning depends on the other columns."""
    _settle_names(columns, claims)
    job = any(column.says(JOB) for column in columns)
    addressed = any(claim.target == "salutation" for claim in claims)
    for column in columns:
        if not column.says(TITLE) or addressed:
            continue
        share = column.evidence.share("salutation")
        if share >= 0.6 or (job and not column.has_evidence):
            claims[column.index] = Claim("salutation", 0.8, _ADDRESSING)
    if any(column.says(BIRTH_PART) for column in columns):
        for column in columns:
            if claims[column.index].target == "birth_date" and column.evidence.share("date") < 0.5:
                claims[column.index] = Claim(None, 0.0, _IN_PARTS)


def _settle_names(columns: Sequence[Column], claims: list[Claim]) -> None:
    has_first = any(claim.target == "first_name" for claim in claims)
    has_last = any(claim.target == "last_name" for claim in claims) or any(c.says(SURNAME_OR_NAME) for c in columns)
    alone = not any(column.says(NAME, FULL_NAME) for column in columns)
    for column in columns:
        if column.says(FULL_NAME, NAME) and column.evidence.share("company") >= 0.3:
            claims[column.index] = Claim("company", 0.7, _COMPANIES)
        elif column.says(FULL_NAME):
            claims[column.index] = Claim(None, 0.0, _APART) if has_first or has_last else _whole(column)
        elif column.says(NAME):
            claims[column.index] = _name(column, has_first, has_last)
        elif column.says(SURNAME_OR_NAME) and not any(claim.target == "last_name" for claim in claims):
            claims[column.index] = Claim("last_name", 0.9, _BESIDE) if has_first else _whole(column)
        elif claims[column.index].target == "first_name" and not has_last and _has_whole_names(column) and alone:
            claims[column.index] = _whole(column)


def _name(column: Column, has_first: bool, has_last: bool) -> Claim:
    if has_first and has_last:
        return Claim(None, 0.0, _APART)
    if has_first and not _has_whole_names(column):
        return Claim("last_name", 0.85, _BESIDE)
    if has_last and not _has_whole_names(column):
        return Claim("first_name", 0.8, _BESIDE)
    return Claim(None, 0.0, _APART) if has_first or has_last else _whole(column)


def _whole(column: Column) -> Claim:
    single = column.has_evidence and column.evidence.share("single_word") >= 0.8
    return Claim("last_name", 0.7 if single else 0.6, _BESIDE if single else _FULL)


def _has_whole_names(column: Column) -> bool:
    return column.has_evidence and column.evidence.share("several_words") > 0.6
