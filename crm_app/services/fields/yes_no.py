"""Yes and no in English, German, Italian and Polish, and the marks people put into lists."""

from crm_app.locales import text
from crm_app.services.fields.characters import folded, one_line, words
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, refused

YES = words("1 1.0 y yes true t on x ✓ ✔ ☑ ✅ ja j wahr si s vero v tak prawda oui")
NO = words("0 0.0 n no false f off - – — ✗ ✘ ☐ ❌ nein falsch nie falso falsz nieprawda non")


def parse_yes_no(cell: str, context: FieldContext) -> Verdict:
    """True or False; `norm` is "1" or "0"."""
    return judged(cell, YES, NO)


def judged(cell: str, yes: frozenset[str], no: frozenset[str]) -> Verdict:
    """True for a word of `yes`, False for one of `no`, an error for anything else."""
    word = one_line(cell)
    if not word:
        return EMPTY
    word = folded(word).rstrip(".!")
    if word in yes:
        return Verdict(True, "1")
    if word in no:
        return Verdict(False, "0")
    return refused(text("This is neither yes nor no; write yes or no, or 1 or 0."))
