"""Messages between the reading process and its parent: one JSON object a line, in which a `Text` stays a `Text`."""

import json
from typing import Any

from crm_app.locales import Text

_TEXT = "$text"


def encode(message: dict[str, Any]) -> bytes:
    """One line of ASCII; lone surrogates survive as escapes."""
    return json.dumps(message, default=_to_json, separators=(",", ":")).encode("ascii") + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(line, object_hook=_from_json)
    return message


def _to_json(value: object) -> Any:
    if isinstance(value, Text):
        return {_TEXT: value.to_json()}
    raise TypeError(f"{type(value).__name__} cannot be sent")


def _from_json(value: dict[str, Any]) -> Any:
    return Text.from_json(value[_TEXT]) if value.keys() == {_TEXT} else value
