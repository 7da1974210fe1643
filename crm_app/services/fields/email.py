"""E-mail addresses: syntax only, no question to any name server."""

import re

from email_validator import EmailNotValidError, validate_email

from crm_app.locales import Text, text
from crm_app.services.fields.characters import one_line, unusable
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, refused

MAX_LENGTH = 254
# What nearly every address looks like. Everything else is left to email-validator, fifty times slower.
_COMMON = re.compile(
    r"(?=.{6,254}\Z)(?=[^@]{1,64}@)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)
# Special-use domains (IANA): email-validator refuses them, so the pattern must not let them pass.
_RESERVED = frozenset(("arpa", "invalid", "local", "localhost", "onion", "test"))
_IN_BRACKETS = re.compile(r"[^<>]*<\s*([^<>@\s]+@[^<>@\s]+)\s*>")
_SEVERAL = re.compile(r"@[^@]*[\s,;|/][^@]*@")
_IN_QUOTES = "\"'`´‘’“”„"


def parse_email(cell: str, context: FieldContext) -> Verdict:
    """One address. The value keeps its spelling; `norm` is lower case with an IDNA domain.

    `mailto:`, `<…>`, `Name <…>` and quotes around it are taken off. Several addresses in a cell are an error.
    """
    address = cell.strip()
    if not address:
        return EMPTY
    if _COMMON.fullmatch(address) and not _is_special(address):
        return Verdict(address, address.lower())
    if message := unusable(cell):
        return refused(message)
    address = _unwrapped(one_line(cell))
    if not address:
        return EMPTY
    if _SEVERAL.search(address):
        return refused(text("There are several e-mail addresses in this cell; keep one, or give each its own column."))
    return _validated(address)


def _is_special(address: str) -> bool:
    """Whether the domain is one for special uses, or written in a way that no mail follows."""
    domain = address[address.rfind("@") + 1 :]
    return "--" in domain or domain[domain.rfind(".") + 1 :].lower() in _RESERVED


def _unwrapped(address: str) -> str:
    if found := _IN_BRACKETS.fullmatch(address):
        address = found.group(1)
    address = address.strip(_IN_QUOTES + " <>")
    if address[:7].lower() == "mailto:":
        address = address[7:].split("?", 1)[0].strip(_IN_QUOTES + " <>")
    return address.rstrip(".,; ")


def _validated(address: str) -> Verdict:
    if len(address) > MAX_LENGTH:
        return refused(text("This e-mail address is too long; check that it is a single address."))
    if "@" not in address:
        return refused(text("This is not an e-mail address; it needs an @, as in anna@example.com."))
    try:
        checked = validate_email(address, check_deliverability=False)
    except (EmailNotValidError, ValueError):  # the IDNA codec below it raises its own ValueErrors
        return refused(_reason(address))
    domain = checked.ascii_domain or checked.domain
    return Verdict(address, f"{checked.local_part}@{domain}".lower())


def _reason(address: str) -> Text:
    local, _, domain = address.rpartition("@")
    if " " in address:
        return text("There is a space in this e-mail address; take it out.")
    if not local or not domain:
        return text("This e-mail address is incomplete; it needs a name before and a domain after the @.")
    if "@" in local:
        return text("This e-mail address has more than one @; keep one.")
    if "." not in domain:
        return text("The part after the @ is no complete domain; write it as in anna@example.com.")
    if _is_special(domain):
        return text("No mail can reach this domain; check the part after the @.")
    return text("This e-mail address cannot exist as written; check its spelling.")
