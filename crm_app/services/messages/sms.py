"""Text messages: how long they are. 3GPP TS 23.038: 160 signs of the basic alphabet, 70 of any other, less in parts."""

from dataclasses import dataclass

_BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = set("^{}\\[~]|€\f")


@dataclass(frozen=True, slots=True)
class Length:
    """`units` of the `parts` it takes; `is_basic`: no sign makes it dearer."""

    units: int
    parts: int
    is_basic: bool


def length(text: str) -> Length:
    """How long a text message is, and in how many parts it goes out."""
    is_basic = all(sign in _BASIC or sign in _TWICE for sign in text)
    if is_basic:
        units = sum(2 if sign in _TWICE else 1 for sign in text)
        one, each = 160, 153
    else:
        units = len(text.encode("utf-16-le")) // 2
        one, each = 70, 67
    return Length(units, 1 if units <= one else -(-units // each), is_basic)
