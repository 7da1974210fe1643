"""The contact's own number: given by the system, read from our own exports."""

import re

from crm_app.locales import text
from crm_app.services.fields.characters import one_line
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, refused

_NUMBER = re.compile(r"#?([0-9]{1,19})(?:\.0+)?")
LARGEST = 2**63 - 1  # what both databases hold


def parse_number(cell: str, context: FieldContext) -> Verdict:
    """A whole number from 1 to 2^63 - 1. `#12` and the spreadsheet's `12.0` are 12."""
    cell = one_line(cell)
    if not cell:
        return EMPTY
    found = _NUMBER.fullmatch(cell)
    number = int(found.group(1)) if found else 0
    if not 1 <= number <= LARGEST:
        return refused(text("This is not a contact number; write a whole number such as 1042 or leave it empty."))
    return Verdict(number, str(number))
