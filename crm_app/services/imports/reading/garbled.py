"""Mojibake: text whose UTF-8 bytes were once read as an 8-bit code page, "FranÃ§ois" for "François".

If the reading did it, another encoding mends it. If a program before us did it and saved the result, the file is valid
UTF-8 all the same; reading it as `TWICE` takes the second encoding off again.
"""

import re

TWICE = "utf-8-twice"  # not a Python codec: UTF-8, then `mended` line by line

# How the bytes 0x80…0xFF look when read as cp1252, its five undefined bytes kept as control characters.
_BYTES = {bytes([byte]).decode("cp1252", errors="ignore") or chr(byte): byte for byte in range(0x80, 0x100)}
_TRAIL = "".join(re.escape(char) for char, byte in _BYTES.items() if byte < 0xC0)
_GARBLED = re.compile(rf"[\u00c2-\u00df][{_TRAIL}]|[\u00e0-\u00ef][{_TRAIL}]{{2}}|[\u00f0-\u00f4][{_TRAIL}]{{3}}")


def mended(text: str) -> str:
    """The text with every garbled character put right; what is not garbled stays."""
    return text if text.isascii() else _GARBLED.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    try:
        return bytes(_BYTES[char] for char in match[0]).decode("utf-8")
    except UnicodeDecodeError:
        return match[0]


def looks_garbled(text: str) -> bool:
    """Whether letters in the text are mostly such pairs; one pair among many right letters is none."""
    if text.isascii():
        return False
    pairs = sum(_character(match) != match[0] for match in _GARBLED.finditer(text))
    strange = sum(len(match[0]) for match in _GARBLED.finditer(text))
    others = sum(not char.isascii() for char in text) - strange
    return pairs > 0 and pairs > others


def suggested_encoding(text: str, read_as: str) -> str | None:
    """What to read the file as instead, or None if the text looks right."""
    if not looks_garbled(text):
        return None
    return TWICE if read_as.startswith("utf-") else "utf-8"
