"""Requests made up from the document itself: no server error, and no answer that the document does not know."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from crm_app.services.actor import Actor
from crm_app.web import pace
from crm_app.web.api import app, document
from crm_app.web.api.table import ENDPOINTS, ROOT
from tests.web.api.conftest import integration, person
from tests.web.conftest import Site

EXAMPLES = 20  # of each endpoint and kind
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]


@pytest.fixture
def no_limits() -> Iterator[None]:
    paces = (pace.PER_TOKEN, pace.FAILURES)
    before = [one.most for one in paces]
    for one in paces:
        one.most = 10**9
    yield
    for one, most in zip(paces, before, strict=True):
        one.most = most


async def test_the_document_is_served_without_a_token_and_names_every_endpoint(gate: Site) -> None:
    made = (await gate.http.get(f"{ROOT}/openapi.json")).json()
    operations = [name for path in made["paths"].values() for name in path]
    assert made["openapi"] == "3.1.0" and len(operations) == len(ENDPOINTS) + 1
    assert made["components"]["schemas"]["ContactNew"]["properties"]["email"]["description"] == "E-mail"


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
def test_whatever_is_sent_gets_an_answer_of_the_document(mode: GenerationMode, alice: Actor, no_limits: None) -> None:
    for name in ("Ada", "Ben"):
        person(alice, first_name=name, email=f"{name}@example.org")
    headers = {"Authorization": f"Bearer {integration(alice).secret}"}
    document.document.cache_clear()
    schema = schemathesis.openapi.from_asgi(f"{ROOT}/openapi.json", app.make())
    statuses: Counter[int] = Counter()
    for found in schema.get_all_operations():
        operation: Any = found.ok()
        known = {"number": 1} if "{number}" in operation.path else None
        _try_out(operation.as_strategy(mode, path_parameters=known), headers, statuses)
        if known:
            _try_out(operation.as_strategy(mode), headers, statuses)
    assert statuses[200] + statuses[201] > 50 if mode is GenerationMode.POSITIVE else statuses[422] > 50, statuses


def _try_out(cases: Any, headers: dict[str, str], statuses: Counter[int]) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def answers(case: Any) -> None:
        statuses[case.call_and_validate(headers=headers, checks=CHECKS).status_code] += 1

    answers()
