"""The same seed throws the same, and each draws something else."""

import random
from collections.abc import Callable

import pytest

from tests.hostile.draw import answers, bodies, documents, records, requests, texts

TENANT = "hostile-4"


def _count(batch: records.Batch) -> int:
    """Of its records: their bytes hold the time at which they were packed."""
    return batch.records


DRAWS: dict[str, Callable[[random.Random], object]] = {
    "answers": answers.drawn,
    "bodies": bodies.drawn,
    "documents": lambda dice: texts.as_json(documents.drawn(dice, TENANT)),
    "records": lambda dice: _count(records.drawn(dice, TENANT, records.at(0))),
    "requests": lambda dice: requests.drawn(dice, TENANT, "token"),
}


@pytest.mark.parametrize("name", DRAWS)
def test_a_seed_draws_the_same_twice_and_another_draws_something_else(name: str) -> None:
    def drawn(seed: int) -> list[str]:
        dice = random.Random(seed)
        return [repr(DRAWS[name](dice)) for _ in range(20)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
