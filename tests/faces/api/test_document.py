"""The document of the interface: fresh on disk, one shape for each name, true of every answer."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode, checks

from worlds import cases as worlds_cases

pytestmark = pytest.mark.django_db
GENERATED = Path(__file__).resolve().parents[3] / "docs" / "generated" / "openapi.json"
EXAMPLES = 3
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


def _document() -> dict[str, Any]:
    from sanzi.interfaces.api.app import document

    return document()


def test_the_copy_in_docs_is_the_document_that_is_served() -> None:
    assert json.loads(GENERATED.read_text(encoding="utf-8")) == json.loads(
        json.dumps(_document())
    ), "run make docs"


def test_every_operation_has_a_name_of_its_own_a_summary_and_the_form_of_refusals() -> None:
    found = [one for methods in _document()["paths"].values() for one in methods.values()]

    names = Counter(one["operationId"] for one in found)
    assert [name for name, count in names.items() if count > 1] == []
    assert [one["operationId"] for one in found if not one.get("summary")] == []
    refused = {"$ref": "#/components/schemas/Refused"}
    for one in found:
        for status, said in one["responses"].items():
            if status >= "400":
                assert said["content"]["application/json"]["schema"] == refused, one["operationId"]


def test_two_routers_never_give_one_name_to_two_shapes() -> None:
    from ninja import Schema

    from sanzi.interfaces.api import routers

    folder = Path(routers.__file__).parent
    names = Counter(
        line.split("(")[0].removeprefix("class ")
        for path in folder.glob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("class ")
    )

    assert issubclass(Schema, object)
    assert [name for name, count in names.items() if count > 1] == []


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keep requests from closing the connection that holds the test's transaction."""
    from django.core import signals
    from django.db import close_old_connections

    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


RIGHT, WRONG = GenerationMode.POSITIVE, GenerationMode.NEGATIVE


@pytest.mark.parametrize(
    ("role", "mode"),
    [
        ("cashier_reporter", RIGHT),
        ("town_discipline_office", WRONG),
        pytest.param("cashier_reporter", WRONG, marks=pytest.mark.long),
        pytest.param("town_discipline_office", RIGHT, marks=pytest.mark.long),
    ],
)
def test_whatever_is_asked_the_answer_is_as_documented_and_never_a_fault(
    desk: worlds_cases.Desk,
    program: Callable[[str], Any],
    one_connection: None,
    role: str,
    mode: GenerationMode,
) -> None:
    from django.core.wsgi import get_wsgi_application

    number = desk.submitted()
    headers = {"Authorization": f"Bearer {program(role).token}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    asked: Counter[str] = Counter()
    statuses: Counter[int] = Counter()

    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            if case.path_parameters and "number" in case.path_parameters:
                case.path_parameters["number"] = number
            asked[case.operation.label] += 1
            statuses[case.call_and_validate(headers=headers, checks=CHECKS).status_code] += 1

        ask()

    assert len(asked) > 50
    expected = {200, 404, 409} if mode is GenerationMode.POSITIVE else {400, 404}
    assert expected <= set(statuses), statuses
