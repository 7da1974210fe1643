"""Headers made of parts: "Business Phone 2", "Ort privat", "Adres służbowy - miasto", "Person - Email - Work"."""

from collections.abc import Iterator
from dataclasses import dataclass

from crm_app.services.imports.mapping.synonyms import UNMAPPED, Word, tokens_of, vocabulary

ADDRESS_FIELDS = frozenset(("street", "postal_code", "city", "province", "country"))
_QUALIFIED = ADDRESS_FIELDS | {"phone", "mobile", "email", "website", "tax_number", UNMAPPED}
_LONGEST = 5  # words of a synonym
_MANY = 9  # words of a header that is still read


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a header says: a field or concept, which of several (1 = the first), and which place it belongs to."""

    target: str
    place: str = ""  # "", "home", "work", "company", "other"
    index: int = 1
    certainty: float = 1.0


@dataclass(frozen=True, slots=True)
class _Part:
    tokens: int
    targets: frozenset[str] = frozenset()
    kind: Word | None = None
    number: int = 0


def meaning_of_parts(header: str) -> Meaning | None:
    """The meaning when every word of the header is understood and all of them agree, else None."""
    tokens = tokens_of(header)
    if not 0 < len(tokens) <= _MANY:
        return None
    found: dict[str, tuple[int, Meaning]] = {}
    for parts in _readings(tokens):
        meaning = _agreed(parts)
        covered = sum(part.tokens for part in parts if part.targets)
        if meaning and covered > found.get(meaning.target, (0, meaning))[0]:
            found[meaning.target] = (covered, meaning)
    if not found:
        return None
    most = max(covered for covered, _ in found.values())
    best = [meaning for covered, meaning in found.values() if covered == most]
    return best[0] if len(best) == 1 else None


def _readings(tokens: tuple[str, ...]) -> Iterator[list[_Part]]:
    if not tokens:
        yield []
        return
    for part in _parts_at(tokens):
        for rest in _readings(tokens[part.tokens :]):
            yield [part, *rest]


def _parts_at(tokens: tuple[str, ...]) -> Iterator[_Part]:
    known = vocabulary()
    for length in range(min(_LONGEST, len(tokens)), 0, -1):
        targets = known.meanings.get("".join(tokens[:length]))
        # "Private" alone is no field of ours, "Private phone" is one: such a word only qualifies.
        if targets and not (length == 1 and UNMAPPED in targets and tokens[0] in known.words):
            yield _Part(length, targets)
    if tokens[0].isdigit():
        yield _Part(1, number=int(tokens[0]) if len(tokens[0]) < 3 else 99)
    for kind in sorted(known.words.get(tokens[0], ())):
        yield _Part(1, kind=kind)


def _agreed(parts: list[_Part]) -> Meaning | None:
    targets = _common_targets([part.targets for part in parts if part.targets])
    if targets is None:
        return None
    kinds = {part.kind for part in parts}
    qualified = kinds & {Word.HOME, Word.WORK, Word.COMPANY, Word.OTHER, Word.MAIN, Word.SECOND, Word.ADDRESS}
    numbers = [part.number for part in parts if part.number]
    if targets not in _QUALIFIED and (qualified or numbers):
        return None
    index = max(numbers, default=1)
    if Word.SECOND in kinds:
        index = max(index, 2)
    if targets == "street" and numbers and index > 1 and not _numbered_address(parts):
        return Meaning(UNMAPPED)  # the second line of an address
    return Meaning(targets, _place(kinds), index, 0.95)


def _common_targets(found: list[frozenset[str]]) -> str | None:
    """The one target on which all parts agree. Mobile beats phone; the word "address" gives way to its parts."""
    if not found or any(len(targets) != 1 for targets in found):
        return None
    names = {next(iter(targets)) for targets in found}
    if UNMAPPED in names:
        return UNMAPPED if len(names) == 1 or names <= _QUALIFIED else None
    if len(names) == 1:
        return names.pop()
    if names == {"phone", "mobile"}:
        return "mobile"
    return None


def _numbered_address(parts: list[_Part]) -> bool:
    """Whether the number counts addresses, as in "Address 2 - Street", not the lines of one."""
    for at, part in enumerate(parts):
        if part.number:
            before = at and parts[at - 1].kind is Word.ADDRESS
            return bool(before) and any(later.targets for later in parts[at + 1 :])
    return False


def _place(kinds: set[Word | None]) -> str:
    for kind, place in ((Word.OTHER, "other"), (Word.COMPANY, "company"), (Word.WORK, "work"), (Word.HOME, "home")):
        if kind in kinds:
            return place
    return ""
