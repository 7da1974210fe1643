"""Closed vocabularies of our own: lifecycle and active, with the words other products use for them."""

import re
from collections import Counter
from collections.abc import Iterable

from crm_app.locales import text
from crm_app.services.fields import yes_no
from crm_app.services.fields.characters import folded, one_line, words
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, refused

# Folded words → `models.contact.Lifecycle`. "Aktywny" and "Potencjalny" are SmartCRM's customer and lead.
_LIFECYCLE: dict[str, str] = {
    word: lifecycle
    for lifecycle, known in {
        "contact": "contact kontakt contatto subscriber abonnent iscritto subskrybent mailing_address",
        "lead": (
            "lead leads prospect interessent interessentin interessenten potenziale potenziali potenzieller_kunde"
            " cliente_potenziale potencjalny potencjalny_klient potencjalna potential potential_customer opportunity"
            " marketing_qualified_lead sales_qualified_lead marketingqualifiedlead salesqualifiedlead interessato"
            " zainteresowany zainteresowana potentieller_kunde"
        ),
        "customer": (
            "customer client customers kunde kundin kunden bestandskunde cliente clienti klient klientka klienci"
            " student studente studentessa schuler schulerin allievo allieva alunno alunna uczen uczennica kursant"
            " kursantka teilnehmer teilnehmerin aktywny aktywna"
        ),
    }.items()
    for word in known.split()
}
_ACTIVE = yes_no.YES | words("active aktiv attivo attiva aktywny aktywna enabled")
_INACTIVE = yes_no.NO | words(
    "inactive inaktiv inattivo inattiva nieaktywny nieaktywna disabled deaktiviert disattivato"
)


def parse_lifecycle(cell: str, context: FieldContext) -> Verdict:
    """A value of `models.contact.Lifecycle`, also from the words other products use."""
    word = folded(one_line(cell)).replace(" ", "_").replace("-", "_")
    if not word:
        return EMPTY
    value = _LIFECYCLE.get(word)
    if value is None:
        return refused(text("This lifecycle is not known; write contact, lead or customer."))
    return Verdict(value, value)


def parse_active(cell: str, context: FieldContext) -> Verdict:
    """Yes and no, and also the words for active and inactive."""
    return yes_no.judged(cell, _ACTIVE, _INACTIVE)


_QUOTED = re.compile(r'"([^"]*)"')


def separator_of(cells: Iterable[str]) -> str:
    """What stands between several tags in the cells of a column: the sign most cells hold, else a comma."""
    found = Counter(sign for cell in cells for sign in ",;|" if sign in cell)
    return max(found, key=lambda sign: (found[sign], sign == ",")) if found else ","


def split_tags(cell: str, separator: str = ",") -> list[str]:
    """The tags of one cell in their order: trimmed, blanks left out, each once whatever its case.

    When every one of them stands in quotes, as Mailchimp writes them, the quotes are no part of the tags.
    """
    tags: dict[str, str] = {}
    sign = separator or ","
    quoted = _QUOTED.findall(cell)
    bare = not quoted or _QUOTED.sub("", cell).replace(sign, "").strip()
    for part in cell.split(sign) if bare else quoted:
        tag = one_line(part)
        if tag:
            tags.setdefault(tag.casefold(), tag)
    return list(tags.values())
