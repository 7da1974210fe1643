"""What arrives with an event is checked against the handler's type hints before the handler sees it."""

import inspect
from functools import cache
from typing import Any, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from reflex_base.event import EventHandler
from reflex_base.utils.form import FormData, form_data_as_dict, transform_form_data

_INT64 = 2**63


class BadPayloadError(ValueError):
    """The payload does not fit; names the argument, never its value."""


def check(handler: EventHandler, payload: dict[str, Any]) -> None:
    """Replaces the payload's values by checked ones (`"7"` becomes 7 for an int). Raises BadPayloadError."""
    hints, required = _signature(handler.fn)
    if unknown := payload.keys() - hints.keys():
        raise BadPayloadError(f"{len(unknown)} unknown arguments")
    if missing := required - payload.keys():
        raise BadPayloadError(f"missing {', '.join(sorted(missing))}")
    for name, value in payload.items():
        payload[name] = _checked(name, value, hints[name])


@cache
def _signature(fn: Any) -> tuple[dict[str, Any], frozenset[str]]:
    """Hints of all arguments but `self`, and the names of those without a default."""
    parameters = list(inspect.signature(fn).parameters.values())[1:]
    hints = get_type_hints(fn, include_extras=True)
    bare = [parameter.name for parameter in parameters if parameter.name not in hints]
    if bare or any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
        raise TypeError(f"{fn.__module__}.{fn.__qualname__}: every argument needs a type hint, and no *args ({bare})")
    required = frozenset(p.name for p in parameters if p.default is p.empty)
    return {p.name: hints[p.name] for p in parameters}, required


def _checked(name: str, value: Any, hint: Any) -> Any:
    value = transform_form_data(value, hint)
    if isinstance(value, FormData):
        value = form_data_as_dict(value)
    try:
        checked = _adapter(hint).validate_python(value)
    except (ValidationError, ValueError, TypeError, RecursionError):
        raise BadPayloadError(name) from None
    if not _is_storable(checked):
        raise BadPayloadError(name)
    return checked


def _is_storable(value: Any) -> bool:
    """Half characters and numbers beyond 64 bits break the database's driver; a page never sends them."""
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, int):
        return -_INT64 <= value < _INT64
    if isinstance(value, dict):
        return all(_is_storable(key) and _is_storable(item) for key, item in value.items())
    return all(map(_is_storable, value)) if isinstance(value, (list, tuple)) else True


@cache
def _adapter(hint: Any) -> TypeAdapter[Any]:
    try:
        return TypeAdapter(hint, config=ConfigDict(arbitrary_types_allowed=True))
    except Exception:  # noqa: BLE001  # a hint with a configuration of its own (dataclass, model) refuses ours
        return TypeAdapter(hint)
