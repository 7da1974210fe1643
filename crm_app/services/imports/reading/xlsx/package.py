"""The parts of an Office Open XML package: workbook, sheets, shared strings, styles.

Sources: ECMA-376 part 2 (packaging) and part 1, 18.2. Links to anything outside the package are never followed.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import defusedxml
import defusedxml.ElementTree

from crm_app.locales import text
from crm_app.services.imports.reading.errors import Unreadable

SMALL_PART = 64 * 1024 * 1024  # bytes; relations, workbook and styles are read whole up to here
DAMAGED = text("This workbook is damaged. Open it in your spreadsheet program, save it again and retry.")


@dataclass(frozen=True, slots=True)
class SheetPart:
    name: str
    part: str
    visible: bool


@dataclass(slots=True)
class Package:
    """An open workbook. Use it as a context manager; reading a broken part raises `Unreadable`."""

    archive: zipfile.ZipFile
    sheets: list[SheetPart] = field(default_factory=list)
    strings_part: str | None = None
    styles_part: str | None = None
    is_1904: bool = False
    names: dict[str, str] = field(default_factory=dict)  # lower-case part name → name in the archive

    def __enter__(self) -> "Package":
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    def open(self, part: str) -> IO[bytes]:
        """A stream of one part's bytes."""
        name = self.names.get(_key(part))
        if name is None:
            raise Unreadable(DAMAGED)
        try:
            return self.archive.open(name)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            raise Unreadable(DAMAGED) from error

    def has(self, part: str) -> bool:
        return _key(part) in self.names

    def xml(self, part: str) -> Any:
        """The parsed root of a small part."""
        with self.open(part) as stream:
            return parse_small(stream)


def open_package(path: Path) -> Package:
    """Finds the sheets in workbook order. `Unreadable` when there is no workbook inside."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise Unreadable(DAMAGED) from error
    package = Package(archive, names={_key(name): name for name in archive.namelist()})
    try:
        _find_parts(package)
    except BaseException:
        archive.close()
        raise
    return package


def parse_small(stream: IO[bytes]) -> Any:
    """Parses with defusedxml: no document types, entities or anything external."""
    data = stream_bytes(stream, SMALL_PART)
    try:
        return defusedxml.ElementTree.fromstring(data, forbid_dtd=True)
    except (defusedxml.DefusedXmlException, defusedxml.ElementTree.ParseError, LookupError, ValueError) as error:
        raise Unreadable(DAMAGED) from error


def stream_bytes(stream: IO[bytes], limit: int) -> bytes:
    """All bytes up to a limit; `Unreadable` beyond it or when the archive is broken there."""
    try:
        data = stream.read(limit + 1)
    except ARCHIVE_ERRORS as error:
        raise Unreadable(DAMAGED) from error
    if len(data) > limit:
        raise Unreadable(text("A part of this workbook is larger than {limit} MB.", limit=limit >> 20))
    return data


def local(tag: str) -> str:
    """A tag or attribute name without its namespace."""
    return tag.rpartition("}")[2]


def _find_parts(package: Package) -> None:
    main = next((to for kind, to, _ in _relations(package, "") if kind == "officeDocument"), "xl/workbook.xml")
    if not package.has(main):
        raise Unreadable(DAMAGED)
    relations = list(_relations(package, main))
    targets = {identity: (kind, to) for kind, to, identity in relations}
    package.strings_part = next((to for kind, to, _ in relations if kind == "sharedStrings"), None)
    package.styles_part = next((to for kind, to, _ in relations if kind == "styles"), None)
    for element in package.xml(main).iter():
        name = local(element.tag) if isinstance(element.tag, str) else ""
        attributes = {local(key): value for key, value in element.attrib.items()}
        if name == "workbookPr":
            package.is_1904 = attributes.get("date1904", "0") in {"1", "true", "on"}
        elif name == "sheet":
            kind, to = targets.get(attributes.get("id", ""), ("", ""))
            if kind == "worksheet" and package.has(to):
                visible = attributes.get("state", "visible") == "visible"
                package.sheets.append(SheetPart(attributes.get("name", ""), to, visible))


def _relations(package: Package, source: str) -> Iterator[tuple[str, str, str]]:
    """Kind, target part and id of each internal relation of a part ('' = the package itself)."""
    folder, name = posixpath.split(source)
    part = posixpath.join(folder, "_rels", f"{name}.rels")
    if not package.has(part):
        return
    for element in package.xml(part):
        attributes = element.attrib
        if attributes.get("TargetMode") == "External":
            continue
        target = attributes.get("Target", "").replace("\\", "/")
        to = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        yield attributes.get("Type", "").rpartition("/")[2], to, attributes.get("Id", "")


def _key(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").lower()


# what zipfile raises while it inflates a part
ARCHIVE_ERRORS = (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError, zipfile.zlib.error)  # type: ignore[attr-defined]
