"""Tax numbers: kept as text, checked by the rules of their country."""

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module

from crm_app.locales import text
from crm_app.services.fields.characters import one_line, unusable
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, doubtful, refused

MAX_LENGTH = 60
# python-stdnum's modules, people's numbers first. Any country's number is accepted anywhere: customers live abroad.
_MODULES: dict[str, tuple[str, ...]] = {
    "IT": ("it.codicefiscale", "it.iva"),
    "DE": ("de.idnr", "de.vat", "de.stnr"),
    "PL": ("pl.pesel", "pl.nip", "pl.regon"),
    "AT": ("at.tin", "at.uid"),
    "CH": ("ch.ssn", "ch.uid", "ch.vat"),
    "FR": ("fr.nif", "fr.tva", "fr.siren", "fr.siret"),
    "ES": ("es.nif",),
    "NL": ("nl.bsn", "nl.btw"),
    "BE": ("be.nn", "be.vat"),
    "PT": ("pt.nif",),
    "CZ": ("cz.rc", "cz.dic"),
    "SK": ("sk.rc", "sk.dph"),
    "SI": ("si.ddv", "si.emso"),
    "HR": ("hr.oib",),
    "GB": ("gb.utr", "gb.vat"),
    "DK": ("dk.cpr", "dk.cvr"),
    "SE": ("se.personnummer", "se.vat"),
    "RO": ("ro.cnp", "ro.cui"),
    "HU": ("hu.anum",),
}
_NOT_COMPARED = re.compile(r"[\s./_-]")
_SCIENTIFIC = re.compile(r"\d[.,]\d+[eE]\+?\d{1,2}")


def parse_tax_number(cell: str, context: FieldContext) -> Verdict:
    """The number as text without blanks; `norm` is upper case without punctuation.

    A number that neither the installation's country nor another known one would give out is taken with a warning.
    """
    if not cell.isascii() and (message := unusable(cell)):
        return refused(message)
    number = "".join(one_line(cell).split()).lstrip("'")
    if not number:
        return EMPTY
    if message := unusable(number):
        return refused(message)
    if len(number) > MAX_LENGTH:
        return refused(text("This is too long for a tax number; put only the number here."))
    if _SCIENTIFIC.fullmatch(number):
        return refused(text("A spreadsheet rounded this tax number; copy it again with the cell formatted as text."))
    norm = _NOT_COMPARED.sub("", number).upper()
    if context.country not in _MODULES or is_plausible(number, context.country):
        return Verdict(number, norm)
    return doubtful(number, norm, text("This tax number has a wrong length or check digit; check it."))


def is_plausible(number: str, country: str) -> bool:
    """Whether the rules of `country`, or else of a country named by the first two letters, accept the number."""
    if any(valid(number) for valid in _validators(country)):
        return True
    prefix = number[:2].upper()
    others = (prefix,) if prefix in _MODULES else tuple(_MODULES)[:5]
    return any(valid(number) for other in others if other != country for valid in _validators(other))


@cache
def _validators(country: str) -> tuple[Callable[[str], bool], ...]:
    return tuple(import_module(f"stdnum.{name}").is_valid for name in _MODULES.get(country, ()))
