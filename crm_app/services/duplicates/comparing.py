"""Two contacts compared field by field: which level of likeness each field reaches, and how many hold such a value."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from crm_app.services.duplicates import births, spelling, words
from crm_app.services.duplicates.alike import Alike
from crm_app.services.duplicates.blocking import Array
from crm_app.services.duplicates.levels import FEWEST, FIELDS, MISSING, PLACE
from crm_app.services.duplicates.prepared import Column, People

Common = dict[str, dict[str, int]]  # column → value → holders
COMMON = 2_000


@dataclass(slots=True)
class Compared:
    """Of pairs: the level of each field (rows as in FIELDS), and the holders of the value where they count."""

    levels: Array  # int8, fields × pairs
    holders: Array  # float32, fields × pairs


class Comparer:
    """Compares pairs of one set of people; what belongs to a single value is worked out once."""

    def __init__(self, people: People, common: Common) -> None:
        self.people = people
        self._common = common
        self._first, self._last = people.columns["first"], people.columns["last"]
        self._canonical = self._first.derived(lambda name: spelling.canonical(name.split()[0])).codes
        self._words = {
            name: [people.columns[name].derived(words.word(n)) for n in range(2)] for name in ("first", "last")
        }

    def compare(self, left: Array, right: Array) -> Compared:
        """Levels of these pairs of positions."""
        found = Compared(
            np.full((len(FIELDS), len(left)), MISSING, np.int8), np.zeros((len(FIELDS), len(left)), np.float32)
        )
        self._names(found, left, right)
        self._birth(found, left, right)
        self._reached(found, left, right)
        self._places(found, left, right)
        for name in ("street", "company", "tax"):
            self._text(found, name, left, right)
        gender = self.people.columns["gender"].codes
        _put(found, "gender", gender[left], gender[right], {})
        return found

    def _names(self, found: Compared, left: Array, right: Array) -> None:
        first, last = self._first, self._last
        a, b, c, d = first.codes[left], first.codes[right], last.codes[left], last.codes[right]
        like_first, like_last = Alike(first, a, first, b), Alike(last, c, last, d)
        canonical = self._canonical
        single = words.lengths(first)
        initial = ((single[a] == 1) | (single[b] == 1)) & self._same_initial(a, b)
        lengths = words.lengths(last)
        last_initial = ((lengths[c] == 1) | (lengths[d] == 1)) & self._same_initial(c, d, last)
        _put(found, "first", a, b, {
            "similar": like_first.jaro >= 0.82,
            "part": initial | like_first.prefix | words.shares(self._words["first"], left, right),
            "typo": like_first.is_typo,
            "short": (canonical[left] == canonical[right]) & (canonical[left] >= 0),
        })  # fmt: skip
        _put(found, "last", c, d, {
            "similar": like_last.jaro >= 0.84,
            "part": words.shares(self._words["last"], left, right) | last_initial,
            "typo": like_last.is_typo,
        })  # fmt: skip
        row, other = PLACE["first"], PLACE["last"]
        found.holders[row], found.holders[other] = self._held("first", a, b), self._held("last", c, d)
        self._crossed(found, left, right)

    def _crossed(self, found: Compared, left: Array, right: Array) -> None:
        """First and last names in each other's place, also where one of them is missing."""
        row, other = PLACE["first"], PLACE["last"]
        first, last = self._first, self._last
        maybe = np.flatnonzero(_is_other(found.levels[row], row) & _is_other(found.levels[other], other))
        if not len(maybe):
            return
        left, right = left[maybe], right[maybe]
        one = Alike(first, first.codes[left], last, last.codes[right]).jaro >= 0.9
        two = Alike(last, last.codes[left], first, first.codes[right]).jaro >= 0.9
        crossed, swapped = maybe[one ^ two], maybe[one & two]
        found.levels[row, crossed], found.levels[other, crossed] = FIELDS[row].level("crossed"), MISSING
        found.levels[row, swapped], found.levels[other, swapped] = FIELDS[row].level("swapped"), MISSING
        both = np.maximum(found.holders[row, swapped], 1) * np.maximum(found.holders[other, swapped], 1)
        found.holders[row, swapped] = both / max(len(self.people), FEWEST)

    def _same_initial(self, a: Array, b: Array, column: Column | None = None) -> Array:
        letters = words.initials(column or self._first)
        return (letters[a] == letters[b]) & (a >= 0) & (b >= 0)

    def _birth(self, found: Compared, left: Array, right: Array) -> None:
        row = PLACE["birth"]
        known, levels = births.levels(self.people.day[left], self.people.day[right])
        self._choose(found, row, known, levels)
        _, code, counts = self._days
        found.holders[row] = counts[code[left]]

    @cached_property
    def _days(self) -> tuple[Array, Array, Array]:
        found: tuple[Array, Array, Array] = np.unique(self.people.day, return_inverse=True, return_counts=True)
        return found

    def _reached(self, found: Compared, left: Array, right: Array) -> None:
        for name, column in (("email", self.people.email), ("phone", self.people.phone)):
            row = PLACE[name]
            a, b = column.codes[left], column.codes[right]
            known = (a[:, 0] >= 0) & (b[:, 0] >= 0)
            shared = np.full(len(left), -1, np.int32)
            for mine in range(a.shape[1]):
                for other in range(b.shape[1]):
                    hit = (a[:, mine] == b[:, other]) & (a[:, mine] >= 0) & (shared < 0)
                    shared[hit] = a[hit, mine]
            alike = Alike(column, a[:, 0], column, b[:, 0], where=known & (shared < 0))
            levels = {"typo": alike.distance <= (2 if name == "email" else 1), "same": shared >= 0}
            held = self._people_at[name]
            found.holders[row] = held[shared]
            if name == "email":
                local = self._locals
                both = local.codes[left, 0], local.codes[right, 0]
                same = (both[0] == both[1]) & (both[0] >= 0)
                levels = {"typo": levels["typo"], "local part": same, "same": levels["same"]}
                found.holders[row] = np.where(shared >= 0, found.holders[row], local.counts()[both[0]])
            else:
                tails = self._tails.codes
                levels["typo"] |= (tails[left, 0] == tails[right, 0]) & known
            self._choose(found, row, known, levels)

    @cached_property
    def _locals(self) -> Column:
        return self.people.email.derived(words.telling)

    @cached_property
    def _tails(self) -> Column:
        return self.people.phone.derived(lambda norm: norm[-8:] if len(norm) >= 8 else "")

    @cached_property
    def _people_at(self) -> dict[str, Array]:
        """Of e-mails and phones: under how many different full names each is held. A family's phone has several."""
        found = {}
        names = self._canonical.astype(np.int64) * (len(self._last.values) + 2) + self._last.codes
        named = (self._first.codes >= 0) & (self._last.codes >= 0)
        for name, column in (("email", self.people.email), ("phone", self.people.phone)):
            at, slot = np.nonzero((column.codes >= 0) & named[:, None])
            held = np.unique(np.stack([column.codes[at, slot].astype(np.int64), names[at]]), axis=1)[0]
            found[name] = np.maximum(np.bincount(held, minlength=max(len(column.values), 1)), 1).astype(np.float32)
        return found

    def _places(self, found: Compared, left: Array, right: Array) -> None:
        codes, cities = self.people.columns["postal_code"], self.people.columns["city"]
        row = PLACE["place"]
        a, b, c, d = codes.codes[left], codes.codes[right], cities.codes[left], cities.codes[right]
        both_codes, both_cities = (a >= 0) & (b >= 0), (c >= 0) & (d >= 0)
        town, code = Alike(cities, c, cities, d), Alike(codes, a, codes, b)
        same_code, same_city = both_codes & (a == b), both_cities & (c == d)
        near = both_codes & (self._areas.codes[left] == self._areas.codes[right])
        self._choose(found, row, both_codes | both_cities, {
            "near": near, "typo": (town.jaro >= 0.88) | (code.is_typo & ~(both_cities & ~same_city)),
            "same city": same_city, "same code": same_code,
        })  # fmt: skip
        area = self._areas.counts()[self._areas.codes[left]]
        held = np.where(same_city, self._counts["city"][c], area)
        found.holders[row] = np.where(same_code, self._counts["postal_code"][a], held)

    @cached_property
    def _areas(self) -> Column:
        """Postal codes without their last letters, which change within a town."""
        return self.people.columns["postal_code"].derived(
            lambda code: code[:-3] if len(code) > 4 and not code.isdigit() else code[:3]
        )

    def _text(self, found: Compared, name: str, left: Array, right: Array) -> None:
        column = self.people.columns[name]
        a, b = column.codes[left], column.codes[right]
        alike = Alike(column, a, column, b)
        if name == "street":
            numbers = self._houses.codes
            same_number = (numbers[left] == numbers[right]) & (numbers[left] >= 0)
            unnumbered = (numbers[left] < 0) | (numbers[right] < 0)
            names = self._ways
            way = Alike(names, names.codes[left], names, names.codes[right]).ratio
            way[(names.codes[left] == names.codes[right]) & (names.codes[left] >= 0)] = 100
            levels = {
                "same street": (way >= 85) | (alike.tokens >= 88),
                "typo": (way >= 74) & same_number | (way >= 85) & unnumbered,
            }
        elif name == "company":
            levels = {"part": alike.tokens >= 90, "typo": (alike.jaro >= 0.93) | alike.is_typo}
        else:
            levels = {"typo": alike.distance <= 2}
        _put(found, name, a, b, levels)
        found.holders[PLACE[name]] = self._held(name, a, b)

    @cached_property
    def _houses(self) -> Column:
        return self.people.columns["street"].derived(spelling.house)

    @cached_property
    def _ways(self) -> Column:
        """Streets without numbers and blanks."""
        return self.people.columns["street"].derived(lambda way: "".join(c for c in way if c.isalpha()))

    def _held(self, name: str, a: Array, b: Array) -> Array:
        counts = self._counts[name]
        return np.maximum(counts[a], counts[b]).astype(np.float32)

    @cached_property
    def _counts(self) -> dict[str, Array]:
        """How many hold each value: here, or in the larger base these people are a part of."""
        found = {name: column.counts() for name, column in self.people.columns.items()}
        for name, values in self._common.items():
            elsewhere = [values.get(value, 0) for value in self.people.columns[name].values]
            found[name] = np.maximum(found[name], np.array(elsewhere or [0], np.int64))
        return found

    def common(self) -> Common:
        """The values that at least one of COMMON contacts holds."""
        least = max(3, len(self.people) // COMMON)
        return {
            name: {
                self.people.columns[name].values[code]: int(counts[code]) for code in np.flatnonzero(counts >= least)
            }
            for name, counts in self._counts.items()
        }

    def _choose(self, found: Compared, row: int, known: Array, levels: dict[str, Array]) -> None:
        """The last of `levels` that holds; "different" where none does."""
        field = FIELDS[row]
        chosen = np.full(len(known), field.level("different"), np.int8)
        for name, holds in levels.items():
            chosen[holds] = field.level(name)
        found.levels[row] = np.where(known, chosen, MISSING)


def _is_other(levels: Array, row: int) -> Array:
    """Where a name says nothing for the pair: another one, or none."""
    return np.asarray((levels == FIELDS[row].level("different")) | (levels == MISSING))


def _put(found: Compared, name: str, a: Array, b: Array, levels: dict[str, Array]) -> None:
    """The level of two columns of codes: the last of `levels` that holds, "same" for the same code."""
    row = PLACE[name]
    field = FIELDS[row]
    chosen = np.full(len(a), field.level("different"), np.int8)
    for level, holds in levels.items():
        chosen[holds] = field.level(level)
    chosen[a == b] = field.level("same")
    found.levels[row] = np.where((a >= 0) & (b >= 0), chosen, MISSING)
