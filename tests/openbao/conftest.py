"""A real OpenBao; `make test-openbao` runs these."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from tests.openbao.server import OpenBao, is_missing, started

HERE: Final = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.openbao)
            item.add_marker(pytest.mark.skipif(is_missing(), reason="`make test-openbao` runs these"))


@pytest.fixture
async def openbao(tmp_path: Path) -> AsyncIterator[OpenBao]:
    """A server of one test, which may kill it."""
    async with started(tmp_path) as one:
        yield one
