"""Plain text: cleaned, too long is an error, never cut."""

from crm_app.services.fields.characters import one_line, unusable, visible
from crm_app.services.fields.names import too_long
from crm_app.services.fields.sensitive import warning_of
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, doubtful, refused


def parse_line(cell: str, context: FieldContext, max_length: int = 200, warn: bool = True) -> Verdict:
    """Text on one line; `norm` is the text itself. `warn`: look for card numbers and IBANs."""
    if not (cell.isascii() and cell.isprintable()) and (message := unusable(cell)):
        return refused(message)
    return _judged(one_line(cell), max_length, warn)


def parse_text(cell: str, context: FieldContext, max_length: int = 20_000, warn: bool = True) -> Verdict:
    """Text of several lines; line breaks are kept as `\\n`."""
    if message := unusable(cell):
        return refused(message)
    return _judged("\n".join(line.rstrip() for line in visible(cell).split("\n")), max_length, warn)


def _judged(value: str, max_length: int, warn: bool) -> Verdict:
    if not value:
        return EMPTY
    if len(value) > max_length:
        return refused(too_long(len(value), max_length))
    if warn and len(value) >= 13 and (found := warning_of(value)):
        return doubtful(value, value, found)
    return Verdict(value, value)
