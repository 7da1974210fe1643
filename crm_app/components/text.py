"""Texts in a page: `T("…")` for plain ones, `t("…", name=…)` for attributes and values, `tn` for plurals.

Component code is compiled into the bundle, so the language is chosen in the browser (`assets/js/i18n.js`). English
stands here and is what Babel extracts for the catalogues.
"""

import json
from typing import Any

import reflex as rx
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData

_LIBRARY = "$/public/js/i18n.js"


class TextNode(rx.Component):
    """A bare text, painted again when the language changes; needs no hook in its parent."""

    library = _LIBRARY
    tag = "T"
    k: rx.Var[str]


def T(msgid: str) -> rx.Component:  # noqa: N802  (reads as a mark, not as a call)
    """The text `msgid` in the user's language."""
    return TextNode.create(k=msgid)


def N(msgid: str) -> str:  # noqa: N802
    """Marks a text that is shown elsewhere: `T(label)` finds it in the catalogue."""
    return msgid


def _call(arguments: list[str], values: dict[str, rx.Var]) -> rx.Var:
    hook = VarData(imports={_LIBRARY: [ImportVar(tag="useT")]}, hooks={"const t = useT();": None})
    return rx.Var(
        _js_expr=f"t({', '.join(arguments)})",
        _var_type=str,
        _var_data=VarData.merge(hook, *[value._get_all_var_data() for value in values.values()]),
    ).to(str)


def _object(values: dict[str, rx.Var]) -> str:
    return f"({{{', '.join(f'{name}: {value!s}' for name, value in values.items())}}})"


def t(msgid: str, **values: Any) -> rx.Var:
    """The text as a value: for attributes, and with `{named}` values that may be vars."""
    made = {name: rx.Var.create(value) for name, value in values.items()}
    return _call([json.dumps(msgid), *([_object(made)] if made else [])], made)


def figure(n: Any) -> rx.Var:
    """A number with the language's thousands marks."""
    made = {"n": rx.Var.create(n)}
    return _call(['""', _object(made)], made)


def tn(singular: str, plural: str, n: Any, **values: Any) -> rx.Var:
    """The text whose form depends on `n`, written into `{n}` with the language's thousands marks."""
    made = {"n": rx.Var.create(n), **{name: rx.Var.create(value) for name, value in values.items()}}
    return _call([json.dumps(singular), _object(made), json.dumps(plural)], made)
