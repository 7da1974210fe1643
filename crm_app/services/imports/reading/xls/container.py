"""The OLE2 container of old Office files, as far as one named stream needs (MS-CFB)."""

import struct
from pathlib import Path

FREE = 0xFFFFFFFA  # sector numbers from here on are marks, not sectors
_DIRECTORY_ENTRY = 128


def stream(path: Path, names: tuple[str, ...]) -> bytes:
    """The first stream of one of these names; b'' when there is none. Raises ValueError or struct.error when broken."""
    data = path.read_bytes()
    sector_shift, mini_shift = struct.unpack_from("<HH", data, 0x1E)
    if not 7 <= sector_shift <= 16 or not 3 <= mini_shift <= sector_shift:
        raise ValueError("sector size")
    fat = _fat(data, 1 << sector_shift)
    directory = _chain(data, fat, struct.unpack_from("<L", data, 0x30)[0], 1 << sector_shift)
    mini_cutoff, mini_fat_start = struct.unpack_from("<LL", data, 0x38)
    root: tuple[int, int] = (0, 0)
    wanted: tuple[int, int] | None = None
    for offset in range(0, len(directory) - _DIRECTORY_ENTRY + 1, _DIRECTORY_ENTRY):
        entry = directory[offset : offset + _DIRECTORY_ENTRY]
        length, kind = struct.unpack_from("<HB", entry, 64)
        name = entry[: max(length - 2, 0)].decode("utf-16-le", errors="replace")
        start, size = struct.unpack_from("<LL", entry, 116)
        if kind == 5:
            root = (start, size)
        elif kind == 2 and name.lower() in names and wanted is None:
            wanted = (start, size)
    if wanted is None:
        return b""
    start, size = wanted
    if size >= mini_cutoff:
        return _chain(data, fat, start, 1 << sector_shift)[:size]
    mini_fat_bytes = _chain(data, fat, mini_fat_start, 1 << sector_shift)
    mini_fat = list(struct.unpack(f"<{len(mini_fat_bytes) // 4}L", mini_fat_bytes[: len(mini_fat_bytes) // 4 * 4]))
    minis = _chain(data, fat, root[0], 1 << sector_shift)
    return _chain(minis, mini_fat, start, 1 << mini_shift, first=0)[:size]


def _fat(data: bytes, sector: int) -> list[int]:
    count, next_difat = struct.unpack_from("<L", data, 0x2C)[0], struct.unpack_from("<L", data, 0x44)[0]
    places = list(struct.unpack_from("<109L", data, 0x4C))
    seen: set[int] = set()
    while next_difat < FREE and next_difat not in seen:
        seen.add(next_difat)
        block = struct.unpack_from(f"<{sector // 4}L", data, (next_difat + 1) * sector)
        places.extend(block[:-1])
        next_difat = block[-1]
    fat: list[int] = []
    for place in [place for place in places if place < FREE][:count]:
        fat.extend(struct.unpack_from(f"<{sector // 4}L", data, (place + 1) * sector))
    return fat


def _chain(data: bytes, fat: list[int], start: int, size: int, first: int = 1) -> bytes:
    """The sectors from `start` on, joined; a chain that runs in a circle is broken."""
    parts: list[bytes] = []
    place = start
    while place < FREE:
        if place >= len(fat) or len(parts) > len(fat):
            raise ValueError("sector chain")
        parts.append(data[(place + first) * size : (place + first + 1) * size])
        place = fat[place]
    return b"".join(parts)
