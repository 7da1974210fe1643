"""What went wrong, always in one shape and in English: {"error": {"code", "message", "field", "fields"}}."""

from pydantic import BaseModel, Field, ValidationError
from starlette.responses import Response

from crm_app.locales import Text, render
from crm_app.services.api_replies import KeyReused
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.errors import Busy, Conflict, CRMError, Invalid, NotFound, NotPermitted
from crm_app.services.intake import Ambiguous, Erased

JSON = "application/json"
CODES: dict[int, str] = {
    400: "malformed", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
    409: "conflict", 412: "changed_meanwhile", 413: "too_large", 415: "not_json", 422: "invalid",
    429: "too_many_requests", 500: "internal", 503: "busy",
}  # fmt: skip


class Problem(BaseModel):
    """`code` is for programs, `message` for people; `field` is the first that is wrong, `fields` says why of each."""

    code: str
    message: str
    field: str = ""
    fields: dict[str, str] = Field(default_factory=dict)


class Failure(BaseModel):
    error: Problem


class Refusal(Exception):
    """The request ends with this answer."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str = "",
        field: str = "",
        fields: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.headers = status, headers or {}
        self.problem = Problem(code=code or CODES[status], message=message, field=field, fields=fields or {})


def answer(refusal: Refusal) -> Response:
    body = Failure(error=refusal.problem).model_dump_json()
    return Response(body, refusal.status, refusal.headers, JSON)


def too_fast(seconds: int) -> Refusal:
    message = f"Too many requests. Try again in {seconds} seconds."
    return Refusal(429, message, headers={"Retry-After": str(seconds)})


def of_error(error: CRMError) -> Refusal:
    """An error of a service as the API says it."""
    words = _said(error.message)
    if isinstance(error, InvalidFields):
        fields = {name: _said(one) for name, one in error.fields.items()}
        return Refusal(422, words, field=error.field, fields=fields)
    if isinstance(error, KeyReused):
        return Refusal(422, words, code="key_reused", field=error.field)
    if isinstance(error, Invalid):
        return Refusal(422, words, field=error.field, fields={error.field: words} if error.field else {})
    if isinstance(error, NotFound):
        return Refusal(404, words)
    if isinstance(error, NotPermitted):
        return Refusal(403, words)
    if isinstance(error, Ambiguous):
        return Refusal(409, words, code="ambiguous", field=error.key)
    if isinstance(error, Erased):
        return Refusal(409, words, code="erased")
    if isinstance(error, Conflict):
        return Refusal(409, words)
    assert isinstance(error, Busy)
    return Refusal(503, words, headers={"Retry-After": "5"})


def of_schema(error: ValidationError, place: str) -> Refusal:
    """A body or query that does not fit its schema. Values are never repeated."""
    fields: dict[str, str] = {}
    for one in error.errors(include_input=False, include_url=False, include_context=False):
        if one["type"] == "json_invalid":
            return Refusal(400, "The body is not JSON that can be read.")
        name = ".".join(str(part) for part in one["loc"])[:200]
        fields.setdefault(name, one["msg"])
    first = next(iter(fields))
    return Refusal(422, f"The {place} does not fit: {first or place}: {fields[first]}", field=first, fields=fields)


def _said(message: Text) -> str:
    return render(message, "en")
