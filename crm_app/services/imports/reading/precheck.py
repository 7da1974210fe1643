"""What is this file really? Decided by its content, before any parser sees it; the name only breaks ties."""

import mmap
import re
import zipfile
from pathlib import Path

from crm_app.locales import Text, text
from crm_app.services.imports.reading import archive
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.types import Format

HEAD = 64 * 1024  # bytes looked at
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1a\x1b") - {0})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES: tuple[tuple[bytes, Text], ...] = (
    (b"\x89PNG", text("PNG picture")),
    (b"\xff\xd8\xff", text("JPEG picture")),
    (b"GIF8", text("GIF picture")),
    (b"BM", text("BMP picture")),
    (b"II*\x00", text("TIFF picture")),
    (b"MM\x00*", text("TIFF picture")),
    (b"%PDF", text("PDF document")),
    (b"{\\rtf", text("RTF document")),
    (b"\x1f\x8b", text("gzip archive")),
    (b"BZh", text("bzip2 archive")),
    (b"7z\xbc\xaf", text("7-Zip archive")),
    (b"Rar!", text("RAR archive")),
    (b"\xfd7zXZ", text("xz archive")),
    (b"MZ", text("Windows program")),
    (b"\x7fELF", text("program")),
    (b"SQLite format 3\x00", text("SQLite database")),
    (b"PAR1", text("Parquet file")),
)
PASSWORD = text("This workbook is protected by a password. Save it without one and retry.")


def sniff_format(path: Path, file_name: str) -> Format:
    """The format of a file that may be parsed. `Unreadable` says what is wrong with any other.

    Workbooks have passed every check of `archive` afterwards; text of any kind counts as delimited, whatever its name,
    unless its first line begins a vCard.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip(b"\x00 \t\r\n"):
        raise Unreadable(text("This file is empty."))
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_format(path)
    if head.startswith(_OLE):
        return _ole_format(path)
    if (
        head[:1] == b"\x09"
        and head[1:2] in (b"\x00", b"\x02", b"\x04", b"\x08")
        and head[2:4] in (b"\x04\x00", b"\x06\x00")
    ):
        raise Unreadable(text("This workbook was written by a very old Excel. Save it as XLSX and retry."))
    for signature, what in _SIGNATURES:
        if head.startswith(signature) and (len(signature) > 2 or _is_binary(head)):
            raise Unreadable(_not_a_table(what))
    start = _without_marks(head)
    if re.match(rb"begin:vcard[ \t]*(?:[\r\n]|\Z)", start):
        return Format.VCARD
    _refuse_markup(start)
    if _is_binary(head):
        raise Unreadable(_not_a_table(text("file of an unknown kind")))
    return Format.CSV


def _not_a_table(what: Text) -> Text:
    return text("This is a {what}, not a table. Choose a CSV file or a workbook (XLSX, XLS, ODS).", what=what)


def _zip_format(path: Path) -> Format:
    names = set(archive.names(path))
    lower = {name.replace("\\", "/").lower() for name in names}
    if "xl/workbook.bin" in lower:
        return Format.XLSB
    if "[content_types].xml" in lower:
        types = _part(path, "[Content_Types].xml")
        if "spreadsheetml" in types or "ms-excel" in types or "xl/workbook.xml" in lower:
            return Format.XLSM if "macroEnabled.main" in types else Format.XLSX
        if "wordprocessingml" in types:
            raise Unreadable(_not_a_table(text("Word document")))
        if "presentationml" in types:
            raise Unreadable(_not_a_table(text("presentation")))
    if "content.xml" in lower:
        kind = _part(path, "mimetype") or _part(path, "META-INF/manifest.xml")
        if "spreadsheet" in kind:
            if "encryption-data" in _part(path, "META-INF/manifest.xml"):
                raise Unreadable(PASSWORD)
            return Format.ODS
        raise Unreadable(_not_a_table(text("text document or drawing")))
    if any(name.endswith(".iwa") for name in lower):
        raise Unreadable(text("This is an Apple Numbers document. Export it from Numbers as CSV or Excel and retry."))
    raise Unreadable(_not_a_table(text("ZIP archive (unpack it first)")))


def _part(path: Path, name: str) -> str:
    """The first characters of a part, '' where there is none."""
    try:
        with zipfile.ZipFile(path) as container, container.open(name) as stream:
            return stream.read(1 << 20).decode("utf-8", errors="replace")
    except KeyError:
        return ""
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError) as error:
        raise Unreadable(archive.DAMAGED) from error


def _ole_format(path: Path) -> Format:
    """Old Office files and encrypted new ones share one container; its directory names streams in UTF-16."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
            raise Unreadable(PASSWORD)
        if any(
            content.find(name.encode("utf-16-le") + b"\0\0") >= 0 for name in ("Workbook", "Book", "WORKBOOK", "BOOK")
        ):
            return Format.XLS
        if content.find("WordDocument".encode("utf-16-le")) >= 0:
            raise Unreadable(_not_a_table(text("Word document")))
        if content.find("PowerPoint".encode("utf-16-le")) >= 0:
            raise Unreadable(_not_a_table(text("presentation")))
        if content.find("__substg1.0_".encode("utf-16-le")) >= 0:
            raise Unreadable(_not_a_table(text("saved Outlook message")))
    raise Unreadable(archive.DAMAGED)


def _without_marks(head: bytes) -> bytes:
    """The first letters in lower case, one byte each also where the file is UTF-16."""
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\x00", b"").lstrip()[:2048].lower()


def _refuse_markup(start: bytes) -> None:
    """Pages, XML and calendars carry names like `export.xls` in the wild; read as text they would be nonsense."""
    if re.match(rb"<(!doctype html|html|head|body|meta|table|style|div)[\s>]", start):
        raise Unreadable(
            text(
                "This is a web page under another name. Open it in your spreadsheet program, save it as XLSX and retry."
            )
        )
    if start.startswith((b"<?xml", b"<workbook")):
        if b"<html" in start:
            _refuse_markup(b"<html>")
        raise Unreadable(text("This is an XML file. Open it in your spreadsheet program, save it as XLSX and retry."))
    if re.match(rb"""[\[{]\s*(\{\s*)?"[^"\n]*"\s*:""", start):
        raise Unreadable(_not_a_table(text("JSON file")))
    if start.startswith(b"begin:vcalendar"):
        raise Unreadable(_not_a_table(text("calendar")))


def _is_binary(head: bytes) -> bool:
    """More control characters than any text has. UTF-16 and UTF-32 text is full of NULs and no binary."""
    sample = head[:8192]
    if sample[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    nulls = sample.count(0)
    controls = len(sample) - len(sample.translate(None, _CONTROL))
    if controls > len(sample) * 0.05:
        return True
    if nulls <= len(sample) * 0.1:
        return False
    even, odd = sample[0::2].count(0), sample[1::2].count(0)  # UTF-16 without a mark: NULs on one side only
    return min(even, odd) > max(even, odd) * 0.2
