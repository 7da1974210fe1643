"""The OpenAPI 3.1 document, made of the endpoints and of the models that judge their requests."""

import json
import re
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from crm_app.web.api import hooks
from crm_app.web.api.endpoints import Endpoint
from crm_app.web.api.handling import IDEMPOTENCY, REPLAYED
from crm_app.web.api.problems import JSON, Failure
from crm_app.web.api.table import ENDPOINTS, HOOK, ROOT

_REF = "#/components/schemas/{model}"
_PROBLEMS = {
    400: "The body is no JSON", 401: "No token, or one that does not work", 403: "The token lacks the scope",
    404: "There is no such thing, or not for this token", 409: "It contradicts what is stored",
    412: "The contact changed meanwhile", 413: "The body is too large", 415: "The body is not declared as JSON",
    422: "Something cannot be taken; `fields` says what", 429: "Too many requests; wait as Retry-After says",
    503: "The database is busy; try again",
}  # fmt: skip
_INTRO = (
    "Every request brings `Authorization: Bearer <token>`; integrations and their tokens are made in the settings. "
    "Requests that write take an `Idempotency-Key`: sent again within 24 hours, they get the same answer and change "
    "nothing."
)


@cache
def document() -> bytes:
    """The document as JSON."""
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(Failure, "serialization")]
    for endpoint in (*ENDPOINTS, HOOK):
        models += [(model, "serialization") for model in endpoint.answers.values()]
        models += [(model, "validation") for model in (endpoint.body, endpoint.query) if model is not None]
    names, defined = models_json_schema(list(dict.fromkeys(models)), ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in (*ENDPOINTS, HOOK):
        paths.setdefault(_template(endpoint.path), {})[endpoint.method.lower()] = _operation(
            endpoint, names, defined["$defs"]
        )
    made = {
        "openapi": "3.1.0",
        "info": {"title": "CRM", "version": "1", "description": _INTRO},
        "servers": [{"url": ROOT}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": defined["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
    return json.dumps(made, ensure_ascii=False).encode()


def _template(path: str) -> str:
    return re.sub(r"{(\w+):\w+}", r"{\1}", path)


def _operation(endpoint: Endpoint, names: Any, defined: dict[str, Any]) -> dict[str, Any]:
    is_hook = endpoint is HOOK
    made: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": f"Scope: `{endpoint.scope.value}`",
        "tags": [endpoint.tag],
        "parameters": _parameters(endpoint, names, defined),
        "responses": {},
    }
    if is_hook:
        made["security"] = []
    if endpoint.body is not None:
        made["requestBody"] = {"required": True, "content": {JSON: {"schema": names[endpoint.body, "validation"]}}}
    for status, model in endpoint.answers.items():
        answer = {"description": "Done", "content": {JSON: {"schema": names[model, "serialization"]}}}
        if endpoint.writes and not is_hook:
            answer["headers"] = {REPLAYED: {"description": "Answered before", "schema": {"const": "true"}}}
        made["responses"][str(status)] = answer
    usual = (401, 403, 413, 422, 429, 503, *((400, 409, 415) if endpoint.writes else ()))
    for status in sorted({*usual, *endpoint.problems}):
        failure = {"schema": names[Failure, "serialization"]}
        made["responses"][str(status)] = {"description": _PROBLEMS[status], "content": {JSON: failure}}
    return made


def _parameters(endpoint: Endpoint, names: Any, defined: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name, kind in re.findall(r"{(\w+):?(\w*)}", endpoint.path):
        schema = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1} if kind == "int" else {"type": "string"}
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    if endpoint.query is not None:
        properties = defined[names[endpoint.query, "validation"]["$ref"].rpartition("/")[2]]["properties"]
        found += [
            {"name": name, "in": "query", "schema": schema, "description": schema.get("description", "")}
            for name, schema in properties.items()
        ]
    if endpoint is HOOK:
        for name, pattern in ((hooks.TIMESTAMP, "^[0-9]{1,12}$"), (hooks.SIGNATURE, "^(sha256=)?[0-9a-f]{64}$")):
            found.append(
                {"name": name, "in": "header", "required": True, "schema": {"type": "string", "pattern": pattern}}
            )
    elif endpoint.writes:
        key = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
        found.append({"name": IDEMPOTENCY, "in": "header", "schema": key})
    if endpoint.takes_version:
        found.append({"name": "If-Match", "in": "header", "schema": {"type": "string", "pattern": '^"?[0-9]{1,18}"?$'}})
    return found
