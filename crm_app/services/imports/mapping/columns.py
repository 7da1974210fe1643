"""The columns of a file with what their headers say and their cells hold."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crm_app.locales import Text, text
from crm_app.services.imports.mapping import synonyms
from crm_app.services.imports.mapping.evidence import ENOUGH, Evidence, evidence_of, fit
from crm_app.services.imports.mapping.parts import Meaning, meaning_of_parts

_NO_HEADER = re.compile(
    r"\s*(?:(?:column|spalte|colonna|kolumna|field|feld|col|campo|pole|unnamed)[ _:]*(?:[a-z]{1,2}|\d+)?)?\s*",
    re.IGNORECASE,
)
KNOWN = text("The header is a known name of this field.")
SIMILAR = text("The header is spelled almost like a known name of this field.")
UNKNOWN = text("The header is not known.")
NO_FIELD = text("There is no field for this column.")
DISAGREE = text("The header says one thing and the cells another.")


@dataclass(frozen=True, slots=True)
class Column:
    """`meanings` of the header; several where languages disagree, none where the header is not known."""

    index: int
    header: str
    meanings: tuple[Meaning, ...]
    evidence: Evidence

    @property
    def has_header(self) -> bool:
        return is_named(self.header)

    @property
    def has_evidence(self) -> bool:
        return self.evidence.filled >= ENOUGH

    def says(self, *targets: str) -> bool:
        """Whether the header means one of `targets` and nothing else."""
        return len(self.meanings) == 1 and self.meanings[0].target in targets


@dataclass(frozen=True, slots=True)
class Claim:
    """A column wants to be a field. `target` None: it stays unmapped for the reason given."""

    target: str | None
    certainty: float
    reason: Text
    place: str = ""
    index: int = 1


def is_named(header: str) -> bool:
    """Whether a header is a name somebody gave, not "Column A" or nothing."""
    return _NO_HEADER.fullmatch(header) is None


def read_columns(
    headers: Sequence[str], columns: Sequence[Sequence[str]], fills: Sequence[float] | None = None
) -> list[Column]:
    """Headers and sample cells as `Column`s; missing cells count as none. `fills` knows better how many are blank."""
    language = synonyms.main_language(headers)
    found = []
    for index, header in enumerate(headers):
        evidence = evidence_of(columns[index] if index < len(columns) else ())
        if fills is not None:
            evidence = evidence.with_fill(fills[index])
        found.append(Column(index, header, meanings_of(header, language), evidence))
    return found


def meanings_of(header: str, language: str | None = None) -> tuple[Meaning, ...]:
    """What a header says: as a whole, else by its parts, else by a synonym one letter away.

    Where languages disagree, that of the file decides: "Estado" is a province in Portuguese and a status in Spanish.
    """
    if targets := synonyms.exact(header):
        if len(targets) > 1 and language and len(narrowed := synonyms.in_language(header, language)) == 1:
            return (Meaning(next(iter(narrowed)), certainty=0.9),)
        return tuple(Meaning(target) for target in sorted(targets))
    if meaning := meaning_of_parts(header):
        return (meaning,)
    if target := synonyms.similar(header):
        return (Meaning(target, certainty=0.8),)
    return ()


def first_claim(column: Column) -> Claim:
    """What the column claims by its header alone, its cells judging where languages disagree."""
    meanings = column.meanings
    if len(meanings) > 1:
        shares = {meaning.target: fit(meaning.target, column.evidence) for meaning in meanings}
        fitting = [target for target, share in shares.items() if share is None or share >= 0.5]
        if len(fitting) != 1 or (shares[fitting[0]] or 0.0) < 0.8:
            return Claim(None, 0.0, UNKNOWN)
        meanings = (Meaning(fitting[0], certainty=0.8),)
    if not meanings:
        return Claim(None, 0.0, UNKNOWN)
    meaning = meanings[0]
    if meaning.target in synonyms.CONCEPTS:
        return Claim(None, 0.0, NO_FIELD)
    reason = SIMILAR if meaning.certainty < 0.9 else KNOWN
    return Claim(meaning.target, meaning.certainty, reason, meaning.place, meaning.index)
