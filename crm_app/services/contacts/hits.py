"""Where a text holds what was searched for, so that lists can mark it."""

from collections.abc import Callable, Sequence

from crm_app.services.contacts.search import TRIGRAM
from crm_app.services.folding import fold, fold_umlauts


def marked(text: str, terms: Sequence[str]) -> list[str]:
    """The text in parts: every second one, the first of them not, is a hit. `terms` are those of `search.terms`."""
    if not text or not terms:
        return [text]
    hit = bytearray(len(text))
    for letter in (fold, fold_umlauts) if not text.isascii() else (fold,):
        _mark(hit, text, terms, letter)
    if any(term.isdigit() for term in terms):
        _mark(hit, text, [term for term in terms if term.isdigit() and len(term) >= TRIGRAM], _digit)
    parts, start = [], 0
    for place in range(1, len(text) + 1):
        if place == len(text) or hit[place] != hit[start]:
            parts.append(text[start:place])
            start = place
    return ["", *parts] if hit[0] else parts


def _mark(hit: bytearray, text: str, terms: Sequence[str], letter: Callable[[str], str]) -> None:
    """Marks the letters of `text` whose folded forms hold a term; a short term only where a word begins with it."""
    folded, origin = [], []
    for place, character in enumerate(text):
        for one in " " if character.isspace() and letter is not _digit else letter(character):
            folded.append(one)
            origin.append(place)
    whole = "".join(folded)
    for term in terms:
        start = whole.find(term)
        while start >= 0:
            if len(term) >= TRIGRAM or start == 0 or not whole[start - 1].isalnum():
                for place in range(origin[start], origin[start + len(term) - 1] + 1):
                    hit[place] = 1
            start = whole.find(term, start + 1)


def _digit(character: str) -> str:
    return character if character.isascii() and character.isdigit() else ""
