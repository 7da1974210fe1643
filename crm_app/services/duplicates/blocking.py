"""Which contacts are compared at all: those that share a key. Nothing here looks at more than a block of contacts.

A block larger than BLOCK is split by a second key and a third; what stays large is dropped for this key, because a
value held by so many says nothing. So there are at most BLOCK / 2 comparisons a contact and key, whatever the data.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from crm_app.services.duplicates import spelling
from crm_app.services.duplicates.prepared import Column, People

Array = np.ndarray[Any, Any]
Pairs = tuple[Array, Array]  # positions, the lower one first

BLOCK = 60
BATCH = 300_000  # pairs compared at once
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_HINTS = np.uint64(1 << 20)


def keys(people: People, only: Array | None = None) -> list[Array]:
    """One array of codes a key, and one more for each splitting; -1 = the contact takes no part.

    With `only` (a mask) nobody takes part who shares the key with none of these: few among many cost little then.
    """
    parts = _parts(people)
    splits = [parts[name] for name in ("day", "zip", "first_sound", "last_sound", "house", "city")]
    found: list[Array] = []
    for slots in (people.email.codes, people.phone.codes):
        for n in range(slots.shape[1]):  # whoever has no second address is asked by the first one
            found += _bounded(people, [np.where(slots[:, n] >= 0, slots[:, n], slots[:, 0])], splits, only)
    for names in _KEYS:
        found += _bounded(people, [parts[name] for name in names], splits, only)
    return found


# Each key is what two spellings of one contact may still share. Names of `_parts`; the most telling ones first, so that
# a search that may only compare so many pairs begins with those that are worth it.
_KEYS: tuple[tuple[str, ...], ...] = (
    ("tax",),
    ("name_bag",),
    ("day",),
    ("company",),
    ("street", "city"),
    ("street", "zip"),
    ("zip", "house"),
    ("phone_end",),
    ("first_canonical", "last"),
    ("last_sound", "first_sound"),
    ("last", "year"),
    ("last_sound", "zip"),
    ("last", "city"),
    ("last_sound", "city", "first_initial"),
    ("last_start", "zip_start", "house"),
    ("zip", "first_initial", "last_initial"),
    ("company_start", "city"),
    ("company_start", "zip"),
    ("email_local",),
    ("street",),
    ("first_canonical", "year", "month"),
    ("last_sound", "first_initial"),
    ("first_canonical", "zip"),
    ("first_canonical", "city"),
    ("first_start", "last_end"),
    ("first_start", "last_start"),
)


def _parts(people: People) -> dict[str, Array]:
    columns = people.columns
    first, last = columns["first"], columns["last"]
    day = people.day.astype(np.int64)
    known = day > 0

    def when(value: Array) -> Array:
        return np.where(known, value, -1)

    return {
        "tax": columns["tax"].codes,
        "first": first.codes,
        "last": last.codes,
        "name_bag": _name_bags(first, last),
        "first_canonical": first.derived(lambda name: spelling.canonical(name.split()[0])).codes,
        "first_sound": first.derived(lambda name: spelling.sound(name.split()[0])).codes,
        "first_initial": first.derived(lambda name: name[0]).codes,
        "first_start": first.derived(lambda name: name[:3]).codes,
        "last_sound": last.derived(lambda name: spelling.sound(name.split()[-1])).codes,
        "last_initial": last.derived(lambda name: name[0]).codes,
        "last_start": last.derived(lambda name: name[:3]).codes,
        "last_end": last.derived(lambda name: name[-3:]).codes,
        "day": when(day),
        "year": when(day // 10_000),
        "month": when(day // 100 % 100),
        "zip": columns["postal_code"].codes,
        "zip_start": columns["postal_code"].derived(lambda code: code[:3]).codes,
        "city": columns["city"].codes,
        "street": columns["street"].codes,
        "house": columns["street"].derived(spelling.house).codes,
        "company": columns["company"].codes,
        "company_start": columns["company"].derived(lambda name: name[:4]).codes,
        "email_local": people.email.derived(lambda norm: spelling.plain(norm.partition("@")[0])).codes[:, 0],
        "phone_end": people.phone.derived(lambda norm: norm[-7:]).codes[:, 0],
    }


def _name_bags(first: Column, last: Column) -> Array:
    """Codes of the words of both names in any order; each two names are put together once."""
    bags: dict[str, int] = {}
    found = np.full(len(first.codes), -1, np.int64)
    both = np.flatnonzero((first.codes >= 0) & (last.codes >= 0))
    named = first.codes[both].astype(np.int64) * max(len(last.values), 1) + last.codes[both]
    different, place = np.unique(named, return_inverse=True)
    codes = np.empty(len(different), np.int64)
    for at, name in enumerate(different.tolist()):
        one, other = divmod(name, len(last.values))
        words = f"{first.values[one]} {last.values[other]}".split()
        codes[at] = bags.setdefault(" ".join(sorted(map(spelling.canonical, words))), len(bags))
    found[both] = codes[place]
    return found


def _bounded(people: People, parts: Sequence[Array], splits: Sequence[Array], only: Array | None = None) -> list[Array]:
    """The key as arrays of codes whose blocks are small: the key itself, and its large blocks by further keys."""
    whole = _combined([people.branch, *parts], only)
    small, large = _by_size(whole)
    found = [small]
    crowd = np.flatnonzero(large >= 0)
    large, asked = large[crowd], None if only is None else only[crowd]
    for split in splits if len(crowd) else ():
        parted = np.full(len(whole), -1, np.int32)
        parted[crowd], _ = _by_size(_combined([large, split[crowd]], asked))
        found.append(parted)
    return found


def _by_size(key: Array) -> tuple[Array, Array]:
    """The key where it has 2 to BLOCK holders, and where it has more."""
    held = np.bincount(key[key >= 0], minlength=1)
    size = np.where(key >= 0, held[key], 0)
    return np.where((size > 1) & (size <= BLOCK), key, -1), np.where(size > BLOCK, key, -1)


def _combined(parts: Sequence[Array], only: Array | None = None) -> Array:
    """One code for what the parts say together; -1 where one of them is empty, or where none of `only` says so."""
    mixed, filled = np.zeros(len(parts[0]), np.uint64), np.ones(len(parts[0]), bool)
    for part in parts:
        filled &= part >= 0
        mixed = (mixed ^ part.astype(np.uint64)) * _MULTIPLIER
        mixed ^= mixed >> np.uint64(29)
    found = np.full(len(mixed), -1, np.int32)
    if only is not None:
        asked = np.unique(mixed[filled & only])
        if len(asked):
            # Nearly all of many others are ruled out by a look at a small table, before the exact one.
            hint = np.zeros(_HINTS, bool)
            hint[asked % _HINTS] = True
            maybe = np.flatnonzero(filled & hint[mixed % _HINTS])
            code = np.minimum(np.searchsorted(asked, mixed[maybe]), len(asked) - 1)
            held = asked[code] == mixed[maybe]
            found[maybe[held]] = code[held]
    elif filled.any():
        found[filled] = np.unique(mixed[filled], return_inverse=True)[1]
    return found


def estimate(keyed: Sequence[Array]) -> int:
    """How many pairs there are at most: those of every key, whether or not they share another one."""
    total = 0
    for key in keyed:
        held = np.bincount(key[key >= 0], minlength=1).astype(np.int64)
        held = held[held <= BLOCK]
        total += int((held * (held - 1) // 2).sum())
    return total


def pairs(
    people: People, keyed: Sequence[Array], only: Array | None = None, *, across: bool = False
) -> Iterator[tuple[int, Pairs]]:
    """Every pair that shares a key, once, in batches with the key's place; of a mask `only` those with at least one of
    them, `across` those with exactly one.

    A pair belongs to the first key it shares, so that no list of pairs seen has to be kept.
    """
    for place, key in enumerate(keyed):
        for left, right in _of_key(key, only, across):
            fresh = people.branch[left] == people.branch[right]
            for earlier in keyed[:place]:
                codes = earlier[left]
                fresh &= (codes < 0) | (codes != earlier[right])
            if fresh.any():
                yield place, (left[fresh], right[fresh])


def _of_key(key: Array, only: Array | None, across: bool) -> Iterator[Pairs]:
    """Pairs of one key in batches of about BATCH."""
    order = np.flatnonzero(key >= 0)
    order = order[np.argsort(key[order], kind="stable")]
    if not len(order):
        return
    codes = key[order]
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
    sizes = np.diff(np.r_[starts, len(codes)])
    usable = (sizes > 1) & (sizes <= BLOCK)
    if only is not None:
        usable &= np.maximum.reduceat(only[order], starts) if len(starts) else usable
    held, pending = [], 0
    for size in np.unique(sizes[usable]):
        rows, columns = np.triu_indices(size, 1)
        chosen = starts[usable & (sizes == size)]
        step = max(1, BATCH // len(rows))
        for at in range(0, len(chosen), step):
            members = order[chosen[at : at + step, None] + np.arange(size)]
            left, right = members[:, rows].ravel(), members[:, columns].ravel()
            if only is not None:
                wanted = only[left] ^ only[right] if across else only[left] | only[right]
                left, right = left[wanted], right[wanted]
            held.append((np.minimum(left, right), np.maximum(left, right)))
            pending += len(left)
            if pending >= BATCH:
                yield _joined(held)
                held, pending = [], 0
    if held:
        yield _joined(held)


def _joined(held: Sequence[Pairs]) -> Pairs:
    return np.concatenate([left for left, _ in held]), np.concatenate([right for _, right in held])
