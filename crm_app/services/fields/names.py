"""Names of people, companies and places: cleaned, never re-cased or split."""

from crm_app.locales import Text, text
from crm_app.services.fields.characters import one_line, unusable
from crm_app.services.fields.sensitive import warning_of
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, doubtful, refused


def parse_name(cell: str, context: FieldContext, max_length: int = 200) -> Verdict:
    """A name on one line, in NFC; `norm` is case-folded. Too long or unusable characters are an error."""
    plain = cell.isascii() and cell.isprintable()
    if not plain and (message := unusable(cell)):
        return refused(message)
    name = one_line(cell)
    if not name:
        return EMPTY
    if len(name) > max_length:
        return refused(too_long(len(name), max_length))
    norm = name.casefold()
    if len(name) >= 13 and (found := warning_of(name)):
        return doubtful(name, norm, found)
    return Verdict(name, norm)


def too_long(length: int, max_length: int) -> Text:
    """The message for a text of `length` characters where `max_length` fit."""
    return text(
        "This text has {length} characters; at most {most} fit here, so shorten it.", length=length, most=max_length
    )
