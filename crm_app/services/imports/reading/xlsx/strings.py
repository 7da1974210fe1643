"""The shared strings of a workbook (ECMA-376 part 1, 18.4.9): plain, rich and with phonetic guides left out."""

import re
import xml.etree.ElementTree as ET

from crm_app.locales import text
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.xlsx.markup import Elements, unescape, unescape_office
from crm_app.services.imports.reading.xlsx.package import Package, local

MOST_STRINGS = 50_000_000
_PLAIN = re.compile(r'<si><t(?: xml:space="preserve")?(?:/>|>([^<]*)</t>)</si>')


def shared_strings(package: Package) -> list[str]:
    """All shared strings by index."""
    if package.strings_part is None or not package.has(package.strings_part):
        return []
    strings: list[str] = []
    with package.open(package.strings_part) as stream:
        elements = Elements(stream, "sst", "si")
        for block in elements.blocks():
            strings.extend(_strings(elements, block))
            if len(strings) > MOST_STRINGS:
                raise Unreadable(text("This workbook holds more than {limit} different texts.", limit=MOST_STRINGS))
    return strings


def rich_text(element: ET.Element) -> str:
    """The text of an `si` or `is` element: its own and that of its runs, without phonetic guides."""
    parts: list[str] = []
    for child in element:
        name = local(child.tag)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts.extend(inner.text or "" for inner in child if local(inner.tag) == "t")
    return unescape_office("".join(parts))


def _strings(elements: Elements, block: str) -> list[str]:
    if "\r" not in block and "<!" not in block:
        found: list[str] = _PLAIN.findall(block)
        if len(found) == block.count("<si>") + block.count("<si/") + block.count("<si "):
            if "&" in block or "_x" in block:
                return [unescape_office(unescape(value)) for value in found]
            return found
    return [rich_text(element) for element in elements.parse(block) if local(element.tag) == "si"]
