"""Which 8-bit code page makes these bytes read like names and words of a language?

Short lists of names carry too few accented letters for general detectors: `0xB3` alone must already say "Polish ł,
not a superscript three". So every candidate code page is tried on the words that hold non-ASCII bytes, and the result
is scored by character trigrams of the languages the page was made for (word lists in `words/`, one language a file:
first names, surnames, towns, streets, common words). ASCII words of the same file help to guess the language.

The idea is the composite approach of Li and Momoi, "A composite approach to language/encoding detection" (2001), with
trigrams instead of pairs because the texts are names; mixtures over languages because lists hold foreign names too.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "words"

WESTERN = ("de", "fr", "it", "es", "pt", "nl", "sv", "da", "nb", "fi", "is", "ca", "sq")
CENTRAL = ("pl", "cs", "sk", "hu", "hr", "sl", "ro", "de")
CYRILLIC = ("ru", "uk", "bg", "sr")
BALTIC = ("lt", "lv", "et", "pl", "de")

# Code page → how rare it is as the source of a list (nats), and the languages it is used for.
PAGES: dict[str, tuple[float, tuple[str, ...]]] = {
    "cp1252": (0.0, WESTERN),
    "cp1250": (-0.5, CENTRAL),
    "cp1254": (-1.5, ("tr", "de", "fr")),
    "iso8859-2": (-1.5, CENTRAL),
    "iso8859-15": (-1.5, WESTERN),
    "iso8859-9": (-2.5, ("tr", "de", "fr")),
    "cp1251": (-1.0, CYRILLIC),
    "cp1253": (-1.5, ("el",)),
    "cp1257": (-1.5, BALTIC),
    "iso8859-7": (-2.0, ("el",)),
    "iso8859-13": (-3.0, BALTIC),
    "iso8859-4": (-4.0, BALTIC),
    "iso8859-16": (-4.0, CENTRAL),
    "iso8859-5": (-3.0, CYRILLIC),
    "koi8-r": (-2.0, CYRILLIC),
    "koi8-u": (-2.5, CYRILLIC),
    "cp866": (-2.5, CYRILLIC),
    "mac-cyrillic": (-3.5, CYRILLIC),
    "mac-roman": (-2.5, WESTERN),
    "cp850": (-2.5, WESTERN),
    "cp852": (-2.5, CENTRAL),
    "cp437": (-4.0, WESTERN),
    "cp857": (-4.0, ("tr", "de")),
    "mac-latin2": (-4.0, CENTRAL),
    "mac-turkish": (-4.0, ("tr", "de")),
}

FIRST_LOOK = 60  # snippets every page is tried on
FULL_LOOK = 600  # snippets the pages that are left are tried on
FAR_BEHIND = 60.0  # nats after the first look
_WORD = re.compile(r"[^\W\d_]+(?:['’´`][^\W\d_]+)*")
_COMMON_SIGNS = "€–—’‘“”„…§°£«»·•´®©\u00a0"
_OTHER_SIGNS = "½¼¾²³ªº¿¡™×±¹"
_APOSTROPHES = "’´'`‘"


@dataclass(frozen=True, slots=True)
class Ranked:
    """One code page, what it scored (log likelihood, nats) and how the snippets read in it."""

    page: str
    score: float
    text: str


def rank(snippets: Sequence[bytes], ascii_words: Iterable[str] = ()) -> list[Ranked]:
    """Code pages, best first, for snippets that each hold at least one byte over 127 and no line break."""
    languages = _language_prior([word for word in ascii_words if len(word) >= 3][:300])
    first = [_judge(page, snippets[:FIRST_LOOK], languages) for page in PAGES]
    first.sort(key=lambda item: -item.score)
    if len(snippets) <= FIRST_LOOK:
        return first
    near = [item.page for item in first if item.score >= first[0].score - FAR_BEHIND]
    full = [_judge(page, snippets[:FULL_LOOK], languages) for page in near]
    full.sort(key=lambda item: -item.score)
    return full


def _judge(page: str, snippets: Sequence[bytes], prior: dict[str, float]) -> Ranked:
    rarity, languages = PAGES[page]
    text = b"\n".join(snippets).decode(page, errors="replace")
    signs, words = 0.0, []
    for line in text.split("\n"):
        signs += _sign_score(line)
        words += _WORD.findall(line)
    glitches = sum(_case_glitch(word) for word in words)
    folded = [word.translate(_FOLD).lower() for word in words]
    per_language = {lang: [_model(lang).score(word) for word in folded] for lang in languages}
    elsewhere = [max(column) for column in zip(*per_language.values(), strict=True)] if folded else []
    best = max(
        prior.get(lang, 0.0) + sum(max(own, other - 3.0) for own, other in zip(scores, elsewhere, strict=True))
        for lang, scores in per_language.items()
    )
    return Ranked(page, rarity + signs + glitches + best, text)


def _sign_score(line: str) -> float:
    """What is no letter must be a sign that people write, in a place where they write it."""
    score = 0.0
    for index, char in enumerate(line):
        if char.isascii() or char.isalpha():
            if char in "ªº":
                score -= 4.0 if index and (line[index - 1].isdigit() or line[index - 1] in "nN.") else 9.0
            continue
        before = index > 0 and line[index - 1].isalpha()
        after = index + 1 < len(line) and line[index + 1].isalpha()
        if char == "\ufffd" or "\x80" <= char <= "\x9f":
            score -= 15.0
        elif char in _APOSTROPHES and before:
            score -= 3.0
        elif before and after:
            score -= 12.0
        elif char in _COMMON_SIGNS:
            score -= 4.0 if not (before or after) or char in "“”„«»\u00a0" else 6.0
        elif char in _OTHER_SIGNS:
            score -= 7.0 if not (before or after) or char in "¿¡²³" else 9.5
        else:
            score -= 11.0
    return score


def _case_glitch(word: str) -> float:
    """`MŸller` has a capital where no writer puts one; `MüLLER` comes from careless programs."""
    score = 0.0
    for index in range(1, len(word)):
        char, before = word[index], word[index - 1]
        if char.isascii() or not before.isalpha():
            continue
        if char.isupper() and before.islower():
            score -= 6.0
        elif char.islower() and char != "ß" and before.isupper() and (index >= 2 or word[-1].isupper()):
            score -= 6.0 if word[-1].isupper() and index + 1 < len(word) else 3.0
    return score


_FOLD = str.maketrans({"İ": "i", "ș": "ş", "ț": "ţ", "Ș": "Ş", "Ț": "Ţ", "’": "'", "´": "'", "`": "'"})


def _language_prior(words: Sequence[str]) -> dict[str, float]:
    """How likely each language is by the file's plain words: 0 for the best, at least -12."""
    if not words:
        return {}
    latin = sorted({*WESTERN, *CENTRAL, *BALTIC, "tr"})
    scores = {lang: 0.3 * sum(_model(lang).score(word.lower()) for word in words) for lang in latin}
    top = max(scores.values())
    prior = {lang: max(-12.0, score - top) for lang, score in scores.items()}
    return prior | dict.fromkeys((*CYRILLIC, "el"), -2.0)


class _Model:
    """Interpolated character trigrams of one language."""

    def __init__(self, words: Iterable[str]) -> None:
        self._three: Counter[str] = Counter()
        self._two: Counter[str] = Counter()
        self._one: Counter[str] = Counter()
        for word in words:
            padded = f"^^{word}$"
            for index in range(2, len(padded)):
                self._three[padded[index - 2 : index + 1]] += 1
                self._two[padded[index - 1 : index + 1]] += 1
                self._one[padded[index]] += 1
        self._context: Counter[str] = Counter()
        for key, count in self._three.items():
            self._context[key[:2]] += count
        for key, count in self._two.items():
            self._context[key[0]] += count
        self._total = max(1, sum(self._one.values()))
        self._known: dict[str, float] = {}

    def score(self, word: str) -> float:
        """Log likelihood of a folded word, in nats."""
        padded = f"^^{word}$"
        known = self._known
        total = 0.0
        for index in range(2, len(padded)):
            key = padded[index - 2 : index + 1]
            value = known.get(key)
            if value is None:
                value = known[key] = self._log(key)
            total += value
        return total

    def _log(self, key: str) -> float:
        three = self._three[key] / (self._context[key[:2]] or 1)
        two = self._two[key[1:]] / (self._context[key[1]] or 1)
        one = self._one[key[2]] / self._total
        return math.log(0.6 * three + 0.25 * two + 0.12 * one + 3e-5)


@cache
def _model(language: str) -> _Model:
    return _Model((FOLDER / f"{language}.txt").read_text(encoding="utf-8").split("\n"))
