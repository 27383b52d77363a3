"""The whole control API, asked what its description allows and more: every answer is one that it describes."""

import asyncio
from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
import schemathesis
from hypothesis import given
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.letters import ACME, Desk
from tests.examples import requests
from tools.docs.api import described

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 5
KEYS = 12
"""Each may ask fifty times at once."""
BESIDE = "ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning"
"""What is asked runs beside, and draws lots of its own while a case is drawn."""


@pytest.mark.long
@pytest.mark.timeout(180)
@pytest.mark.filterwarnings(BESIDE)
async def test_every_answer_is_one_that_is_described(desk: Desk) -> None:
    api = desk.api
    await desk.aside(ACME, 0)
    keys = cycle([await api.key("operator") for _ in range(KEYS)])
    asked = await asyncio.to_thread(_ask, api.url, lambda: next(keys), EXAMPLES)
    assert asked > 100


def _ask(url: str, key: Callable[[], str], examples: int) -> int:
    """Each operation with so many cases; how many were asked."""
    asked = 0
    schema = schemathesis.openapi.from_dict(described())
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @requests(examples)
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case[Any]) -> None:
            nonlocal asked
            asked += 1
            if "tenant" in case.path_parameters and asked % 3:
                case.path_parameters["tenant"] = "acme"
            case.call_and_validate(base_url=url, checks=CHECKS, headers={"Authorization": f"Bearer {key()}"})

        ask()
    return asked
