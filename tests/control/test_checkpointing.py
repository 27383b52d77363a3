"""A checkpoint is signed when the log has grown, and never one that contradicts the one before."""

from dataclasses import replace

import pytest

from router.adapters.crypto.notes import is_signature
from router.control.audit.checkpoint import opened_checkpoint
from router.control.audit.note import verifier_key
from router.control.checkpointing import Checkpointing, Signed, Unsigned
from router.errors import UnavailableError
from router.ports.audit import AuditHead
from tests.control.audit.builders import a_key, a_log, checkpoint_of, head_of
from tests.fakes.audit import FakeAuditLog

ROWS, HEAD = a_log(12)
KEY = a_key()


class Published:
    def __init__(self) -> None:
        self.notes: list[str] = []

    async def __call__(self, note: str) -> None:
        self.notes.append(note)


def a_log_of(size: int) -> FakeAuditLog:
    return FakeAuditLog(ROWS[:size], head_of(ROWS[:size]))


def grow(log: FakeAuditLog, size: int) -> None:
    log.stored, log.edge = list(ROWS[:size]), head_of(ROWS[:size])


async def test_each_growth_is_signed_stored_and_published_once() -> None:
    log, published = a_log_of(0), Published()
    checkpointing = Checkpointing(log, KEY, published)
    assert await checkpointing.advance() is None
    for size in (5, 12):
        grow(log, size)
        signed = await checkpointing.advance()
        assert isinstance(signed, Signed)
        assert opened_checkpoint(signed.note, [verifier_key(KEY)], is_signature) == checkpoint_of(ROWS[:size])
        assert await checkpointing.advance() is None
    assert published.notes == await log.checkpoints()


async def test_another_process_goes_on_from_the_last_checkpoint() -> None:
    log, published = a_log_of(5), Published()
    await Checkpointing(log, KEY, published).advance()
    grow(log, 12)
    other = Checkpointing(log, KEY, published)

    assert isinstance(await other.advance(), Signed)
    assert await other.advance() is None
    assert len(published.notes) == 2


async def test_of_two_processes_one_stores_and_both_publish_the_same() -> None:
    class Racing(FakeAuditLog):
        async def keep(self, size: int, note: str) -> bool:
            return False

    published = Published()
    assert await Checkpointing(Racing(ROWS, HEAD), KEY, published).advance() is None
    assert isinstance(await Checkpointing(FakeAuditLog(ROWS, HEAD), KEY, published).advance(), Signed)
    assert len(published.notes) == 2
    assert len(set(published.notes)) == 1


@pytest.mark.parametrize("fresh", [False, True], ids=["the same process", "another process"])
@pytest.mark.parametrize("size", [5, 9])
async def test_a_log_that_was_written_again_is_not_signed(size: int, fresh: bool) -> None:
    log, published = a_log_of(5), Published()
    checkpointing = Checkpointing(log, KEY, published)
    await checkpointing.advance()
    forged, _head = a_log(size, reason="never")
    log.stored, log.edge = forged, head_of(forged)
    checkpointing = Checkpointing(log, KEY, published) if fresh else checkpointing
    refused = await checkpointing.advance()

    assert isinstance(refused, Unsigned)
    assert len(published.notes) == 1


@pytest.mark.parametrize("fresh", [False, True], ids=["the same process", "another process"])
async def test_a_log_that_was_cut_off_is_not_signed(fresh: bool) -> None:
    log, published = a_log_of(9), Published()
    checkpointing = Checkpointing(log, KEY, published)
    await checkpointing.advance()
    grow(log, 5)
    refused = await (Checkpointing(log, KEY, published) if fresh else checkpointing).advance()

    assert isinstance(refused, Unsigned)
    assert len(published.notes) == 1


async def test_a_head_that_is_not_the_entries_own_is_not_signed() -> None:
    log = FakeAuditLog(ROWS, replace(HEAD, size=11))

    assert isinstance(await Checkpointing(log, KEY, Published()).advance(), Unsigned)


async def test_what_could_not_be_published_is_published_the_next_time() -> None:
    log, published = a_log_of(5), Published()

    async def away(note: str) -> None:
        raise UnavailableError("Kafka")

    with pytest.raises(UnavailableError):
        await Checkpointing(log, KEY, away).advance()
    assert isinstance(await Checkpointing(log, KEY, published).advance(), Signed)
    assert published.notes == await log.checkpoints()


async def test_an_empty_log_has_no_checkpoint() -> None:
    assert await Checkpointing(FakeAuditLog((), AuditHead(0, b"")), KEY, Published()).advance() is None
