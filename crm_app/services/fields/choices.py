"""Fields that take one or several of a list of options."""

from collections.abc import Sequence

from crm_app.locales import text
from crm_app.services.fields.characters import one_line
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, refused
from crm_app.services.fields.vocabulary import separator_of, split_tags
from crm_app.services.folding import fold

SEPARATORS = ("; ", ";", ",", "|")


def parse_choice(cell: str, context: FieldContext, options: Sequence[str]) -> Verdict:
    """One option, found without regard to case and accents; the value is its own spelling."""
    written = one_line(cell)
    if not written:
        return EMPTY
    found = _known(options).get(fold(written))
    return Verdict(found, found) if found is not None else _unknown(written, options)


def parse_choices(cell: str, context: FieldContext, options: Sequence[str]) -> Verdict:
    """Several options by semicolon, comma or bar; the value is a list in the order of the options."""
    known = _known(options)
    for sign in SEPARATORS:  # an option may have one of them in it
        parts = split_tags(cell, sign)
        if not parts:
            return EMPTY
        chosen = {known.get(fold(part)) for part in parts}
        if None not in chosen:
            value = [option for option in options if option in chosen]
            return Verdict(value, SEPARATORS[0].join(value))
    parts = split_tags(cell, separator_of([cell]))
    return _unknown(next(part for part in parts if fold(part) not in known), options)


def _known(options: Sequence[str]) -> dict[str, str]:
    return {fold(option): option for option in options}


def _unknown(written: str, options: Sequence[str]) -> Verdict:
    return refused(text("“{value}” is not one of: {options}.", value=written, options=", ".join(options)))
