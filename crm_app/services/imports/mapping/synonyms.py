"""What a column's header says, in some twenty languages.

`headers/<language>.json` holds the words: a list per field, separated by `|`; further lists name what is no field of
ours (`unmapped`), names not yet split (`full_name`, `name`), and the words that qualify a field (`home`, `work`, …).
Letters, digits and their order count; case, accents, spaces, punctuation and "(required)" do not.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from crm_app.services.fields.characters import folded
from crm_app.services.fields.registry import FIELDS

FOLDER = Path(__file__).parent / "headers"
# Meanings that are no field: settled in `suggest`, where the other columns are known.
FULL_NAME, NAME, SURNAME_OR_NAME, TITLE = "full_name", "name", "last_name_or_full", "title"
BIRTH_PART = "birth_part"  # year or month of birth in a column of its own: then "Birth day" is no date either
JOB = "job"  # no field of ours; beside it, "Title" is a form of address
UNMAPPED = "unmapped"
CONCEPTS = (FULL_NAME, NAME, SURNAME_OR_NAME, TITLE, BIRTH_PART, JOB, UNMAPPED)
MIN_SIMILAR = 7  # letters a header must have before a misspelling is forgiven

_REMARK = re.compile(
    r"[\[(]\s*(?:required|mandatory|optional|pflichtfeld|pflicht|erforderlich|obbligatorio|facoltativo|opzionale"
    r"|wymagane|opcjonalne|obligatoire|obligatorio|[djtmygarp./ -]{6,12})\s*[\])]",
    re.IGNORECASE,
)
_ENDING = re.compile(  # Verantwortliche/r, Conjoint(e), Adresse(n), Ответственный (-ая)
    r"(?<=\w)(?:/(?:r|e|s|n|in|innen|a)\b|\((?:r|e|s|n|in|innen|a|er|en|es|sen|ek|y|ler)\))|\s*\(-\w{1,3}\)",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ][a-zà-ÿ]|[A-Z]{2,}$)|(?<=[A-Z])(?=[A-Z][a-z]{3})")
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


class Word(StrEnum):
    """What a word beside a field's own word says."""

    HOME = "home"
    WORK = "work"
    COMPANY = "company_words"
    OTHER = "other"
    MAIN = "main"
    SECOND = "second"
    ENTITY = "entity"
    FILLER = "filler"
    ADDRESS = "address_words"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All languages together. `meanings`: header without spaces → fields and concepts; `words`: word → kinds."""

    meanings: dict[str, frozenset[str]]
    words: dict[str, frozenset[Word]]
    languages: dict[tuple[str, str], frozenset[str]]  # (header without spaces, meaning) → languages that say so
    by_first_letter: dict[str, list[str]] = field(default_factory=dict)


def tokens_of(header: str) -> tuple[str, ...]:
    """The folded words and numbers of a header: "E-Mail 2: Adresse*" is e, mail, 2, adresse."""
    text = _REMARK.sub(" ", header.strip())
    text = _CAMEL.sub(" ", _ENDING.sub("", text)).replace("'", "").replace("’", "").replace("`", "")
    return tuple(_TOKEN.findall(folded(text)))


def key_of(header: str) -> str:
    """The form under which headers are compared."""
    return "".join(tokens_of(header))


@cache
def vocabulary() -> Vocabulary:
    """The words of all languages; read once."""
    meanings: dict[str, set[str]] = defaultdict(set)
    words: dict[str, set[Word]] = defaultdict(set)
    languages: dict[tuple[str, str], set[str]] = defaultdict(set)
    kinds = set(Word)
    for path in sorted(FOLDER.glob("*.json")):
        for name, joined in json.loads(path.read_text(encoding="utf-8")).items():
            for synonym in filter(None, joined.split("|")):
                keys = {key_of(synonym), key_of(synonym.lower().translate(_UMLAUTS))}
                for key in keys:
                    if name in kinds:
                        words[key].add(Word(name))
                    else:
                        meanings[key].add(name)
                        languages[key, name].add(path.stem)
    for name in FIELDS:
        if name != "number":  # a foreign file's number is not ours; our own exports are known as a whole
            meanings[key_of(name)].add(name)
    letters: dict[str, list[str]] = defaultdict(list)
    for key in meanings:
        if len(key) >= MIN_SIMILAR - 1:
            letters[key[0]].append(key)
    return Vocabulary(
        {key: frozenset(names) for key, names in meanings.items()},
        {key: frozenset(kinds) for key, kinds in words.items()},
        {pair: frozenset(found) for pair, found in languages.items()},
        dict(letters),
    )


def exact(header: str) -> frozenset[str]:
    """The fields and concepts for which the whole header is a synonym; more than one where languages disagree."""
    return vocabulary().meanings.get(key_of(header), frozenset())


def main_language(headers: Iterable[str]) -> str | None:
    """The language most headers are written in; None when there is no clear one."""
    known = vocabulary()
    weights: dict[str, float] = defaultdict(float)
    for key in map(key_of, headers):
        names = known.meanings.get(key, frozenset())
        found = known.languages.get((key, next(iter(names))), frozenset()) if len(names) == 1 else frozenset()
        for language in found:
            weights[language] += 1 / len(found)
    best = sorted(weights, key=lambda language: (-weights[language], language))
    clear = best and weights[best[0]] >= 1 and (len(best) == 1 or weights[best[0]] > 1.2 * weights[best[1]])
    return best[0] if clear else None


def in_language(header: str, language: str) -> frozenset[str]:
    """The fields and concepts for which the whole header is a synonym in one language."""
    known, key = vocabulary(), key_of(header)
    return frozenset(
        name for name in known.meanings.get(key, ()) if language in known.languages.get((key, name), frozenset())
    )


def similar(header: str) -> str | None:
    """The one field whose synonym is one letter away from a header of at least seven letters, else None."""
    key = key_of(header)
    if len(key) < MIN_SIMILAR or not key.isalpha():
        return None
    known = vocabulary()
    found: set[str] = set()
    for candidate in known.by_first_letter.get(key[0], ()):
        if abs(len(candidate) - len(key)) <= 1 and one_edit_apart(key, candidate):
            found |= known.meanings[candidate]
    return found.pop() if len(found) == 1 and not found & set(CONCEPTS) else None


def one_edit_apart(left: str, right: str) -> bool:
    """Whether one letter added, left out, changed or swapped with its neighbour makes one text the other."""
    if len(left) > len(right):
        left, right = right, left
    at = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(left))
    if len(left) < len(right):
        return left[at:] == right[at + 1 :]
    swapped = left[at + 1 : at + 2] + left[at : at + 1] + left[at + 2 :]
    return left[at + 1 :] == right[at + 1 :] or swapped == right[at:]
