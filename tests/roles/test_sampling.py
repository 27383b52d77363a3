"""A share of traces is recorded, whatever senders state: they may leave theirs out, never force one."""

import random

import pytest

from router.ports.tracing import is_context, unsampled
from router.roles.sampling import Sampling, context_of
from tests.fakes.traces import FakeTracer

SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
LEFT_OUT = SAMPLED[:-2] + "00"


@pytest.mark.parametrize("context", ["", SAMPLED, SAMPLED[:-2] + "03"])
def test_of_what_is_sampled_or_unknown_a_share_is_recorded(context: str) -> None:
    draw = random.Random(7).random
    sampling = Sampling(FakeTracer(), 0.1, draw)

    taken = sum(sampling.takes(context) for _ in range(10_000))

    assert 850 < taken < 1_150


@pytest.mark.parametrize(("ratio", "taken"), [(0.0, False), (1.0, True)])
def test_none_and_all_are_exact(ratio: float, taken: bool) -> None:
    assert Sampling(FakeTracer(), ratio, lambda: 0.999_999).takes(SAMPLED) is taken
    assert Sampling(FakeTracer(), 0.0, lambda: 0.0).takes(SAMPLED) is False


def test_what_its_sender_leaves_out_is_left_out() -> None:
    assert not Sampling(FakeTracer(), 1.0, lambda: 0.0).takes(LEFT_OUT)
    assert unsampled(SAMPLED) == LEFT_OUT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00-x-y-01",
        SAMPLED + "\n",
        SAMPLED + "0",
        SAMPLED + "-more",
        SAMPLED.upper(),
        SAMPLED.replace("00-", "ff-", 1),
        SAMPLED.replace("00-", "01-", 1),
        "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-" + "0" * 16 + "-01",
        "\u0660" * 55,
        "x" * 100_000,
    ],
)
def test_what_is_no_context_counts_as_none(text: str) -> None:
    assert not is_context(text)
    assert context_of(text) == ""
