"""A catalogue as the browser takes it: texts by English text, plurals by Intl's category."""

import json
from functools import cache
from gettext import c2py
from typing import Any

from babel import Locale
from babel.messages.plurals import get_plural

from crm_app import locales

_SAMPLES = (*range(130), 1_000, 1_000_000)


@cache
def catalogue(language: str) -> dict[str, Any]:
    """{"lang", "texts": {English: translation}, "plurals": {English singular: {category: pattern}}}."""
    found = locales.catalogue(language)
    texts: dict[str, str] = {}
    plurals: dict[str, dict[str, str]] = {}
    forms = _form_of_category(language)
    for message in found or ():
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, (list, tuple)):
            strings = message.string if isinstance(message.string, (list, tuple)) else ()
            if all(strings):
                plurals[message.id[0]] = {category: strings[form] for category, form in forms.items()}
        elif isinstance(message.string, str) and message.string:
            texts[message.id] = message.string
    return {"lang": language, "texts": texts, "plurals": plurals}


@cache
def boot_script(language: str) -> bytes:
    """The script that stands in the page's head, so that the first paint is in the right language."""
    return b"window.__I18N=" + json.dumps(catalogue(language), ensure_ascii=False).encode() + b";"


def _form_of_category(language: str) -> dict[str, int]:
    """gettext's form index for each of Intl's plural categories of a language."""
    rule = Locale.parse(language).plural_form
    index = c2py(get_plural(language).plural_expr)
    found: dict[str, int] = {}
    for n in _SAMPLES:
        found.setdefault(rule(n), index(n))
    found.setdefault("other", index(1_000_001))
    return found
