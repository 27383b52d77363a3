"""The audit log is signed again and again, whatever is away meanwhile and however many sign it."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from router.control.checkpointing import Checkpointing
from router.errors import UnavailableError
from router.roles.checkpoints import Checkpoints
from tests.control.audit.builders import a_key, a_log, head_of
from tests.fakes.audit import FakeAuditLog

ROWS, HEAD = a_log(6)


class Topic:
    """Where checkpoints are appended; or away."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.is_away = False

    async def append(self, note: str) -> None:
        if self.is_away:
            raise UnavailableError("Kafka: not connected")
        self.notes.append(note)


def signing(log: FakeAuditLog, topic: Topic) -> Checkpoints:
    return Checkpoints(Checkpointing(log, a_key(), topic.append))


async def signed(checkpoints: Checkpoints) -> list[Any]:
    """What one more round logs."""
    with capture_logs() as logs:
        await checkpoints.sign()
    return logs


async def test_what_was_added_is_signed_and_stands_in_the_log_output() -> None:
    log, topic = FakeAuditLog(ROWS, HEAD), Topic()
    [line] = await signed(signing(log, topic))

    assert (line["event"], line["size"], [line["note"]]) == ("checkpoint_signed", 6, topic.notes)
    assert await signed(signing(log, topic)) == []


async def test_while_kafka_is_away_nothing_is_stored_and_afterwards_all_is_signed() -> None:
    log, topic = FakeAuditLog(ROWS, HEAD), Topic()
    checkpoints, topic.is_away = signing(log, topic), True
    with pytest.raises(UnavailableError):
        await checkpoints.sign()
    assert await log.checkpoints() == []

    topic.is_away = False
    await checkpoints.sign()
    assert await log.checkpoints() == topic.notes


async def test_two_that_sign_in_turn_agree() -> None:
    log, topic = FakeAuditLog(ROWS[:2], head_of(ROWS[:2])), Topic()
    pair = signing(log, topic), signing(log, topic)
    for size in range(2, 7):
        log.stored, log.edge = list(ROWS[:size]), head_of(ROWS[:size])
        await pair[size % 2].sign()
        await pair[1 - size % 2].sign()

    assert await log.checkpoints() == topic.notes
    assert len(topic.notes) == 5


async def test_a_log_that_is_not_what_was_signed_is_named() -> None:
    log, topic = FakeAuditLog(ROWS, HEAD), Topic()
    checkpoints = signing(log, topic)
    await checkpoints.sign()
    log.notes[6] = "gone"
    [line] = await signed(checkpoints)

    assert (line["event"], line["log_level"], len(topic.notes)) == ("checkpoint_refused", "error", 1)
