"""The KMS of moto's server; `make test-aws-kms` runs these."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from tests.aws_kms.server import Moto, is_missing, started

HERE: Final = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.aws_kms)
            item.add_marker(pytest.mark.skipif(is_missing(), reason="`make test-aws-kms` runs these"))


@pytest.fixture
async def moto() -> AsyncIterator[Moto]:
    """A server of one test, which may kill it."""
    async with started() as one:
        yield one
