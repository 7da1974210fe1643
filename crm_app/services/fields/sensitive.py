"""Card numbers and IBANs in places that are not made for them (T23)."""

import re

from stdnum import iban, luhn

from crm_app.locales import Text, text

_DIGIT_RUN = re.compile(r"(?<![\d+])\d(?:[ -]?\d){12,18}(?!\d)")
# Issuers: Visa, Mastercard (both ranges), American Express, Diners, Discover, JCB, Maestro.
_ISSUER = re.compile(r"4|5[0-58]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|3(?:0[0-5]|[68])|6(?:011|4[4-9]|5|3|7)|35")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")


def find_card_number(value: str) -> str | None:
    """The first payment card number in `value` (13 to 19 digits, known issuer, Luhn), masked; else None."""
    for found in _DIGIT_RUN.finditer(value):
        digits = re.sub(r"\D", "", found.group())
        if len(set(digits)) > 1 and _ISSUER.match(digits) and luhn.is_valid(digits):
            return f"•••• {digits[-4:]}"
    return None


def find_iban(value: str) -> str | None:
    """The first IBAN with a right check sum in `value`, masked; else None."""
    for found in _IBAN.finditer(value):
        candidate = re.sub(r"[ -]", "", found.group()).upper()
        # Words may follow directly after a space: try the longest run first, down to the shortest IBAN there is.
        for length in range(min(len(candidate), 34), 14, -1):
            if iban.is_valid(candidate[:length]):
                return f"{candidate[:4]} •••• {candidate[length - 2 : length]}"
    return None


def warning_of(value: str) -> Text | None:
    """What to say about a card number or IBAN in `value`, masked; None when there is none."""
    if sum(char.isdigit() for char in value) < 10:
        return None
    if masked := find_card_number(value):
        return text("This looks like a payment card number ({masked}); better not keep it here.", masked=masked)
    if masked := find_iban(value):
        return text("This looks like a bank account number ({masked}); better not keep it here.", masked=masked)
    return None
