"""With pins no gateway can put a key of its own in the tenant's place."""

import pytest
from structlog.testing import capture_logs

from router.adapters.crypto.hpke import public_keys
from router.core.seal.pin import pin_of
from router.core.seal.sent import Suite, read_sent
from tests.adapters.builders import ACME
from tests.fakes.sender import secret_of
from tests.roles.sender.beside import Beside
from tests.roles.sender.test_sealing import webhook


def pin(epoch: int, suite: Suite = Suite.HYBRID) -> str:
    return pin_of(public_keys(ACME, epoch, secret_of(epoch)).of(suite) or b"")


@pytest.mark.parametrize("suite", Suite)
async def test_what_is_pinned_is_sealed_to(suite: Suite) -> None:
    beside = Beside(pins=frozenset({pin(1, suite)}))
    beside.sealing_with(suite)

    assert (await beside.post(webhook("A")))[0] == 202


async def test_what_is_not_pinned_is_never_sealed_to_and_both_digests_are_named() -> None:
    beside = Beside(pins=frozenset({pin(7)}))
    status, document = await beside.post(webhook("A"))

    assert (status, document["type"].rpartition(":")[2], beside.gateway.posted) == (503, "key-not-pinned", [])
    assert pin(1) in document["detail"]
    assert pin(7) in document["detail"]
    assert "sealing pin" in document["detail"]


async def test_a_pin_that_is_added_is_heeded_with_the_next_body() -> None:
    beside = Beside(pins=frozenset({pin(7)}))
    refused, _ = await beside.post(webhook("A"))
    beside.pins = frozenset({pin(7), pin(1)})
    taken, _ = await beside.post(webhook("A"))

    assert (refused, taken) == (503, 202)


async def test_after_a_rotation_the_pinned_key_goes_on_and_the_next_one_is_named() -> None:
    beside = Beside(pins=frozenset({pin(1)}))
    beside.gateway.epoch, beside.gateway.earlier = 3, (2, 1)
    with capture_logs() as logs:
        answers = [(await beside.post(webhook("A")))[0] for _ in range(2)]
    named = [one for one in logs if one["event"] == "newest_key_not_pinned"]
    beside.pins = frozenset({pin(1), pin(3)})
    answers.append((await beside.post(webhook("A")))[0])

    assert answers == [202, 202, 202]
    assert [one["offered"] for one in named] == [pin(3)]
    assert [read_sent(sealed.data).key.epoch for _, _, sealed in beside.gateway.posted] == [1, 1, 3]
