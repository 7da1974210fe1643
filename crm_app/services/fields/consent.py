"""Cells of consent columns, as mail programs and people write them: opt-ins, opt-outs and when.

The value is a state of the ledger: "imported" or "revoked", None where a cell says neither. `norm` is the moment in ISO
form when the cell itself is a date.
"""

from crm_app.locales import text
from crm_app.services.fields import yes_no
from crm_app.services.fields.characters import folded, one_line, words
from crm_app.services.fields.date_formats import shape_of
from crm_app.services.fields.dates import parse_moment
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, refused

IMPORTED, REVOKED = "imported", "revoked"

_IN = words(
    "subscribed subscriber confirmed opted_in opt_in optin opt-in opted-in granted consented accepted active allowed"
    " abonniert angemeldet bestatigt zugestimmt eingewilligt aktiv erteilt erlaubt"
    " iscritto iscritta confermato confermata accettato concesso attivo attiva consenso"
    " zapisany zapisana potwierdzony potwierdzona zgoda wyrazona aktywny aktywna"
)
_OUT = words(
    "unsubscribed unsubscribe opted_out opt_out optout opt-out opted-out bounced hard_bounced hard_bounce bounce"
    " cleaned revoked withdrawn declined refused blocked blocklisted blacklisted complained complaint spam"
    " suppressed denied"
    " abgemeldet abbestellt widerrufen abgelehnt ausgetragen gesperrt gekundigt"
    " disiscritto disiscritta annullato revocato rifiutato negato cancellato bloccato"
    " wypisany wypisana wycofana odwolana odmowa zablokowany zrezygnowal zrezygnowala"
)
# Known to the program and neither a yes nor a no.
_NEITHER = words(
    "pending unconfirmed unknown none null non-subscribed nonsubscribed not_subscribed never_subscribed transactional"
    " n/a na not_set no_consent archived"
    " unbestatigt ausstehend unbekannt sconosciuto non_confermato niepotwierdzony nieznany ?"
)
_NOT_KNOWN = text("This says neither yes nor no to being written to; write yes or no, or leave it empty.")


def parse_opt_in(cell: str, context: FieldContext) -> Verdict:
    """Yes and its words are an opt-in, no and words of leaving an opt-out; a date is an opt-in of that day."""
    return _parsed(cell, context, yes_no.YES | _IN, yes_no.NO | _OUT, IMPORTED)


def parse_opt_out(cell: str, context: FieldContext) -> Verdict:
    """For columns that say who left: yes, a date and the words of leaving are an opt-out, anything known is nothing."""
    verdict = _parsed(cell, context, yes_no.YES | _OUT, yes_no.NO | _IN, REVOKED)
    if verdict.value == IMPORTED:
        return EMPTY
    return verdict


def parse_when(cell: str, context: FieldContext) -> Verdict:
    """The moment of an opt-in or opt-out."""
    return parse_moment(cell, context)


def _parsed(cell: str, context: FieldContext, yes: frozenset[str], no: frozenset[str], meant_by_yes: str) -> Verdict:
    line = one_line(cell)
    if not line:
        return EMPTY
    word = folded(line).rstrip(".!").replace(" ", "_")
    if word in yes:
        return Verdict(meant_by_yes)
    if word in no:
        return Verdict(REVOKED if meant_by_yes == IMPORTED else IMPORTED)
    if word in _NEITHER:
        return EMPTY
    if shape_of(line) is not None:
        verdict = parse_moment(line, context)
        return verdict if verdict.is_error else Verdict(meant_by_yes, verdict.norm)
    return refused(_NOT_KNOWN)
