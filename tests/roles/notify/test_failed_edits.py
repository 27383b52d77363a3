"""An edit that failed waits by itself: nothing that others do brings it forward, and it holds up no other."""

from itertools import pairwise
from typing import Final

import pytest

from router.core.model.instant import SECOND, Instant
from router.core.model.phase import Waiting
from router.core.slack.answer import Ambiguous, Answer, Unreached
from router.core.slack.call import UPDATE, SlackCall
from tests.roles.builders import a_record, a_resolve, an_alert, key_of
from tests.roles.worker import Site, Worker, a_worker

FAILED: Final = [Ambiguous("internal_error"), Unreached("service_unavailable")]


class FailingEdits:
    """Edits of the message of group `g` fail; when each was tried, and when others were made."""

    def __init__(self, site: Site, answer: Answer) -> None:
        self.site = site
        self.answer: Answer | None = answer
        self.tried: list[Instant] = []
        self.others: list[Instant] = []
        message = site.group(key_of("g")).posted
        assert message is not None
        self._ts = message.ts

    def __call__(self, call: SlackCall) -> Answer | None:
        if call.method != UPDATE:
            return None
        own = call.arguments["ts"] == self._ts
        (self.tried if own else self.others).append(self.site.clock.time)
        return self.answer if own else None

    @property
    def pauses(self) -> list[float]:
        """Seconds between the tries."""
        return [(after - before) / SECOND for before, after in pairwise(self.tried)]


async def failing(worker: Worker, answer: Answer, *others: str) -> FailingEdits:
    """`g` and these groups are shown, and edits of `g` fail from now on."""
    for group in ("g", *others):
        await worker.show(group)
        worker.site.pass_time(60)
    worker.site.slack.decide = edits = FailingEdits(worker.site, answer)
    return edits


async def change(worker: Worker, group: str) -> None:
    """One more alert fires in it."""
    worker.site.pass_time(0.001)
    now = worker.site.clock.time
    await worker.take(a_record(an_alert(f"B-{group}", starts=now), group=group, received=now))


async def pass_time(worker: Worker, *, tenths: int) -> None:
    """So many tenths of a second pass, with a turn in each."""
    for _ in range(tenths):
        worker.site.pass_time(0.1)
        await worker.serve()


@pytest.mark.parametrize("answer", FAILED)
async def test_edits_beside_it_do_not_bring_it_forward(site: Site, worker: Worker, answer: Answer) -> None:
    edits = await failing(worker, answer, "other")
    await change(worker, "g")
    await change(worker, "other")
    site.slack.faults.just_before("send", lambda: worker.turn.serve(worker.rules()))

    for _ in range(8):
        await worker.serve()
    assert (len(edits.tried), len(edits.others)) == (1, 1)

    await pass_time(worker, tenths=80)
    assert edits.pauses == [1, 2, 4]


@pytest.mark.parametrize("answer", FAILED)
async def test_it_holds_up_no_other_message_of_its_channel(site: Site, worker: Worker, answer: Answer) -> None:
    edits = await failing(worker, answer, "other")
    await change(worker, "g")
    await worker.serve()
    for _ in range(6):
        site.pass_time(60)
        await worker.serve()
    tried = len(edits.tried)

    await change(worker, "other")
    await worker.serve()

    assert tried == 7
    assert (len(edits.tried), edits.others) == (tried, [site.clock.time])


@pytest.mark.parametrize("answer", FAILED)
async def test_that_all_has_ended_does_not_bring_it_forward_and_is_what_it_shows_then(
    site: Site, worker: Worker, answer: Answer
) -> None:
    edits = await failing(worker, answer)
    await change(worker, "g")
    await worker.serve()
    for _ in range(9):
        site.pass_time(0.1)
        now = site.clock.time
        ends = (a_resolve("A", ended=now), a_resolve("B-g", ended=now))
        await worker.take(a_record(*ends, group="g", received=now))
        await worker.serve()
    assert len(edits.tried) == 1

    edits.answer = None
    site.pass_time(0.1)
    await worker.serve()

    assert edits.pauses == [1.0]
    assert not site.group(key_of("g")).is_open


@pytest.mark.parametrize("answer", FAILED)
async def test_a_worker_that_found_it_due_before_it_failed_leaves_it_alone(
    site: Site, worker: Worker, answer: Answer
) -> None:
    other, edits = await a_worker(site), await failing(worker, answer)
    edits.answer = None
    await change(worker, "g")
    await worker.settle_down()
    await worker.take(a_record(an_alert("C", starts=site.clock.time), group="g", received=site.clock.time))
    waits = site.group(key_of("g")).phase
    assert isinstance(waits, Waiting)
    edits.answer, edits.tried = answer, []
    site.clock.advance(waits.until - site.clock.time)

    site.groups.faults.just_before("load", other.serve)
    for _ in range(3):
        await worker.serve()

    assert len(edits.tried) == 1
