"""Is a ZIP container safe to hand to a parser? Sizes are counted while inflating, never taken from its own headers.

Limits (TRUST T13): at most 1,000 entries, plain relative names without doubles, 4 GiB inflated in all, and a ratio of
at most 100 beyond the first MiB of a part. Ordinary sheets compress 5 to 30 fold, and so do a million blank formatted
rows, because every row carries its number; a bomb of zeros compresses 1,000 fold and is refused after 1 MiB.
"""

import struct
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import IO

from crm_app.locales import Text, text
from crm_app.services.imports.reading.errors import Unreadable

MOST_ENTRIES = 1_000
MOST_BYTES = 4 << 30
MOST_RATIO = 100
FREE = 1 << 20  # inflated bytes of a part before its ratio counts
_READ = 1 << 18
_LOCAL_HEADER = struct.Struct("<4s22xHH")

DAMAGED = text("This file is damaged or incomplete. Open it in your spreadsheet program, save it again and retry.")
BOMB = text(
    "This file unpacks to far more than a table needs (a part grows more than {ratio} fold, or all of it beyond "
    "{limit} GB). It was not opened.",
    ratio=MOST_RATIO,
    limit=MOST_BYTES >> 30,
)


def names(path: Path) -> list[str]:
    """The entries of an archive that keeps every limit; `Unreadable` names the limit it breaks."""
    status = path.stat()
    return list(_checked(path, status.st_size, status.st_mtime_ns))


@lru_cache(maxsize=8)
def _checked(path: Path, size: int, modified: int) -> tuple[str, ...]:
    """Once per state of a file: reading asks before the read-out and before the rows."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error) as error:
        raise Unreadable(DAMAGED) from error
    _check_names(entries)
    _check_declared(entries)
    with path.open("rb") as file:
        total = 0
        for entry in entries:
            if not 0 <= entry.header_offset < size:
                raise Unreadable(DAMAGED)
            total += _inflated(file, entry, MOST_BYTES - total)
    return tuple(entry.filename for entry in entries)


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise Unreadable(
            text("This file has {count} parts; at most {limit} are allowed.", count=len(entries), limit=MOST_ENTRIES)
        )
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename.replace("\\", "/").lower()
        if name.startswith("/") or ":" in name or ".." in name.split("/"):
            raise Unreadable(_refused(text("a part with a path outside the file")))
        if name in seen:
            raise Unreadable(_refused(text("two parts of the same name")))
        seen.add(name)
        if entry.flag_bits & 0x1:
            raise Unreadable(text("This file is protected by a password. Save it without one and retry."))
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable(_refused(text("a part compressed in an unusual way")))


def _refused(what: Text) -> Text:
    return text("This file was not opened because it holds {what}.", what=what)


def _check_declared(entries: list[zipfile.ZipInfo]) -> None:
    """What the file admits itself costs nothing to refuse."""
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise Unreadable(BOMB)
    for entry in entries:
        if entry.file_size > FREE and entry.file_size - FREE > MOST_RATIO * max(entry.compress_size, 1):
            raise Unreadable(BOMB)


def _inflated(file: IO[bytes], entry: zipfile.ZipInfo, allowed: int) -> int:
    """Bytes a part really inflates to."""
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\x03\x04":
        raise Unreadable(DAMAGED)
    _, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    file.seek(name_length + extra_length, 1)
    if entry.compress_type == zipfile.ZIP_STORED:
        return entry.compress_size
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    taken = made = 0
    piece = b""
    while not inflater.eof:
        if not piece:
            piece = file.read(_READ)
            taken += len(piece)
            if not piece:
                raise Unreadable(DAMAGED)
        try:
            made += len(inflater.decompress(piece, FREE))
        except zlib.error as error:
            raise Unreadable(DAMAGED) from error
        piece = inflater.unconsumed_tail
        if made > allowed or (made > FREE and made - FREE > MOST_RATIO * max(taken - len(piece), 1)):
            raise Unreadable(BOMB)
    return made
