"""Postal codes: text with its leading zeros."""

import re

from crm_app.locales import text
from crm_app.services.fields.characters import one_line, unusable
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, doubtful, refused

MAX_LENGTH = 20
_PLAIN = re.compile(r"(?:[A-Za-z]{1,3}[- ])?[A-Za-z0-9]{2,6}(?:[ -][A-Za-z0-9]{2,5})?")
_SPREADSHEET = re.compile(r"(\d{3,9})[.,]0+")


def parse_postal_code(cell: str, context: FieldContext) -> Verdict:
    """The code as text; `norm` is upper case without blanks. A spreadsheet's `1234.0` becomes `1234`."""
    if not cell.isascii() and (message := unusable(cell)):
        return refused(message)
    code = one_line(cell).lstrip("' ")
    if not code:
        return EMPTY
    if found := _SPREADSHEET.fullmatch(code):
        code = found.group(1)
    norm = code.upper().replace(" ", "")
    if _PLAIN.fullmatch(code) and any(char.isdigit() for char in code):
        return Verdict(code, norm)
    if len(code) > MAX_LENGTH or unusable(code):
        return refused(text("This is too long for a postal code; put only the code here."))
    return doubtful(code, norm, text("This does not look like a postal code; check it."))
