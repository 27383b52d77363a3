"""A clone for each test, and the walk through the first hour, which runs beside all tests."""

from pathlib import Path

import pytest

from tests.beside import LongRuns
from tests.docs.pages import make_clone


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return make_clone(tmp_path / "clone")


@pytest.fixture(scope="session")
async def first_hour(long_runs: LongRuns) -> str:
    printed: str = await long_runs.result("first_hour")
    return printed
