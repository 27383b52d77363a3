"""What the bench sends is what it describes: documents that a tenant may have, and a body that is taken."""

import json

import pytest

from bench.__main__ import SCENARIOS
from bench.bodies import body
from bench.documents import VICTIM
from bench.scenarios.applying import LARGEST, largest
from router.config.check import check
from router.config.document.tenant import TenantDocument


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_document_is_valid_and_the_victim_is_there(name: str) -> None:
    documents = SCENARIOS[name].documents

    assert [str(one["tenant"]) for one in documents if not isinstance(check(one), TenantDocument)] == []
    assert VICTIM in {one["tenant"] for one in documents}


def test_the_largest_document_is_just_not_too_large_and_its_versions_differ() -> None:
    sizes = [len(json.dumps(largest(by))) for by in (0, 1)]

    assert 0.9 * LARGEST < sizes[1] < sizes[0] <= LARGEST


def test_a_body_is_one_that_is_taken() -> None:
    found = json.loads(body({"instance": "node-1"}, name="Quiet"))

    assert found["alerts"][0]["labels"] == {"alertname": "Quiet", "severity": "warning", "instance": "node-1"}
