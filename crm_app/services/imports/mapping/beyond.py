"""Suggestions beyond the fields of a contact: full names to be taken apart, further e-mails, phones and links.

Put over those of `suggest`, for columns whose header and cells leave no doubt; the others keep what they have.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_app.locales import text
from crm_app.services.fields.characters import folded
from crm_app.services.fields.registry import parse
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.imports.mapping.columns import meanings_of
from crm_app.services.imports.mapping.evidence import ENOUGH, SAMPLE, first_names
from crm_app.services.imports.mapping.parts import Meaning
from crm_app.services.imports.mapping.suggest import Suggestion
from crm_app.services.imports.mapping.synonyms import (
    FULL_NAME,
    NAME,
    SURNAME_OR_NAME,
    exact,
    main_language,
    tokens_of,
)

_FURTHER = {"email": "other_email", "phone": "other_phone", "mobile": "other_phone", "website": "other_link"}
_NAMES = frozenset((FULL_NAME, NAME, SURNAME_OR_NAME, "first_name"))
_NEEDED = 0.95  # share of the cells that can be taken as they are
_MOST_WORDS = 6
_CONTEXT = FieldContext()
_WHOLE = text("The column holds full names; first and last name are taken apart.")


def beyond(
    headers: Sequence[str], columns: Sequence[Sequence[str]], suggestions: Sequence[Suggestion]
) -> list[Suggestion]:
    """The suggestions with these in them. `headers` and `columns` as `suggest` takes them."""
    language = main_language(headers)
    found = list(suggestions)
    taken = {suggestion.target: index for index, suggestion in enumerate(suggestions) if suggestion.target}
    for index, header in enumerate(headers):
        meanings = meanings_of(header, language)
        cells = [cell.strip() for cell in columns[index] if cell.strip()][:SAMPLE]
        if len(meanings) != 1 or not cells:
            continue
        target = suggestions[index].target
        if target == "last_name" and "first_name" not in taken and meanings[0].target in _NAMES:
            if _are_whole_names(header, meanings[0], cells):
                found[index] = Suggestion("full_name", 0.8, _WHOLE)
        elif target is None and meanings[0].target in taken and _is_further(meanings[0], cells):
            reason = text("Added to the contact beside “{header}”.", header=headers[taken[meanings[0].target]])
            found[index] = Suggestion(_FURTHER[meanings[0].target], 0.8, reason)
    return found


def _is_further(meaning: Meaning, cells: Sequence[str]) -> bool:
    """Whether it is one more way to reach the person; a number of the company is not."""
    if meaning.target not in _FURTHER or meaning.place == "company":
        return False
    fine = sum(not parse(_FURTHER[meaning.target], cell, _CONTEXT).is_error for cell in cells)
    return fine >= _NEEDED * len(cells)


@dataclass(frozen=True, slots=True)
class _Names:
    """Cells that look like names of people: all of them, with a first name in front, and with it at the end."""

    whole: float
    commas: float
    ordered: float
    turned: float


def _are_whole_names(header: str, meaning: Meaning, cells: Sequence[str]) -> bool:
    """Whether taking them apart gives first and last name. Without commas the first name must stand in front."""
    names = _names(cells)
    if names.whole < 0.8:
        return False
    if _last_name_first(header):
        return names.commas >= 0.9 * names.whole
    if names.turned > 0.2 or names.turned > names.ordered:
        return False
    return meaning.target == FULL_NAME or (len(cells) >= ENOUGH and names.ordered >= 0.5)


def _names(cells: Sequence[str]) -> _Names:
    whole = commas = ordered = turned = 0
    for cell in cells:
        words = cell.replace(",", " ").split()
        if not 1 < len(words) <= _MOST_WORDS or not all(map(_is_word, words)):
            continue
        whole += 1
        if "," in cell:
            commas += 1
        elif _is_first_name(words[0]):
            ordered += 1
        elif _is_first_name(words[-1]):
            turned += 1
    size = len(cells)
    return _Names(whole / size, commas / size, (ordered + commas) / size, turned / size)


def _is_word(word: str) -> bool:
    return word.replace("-", "").replace("'", "").replace("’", "").replace(".", "").isalpha()


def _is_first_name(word: str) -> bool:
    return folded(word).partition("-")[0] in first_names()


def _last_name_first(header: str) -> bool:
    """Whether the header says so: "Nachname, Vorname", "Cognome e nome", "Name Vorname"."""
    words = tokens_of(header)
    return any(
        exact("".join(words[:place])) == {"last_name"} or exact("".join(words[place:])) == {"first_name"}
        for place in range(1, len(words))
    )
