"""How alike two values may be, field by field, and how often each likeness comes up among the same and among others.

`m` is the share among pairs of one person, `u` among pairs of strangers (Fellegi and Sunter 1969). The figures are a
start, tuned on FEBRL and invented people; `learning.py` moves them towards the data at hand. A level with `u` None is
rated by how many hold the value: who share a rare name are rarely strangers.
"""

from dataclasses import dataclass

FEWEST = 4_000  # smaller bases are rated like one of so many: in a handful of contacts no name is common
MISSING = -1  # one of the two has no value: no evidence either way


@dataclass(frozen=True, slots=True)
class Level:
    name: str
    m: float
    u: float | None  # None = by the frequency of the value
    spread: float = 1.0  # so many times the value's frequency: for likeness that takes in its neighbours
    joint: bool = False  # the frequency is that of two values together


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    levels: tuple[Level, ...]
    rare: float  # what stands for the holders of a value that only these two have

    def level(self, name: str) -> int:
        return next(place for place, level in enumerate(self.levels) if level.name == name)


FIELDS = (
    Field("first", (
        Level("same", 0.72, None), Level("short", 0.06, None, 1.5), Level("typo", 0.09, None, 4.0),
        Level("part", 0.04, 0.02), Level("similar", 0.025, 0.012), Level("swapped", 0.015, None, 1.0, True),
        Level("crossed", 0.01, 0.002),
        Level("different", 0.05, 0.96),
    ), 1.0),
    Field("last", (
        Level("same", 0.80, None), Level("typo", 0.09, None, 4.0), Level("part", 0.03, 0.004),
        Level("similar", 0.025, 0.006), Level("different", 0.055, 0.98),
    ), 1.0),
    Field("birth", (
        Level("same", 0.84, None), Level("swapped", 0.015, 0.0003), Level("digit", 0.065, 0.0015),
        Level("two parts", 0.025, 0.008), Level("year", 0.015, 0.012), Level("anniversary", 0.01, 0.0025),
        Level("different", 0.03, 0.9725),
    ), 0.5),
    Field("email", (
        Level("same", 0.55, None), Level("local part", 0.06, None, 1.0), Level("typo", 0.06, 0.0001),
        Level("different", 0.33, 0.9998),
    ), 0.03),
    Field("phone", (
        Level("same", 0.55, None), Level("typo", 0.06, 0.0003), Level("different", 0.39, 0.9995),
    ), 0.05),
    Field("place", (
        Level("same code", 0.68, None), Level("same city", 0.12, None), Level("typo", 0.06, 0.003),
        Level("near", 0.03, None), Level("different", 0.11, 0.96),
    ), 0.5),
    Field("street", (
        Level("same", 0.62, None), Level("typo", 0.14, 0.0006), Level("same street", 0.05, 0.004),
        Level("different", 0.19, 0.99),
    ), 0.3),
    Field("company", (
        Level("same", 0.66, None), Level("typo", 0.18, 0.0005), Level("part", 0.05, 0.004),
        Level("different", 0.11, 0.99),
    ), 0.3),
    Field("tax", (
        Level("same", 0.86, None), Level("typo", 0.09, 0.00005), Level("different", 0.05, 0.9999),
    ), 0.02),
    Field("gender", (Level("same", 0.97, 0.5), Level("different", 0.03, 0.5)), 1.0),
)  # fmt: skip
PLACE = {field.name: place for place, field in enumerate(FIELDS)}
