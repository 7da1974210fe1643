"""Presets that come with the product: what other programs export, by the real headers of their files.

`shipped_presets.json` holds headers only. What they mean, `mapping` knows; a preset says just where it is wrong or
silent. A file is recognised by `marks`, headers that hardly any other program writes; presets without marks are for
choosing by hand.

Consent columns: leaving is always taken over; an opt-in only where the cell is its date, and in no file of people who
left (`unless`). What is left out on purpose, and what might be taken for more than it is, says why (`WHY`).
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from crm_app.locales import Text, text
from crm_app.services.folding import fold
from crm_app.services.imports.carrying import Choices, as_suggested, free
from crm_app.services.imports.columns import ColumnMapping, Options, suggested_key
from crm_app.services.imports.likeness import Key, keys_of
from crm_app.services.imports.mapping.evidence import contradicts, evidence_of

_FILE = Path(__file__).with_suffix(".json")
_LABELLED = re.compile(r"(phone \d+) - value")  # Google says beside each number what it is
# Named by "why" in the file.
WHY: dict[str, Text] = {
    "added": text("When somebody was added to the list. Alone it proves no consent."),
    "billed": text("This says whom the program counts as a marketing contact, not who agreed."),
    "bounced": text("When the program gave this address up: it is not written to any more."),
    "left": text("Who left stays unsubscribed here."),
    "left_only": text("Who left stays unsubscribed here. Who is subscribed is not taken over: no date proves it."),
    "no_date": text("This says that somebody agreed, but not when. Without a date it proves nothing, so it stays out."),
    "signed_up": text("When somebody signed up themselves: a consent with its date."),
}
_LEFT = text("Another column of this file says who left, and that counts.")
_MOBILE = frozenset(("mobile", "mobil", "handy", "cellulare", "komorkowy", "komorka", "movil", "portable"))


@dataclass(frozen=True, slots=True)
class Product:
    """A program and its files. `marks`: one set a layout; `known`: all its headers; `columns`: what is put right."""

    key: str
    name: str
    marks: tuple[frozenset[str], ...]
    known: frozenset[Key]
    columns: Mapping[str, Mapping[str, Any]]  # by folded header
    reasons: Mapping[str, Text]  # as above
    unless: Mapping[str, frozenset[str]]  # as above: beside one of these headers the column is left out
    match_key: str | None

    def wanted(self, header: str, beside: Collection[str]) -> tuple[Mapping[str, Any] | None, Text | None]:
        """What is put right about a column, and why, where there is more to say than that its program is known.

        `beside` are the folded headers of the file.
        """
        name = fold(header)
        if not self.unless.get(name, frozenset()).isdisjoint(beside):
            return {"target": None}, _LEFT
        return self.columns.get(name), self.reasons.get(name)


@cache
def products() -> dict[str, Product]:
    """All of them by key, in the order of their names."""
    made = [_product(data) for data in json.loads(_FILE.read_text(encoding="utf-8"))]
    return {product.key: product for product in sorted(made, key=lambda product: product.name.casefold())}


def recognised(headers: Sequence[str]) -> Product | None:
    """The program that wrote a header row, when it is unmistakable."""
    folded = {fold(header) for header in headers}
    return next((one for one in products().values() if any(marks <= folded for marks in one.marks)), None)


def put_right(headers: Sequence[str], cells: Sequence[Sequence[str]], suggestions: list[dict[str, Any]]) -> str | None:
    """Corrects the suggestions for the file of a known program, in place; its key, None for other files.

    `cells` are different cells of each column: a correction they contradict is not made.
    """
    product = recognised(headers)
    if product is None:
        return None
    phones = _phones(headers, cells)
    its_file = text("Recognised as an export of {program}.", program=product.name)
    beside = frozenset(map(fold, headers))
    for index, header in enumerate(headers):
        known, why = product.wanted(header, beside)
        wanted = known or phones.get(index)
        if wanted is None or contradicts(wanted["target"], evidence_of(cells[index])):
            continue
        if why is None and wanted["target"] == suggestions[index]["target"] and "separator" not in wanted:
            continue
        reason = (why or its_file).to_json()
        suggestions[index].update(wanted, confidence=1.0 if wanted["target"] else 0.0, reason=reason)
        free(suggestions, headers, index)
    return product.key


def match_key(product: str | None, targets: Sequence[str | None]) -> str | None:
    """The field by which the program itself tells its contacts apart, when it is among `targets`."""
    key = products()[product].match_key if product in products() else None
    return key if key in targets else None


def choices(product: Product, headers: Sequence[str], suggestions: Sequence[Mapping[str, Any]]) -> Choices:
    """The preset for one file: its known columns as `mapping` reads them, put right; not as remembered."""
    read = as_suggested(headers, [suggestion.get("read", suggestion) for suggestion in suggestions])
    chosen = {}
    beside = frozenset(map(fold, headers))
    for key, column in zip(keys_of(headers), read, strict=True):
        if key is not None and key in product.known:
            wanted, _ = product.wanted(column.header, beside)
            chosen[key] = ColumnMapping.from_json({**column.to_json(), **(wanted or {})})
    first = {key: column for key, column in chosen.items() if key[0] in product.columns}
    match = product.match_key or suggested_key(column.target for column in chosen.values())
    return Choices({**first, **chosen}, Options(match))


def _phones(headers: Sequence[str], cells: Sequence[Sequence[str]]) -> dict[int, dict[str, str]]:
    """Of numbered phones with a label beside them: the first that is mobile in every row, and the first that is not."""
    found: dict[int, dict[str, str]] = {}
    folded = [fold(header) for header in headers]
    for index, header in enumerate(folded):
        phone = _LABELLED.fullmatch(header)
        if phone is None or not any(map(str.strip, cells[index])):
            continue
        beside = [place for place, label in enumerate(folded) if label in (f"{phone[1]} - label", f"{phone[1]} - type")]
        labels = {fold(cell).strip("* ") for place in beside for cell in cells[place]} - {""}
        wanted = {"target": "mobile" if labels and labels <= _MOBILE else "phone"}
        if wanted not in found.values() and not (labels and all("fax" in label for label in labels)):
            found[index] = wanted
    return found


def _product(data: Mapping[str, Any]) -> Product:
    layouts = data["layouts"]
    columns = {fold(header): wanted for header, wanted in data.get("columns", {}).items()}
    return Product(
        data["key"],
        data["name"],
        tuple(frozenset(map(fold, layout["marks"].split("|"))) for layout in layouts if "marks" in layout),
        frozenset(key for layout in layouts for key in keys_of(layout["headers"].split("|")) if key is not None),
        {
            name: {key: wanted[key] for key in ("target", "separator") if key in wanted}
            for name, wanted in columns.items()
        },
        {name: WHY[wanted["why"]] for name, wanted in columns.items() if "why" in wanted},
        {
            name: frozenset(map(fold, wanted["unless"].split("|")))
            for name, wanted in columns.items()
            if "unless" in wanted
        },
        data.get("match_key"),
    )
