"""Texts as lists order them: without case, and with the accents of our languages off.

One rule in three hands: SQL for both databases, which indexes hold (`services/schema.py`), and Python for comparing.
SQLite 3.40 takes no more than some 20 calls inside each other, so the first letter and the rest have a map each, of
the letters that names begin with and hold most; others come behind z.
"""

_FIRST = str.maketrans("ÄÖÜÅØÉÀÁÓÇČŁŚŠŻŽÑİ", "aouaoeaaocclsszzni")
_REST = str.maketrans("äöüßéèàáóçčłńśšżąę", "aouseeaaocclnsszae")


def key(value: str) -> str:
    """What the database compares in the place of `value`."""
    lowered = "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in value)
    return lowered if value.isascii() else lowered[:1].translate(_FIRST) + lowered[1:].translate(_REST)


def sqlite(column: str) -> str:
    """The key of `column` as an expression; most texts are ASCII and take the short way."""
    first, rest = f"lower(substr({column}, 1, 1))", f"lower(substr({column}, 2))"
    for letter, plain in _FIRST.items():
        first = f"replace({first}, '{chr(letter)}', '{chr(plain)}')"
    for letter, plain in _REST.items():
        rest = f"replace({rest}, '{chr(letter)}', '{chr(plain)}')"
    return f"CASE WHEN {column} GLOB '*[^ -~]*' THEN {first} || {rest} ELSE lower({column}) END"


def postgres(column: str) -> str:
    """The same, compared byte by byte as SQLite does."""
    lowered = f'lower({column} COLLATE "C")'
    first, rest = f"left({lowered}, 1)", f"substr({lowered}, 2)"
    return f"""(translate({first}, {_pair(_FIRST)}) || translate({rest}, {_pair(_REST)})) COLLATE "C\""""


def _pair(letters: dict[int, int]) -> str:
    return f"'{''.join(map(chr, letters))}', '{''.join(map(chr, letters.values()))}'"
