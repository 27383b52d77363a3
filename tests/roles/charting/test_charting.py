"""A chart comes with the first message, or by an edit of its own, or not at all; no alert waits for it."""

import asyncio
from typing import Final

import pytest

from router.core.context.chart import Line
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, MINUTE, SECOND, Span
from router.core.model.rules.context import PrometheusAccess
from router.core.slack.answer import Answer, HoldScope, Limited, Refused, Unreached
from router.core.slack.new_block import NEW_BLOCKS, NewBlock
from router.ports.slack import Verdict
from router.roles.charting import charting as module
from router.roles.charting.crowd import MAX_CHARTS_ASKED
from router.roles.charting.drawing import Outcome
from router.roles.charting.rests import FAILURES, MAX_CHARTS_AT_ONCE, REST_S
from tests.adapters.builders import ACME, BETA
from tests.bounds import tries
from tests.roles.builders import a_document, a_record, an_alert, key_of
from tests.roles.worker import Site, Worker, a_site, a_worker
from tests.waiting import eventually

QUERY: Final = "disk_used_ratio"
EXPRESSION: Final = f"{QUERY} > 0.9"
LINK: Final = "http://prometheus:9090/graph?g0.expr=disk_used_ratio+%3E+0.9&g0.tab=1"
TEAM: Final = "T1-B1"
"""The workspace of the fake Slack, as calls name it."""
DOCUMENT: Final = a_document(prometheus="http://prometheus:9090")


@pytest.fixture
async def site() -> Site:
    found = await a_site()
    await found.open(ACME, DOCUMENT)
    return found


@pytest.fixture
async def worker(site: Site) -> Worker:
    found = await a_worker(site)
    found.prometheus.rules = {"A": frozenset({EXPRESSION})}
    found.prometheus.series = {QUERY: [Line({"__name__": QUERY}, (0.5, 0.95))]}
    return found


def a_chartable(worker: Worker, status: str = "firing", link: str = LINK) -> dict[str, object]:
    return an_alert(status=status, starts=worker.site.clock.time) | {"generatorURL": link}


async def take(worker: Worker, *alerts: dict[str, object], group: str = "g") -> None:
    await worker.take(a_record(*alerts, group=group, received=worker.site.clock.time))


def outcomes(worker: Worker) -> dict[str, float]:
    counted = {one: worker.metrics.upstream.charts.labels(outcome=one)._value.get() for one in Outcome}
    return {outcome.value: count for outcome, count in counted.items() if count}


def texts(site: Site) -> list[str]:
    return [call.text for call in site.slack.calls]


async def test_whoever_answers_while_the_group_waits_is_in_the_first_message(site: Site, worker: Worker) -> None:
    await take(worker, a_chartable(worker))
    await worker.charting.settled()
    await worker.settle_down()

    assert texts(site) == ["A firing with a chart"]
    assert outcomes(worker) == {"drawn": 1}
    await worker.trials.settled()
    assert {block: one.verdict for block, one in (await site.workspaces.tried(TEAM)).items()} == {
        NewBlock.CHART: Verdict.TAKEN
    }


async def test_a_chart_that_comes_too_late_comes_by_an_edit_of_its_own(site: Site, worker: Worker) -> None:
    worker.prometheus.gate = asyncio.Event()
    await take(worker, a_chartable(worker))
    await worker.turn.serve(worker.rules())
    await worker.in_flight.drain()
    assert texts(site) == ["A firing"]

    worker.prometheus.gate.set()
    await worker.settle_down()

    assert texts(site) == ["A firing", "A firing with a chart"]
    assert site.group().chart_due is False


async def test_who_does_not_wait_is_asked_about_as_soon_as_its_message_is_written(site: Site, worker: Worker) -> None:
    worker.charting.after_s, worker.charting.call_s = 3600, 0
    await take(worker, a_chartable(worker))
    await worker.turn.serve(worker.rules())
    await worker.in_flight.drain()
    assert texts(site) == ["A firing"]

    await worker.settle_down()
    assert texts(site) == ["A firing", "A firing with a chart"]


async def test_who_wants_no_such_edit_has_it_with_the_next_one(site: Site, worker: Worker) -> None:
    await site.open(ACME, a_document(prometheus="http://prometheus:9090", context="chart_edit: false"))
    await worker.tenants.load()
    worker.prometheus.gate = asyncio.Event()
    await take(worker, a_chartable(worker))
    await worker.turn.serve(worker.rules())
    await worker.in_flight.drain()

    worker.prometheus.gate.set()
    await worker.settle_down()
    assert texts(site) == ["A firing"]

    site.clock.advance(MINUTE)
    await take(worker, a_chartable(worker, "resolved"))
    await worker.settle_down()
    assert texts(site)[1].startswith("A resolved with a chart")


async def test_a_prometheus_that_does_not_answer_costs_the_chart_alone(site: Site, worker: Worker) -> None:
    worker.prometheus.is_away = True
    await take(worker, a_chartable(worker))
    await worker.settle_down()

    assert texts(site) == ["A firing"]
    assert outcomes(worker).keys() == {"unanswered"}


async def test_one_that_fails_again_and_again_is_left_alone_for_a_while(site: Site, worker: Worker) -> None:
    worker.prometheus.is_away = True
    for number in range(FAILURES + 2):
        await take(worker, a_chartable(worker), group=f"g{number}")
        await worker.charting.settled()
    assert len(worker.prometheus.listed_for) == FAILURES
    assert outcomes(worker) == {"unanswered": FAILURES, "resting": 2}

    worker.prometheus.is_away = False
    site.pass_time(REST_S)
    await take(worker, a_chartable(worker), group="later")
    await worker.charting.settled()
    assert outcomes(worker)["drawn"] == 1


@tries("alert groups that a worker asks one Prometheus of a tenant about at once")
async def test_so_many_groups_are_drawn_at_once(worker: Worker, beyond: int) -> None:
    worker.prometheus.gate = asyncio.Event()
    count = MAX_CHARTS_AT_ONCE + beyond
    for number in range(count):
        await take(worker, a_chartable(worker), group=f"g{number}")
    await eventually(lambda: len(worker.prometheus.listed_for) == min(count, MAX_CHARTS_AT_ONCE))

    worker.prometheus.gate.set()
    await worker.charting.settled()
    assert outcomes(worker) == {"drawn": count}


async def test_those_that_wait_for_one_that_fails_are_not_asked_about(worker: Worker) -> None:
    worker.prometheus.is_away, worker.prometheus.gate = True, asyncio.Event()
    for number in range(3 * MAX_CHARTS_AT_ONCE):
        await take(worker, a_chartable(worker), group=f"g{number}")
    await eventually(lambda: len(worker.prometheus.listed_for) == MAX_CHARTS_AT_ONCE)

    worker.prometheus.gate.set()
    await worker.charting.settled()
    assert outcomes(worker)["resting"] >= MAX_CHARTS_AT_ONCE
    assert len(worker.prometheus.listed_for) < 3 * MAX_CHARTS_AT_ONCE


@pytest.mark.parametrize(
    ("link", "listed", "outcome"),
    [
        ("http://grafana/alerting/grafana/x/view", EXPRESSION, "undrawn"),
        ("http://p/graph?g0.expr=absent%28up%29", "absent(up)", "undrawn"),
        (LINK, "disk_used_ratio > 0.8", "unlisted"),
    ],
)
async def test_what_is_not_the_rules_own_expression_is_never_asked(
    worker: Worker, link: str, listed: str, outcome: str
) -> None:
    worker.prometheus.rules = {"A": frozenset({listed})}
    await take(worker, a_chartable(worker, link=link))
    await worker.charting.settled()

    assert outcomes(worker) == {outcome: 1}
    assert worker.prometheus.asked == []


async def test_a_group_that_changes_all_the_time_is_asked_about_now_and_then(site: Site, worker: Worker) -> None:
    for _ in range(10):
        await take(worker, a_chartable(worker))
        await worker.charting.settled()
        site.clock.advance(SECOND)
    assert len(worker.prometheus.asked) == 1

    site.pass_time(module.AGAIN_S)
    await take(worker, a_chartable(worker))
    await worker.charting.settled()
    assert len(worker.prometheus.asked) == 2


async def test_the_end_is_asked_about_at_once_with_the_whole_episode(site: Site, worker: Worker) -> None:
    await take(worker, a_chartable(worker))
    await worker.settle_down()
    asked = len(worker.prometheus.asked)
    site.clock.advance(SECOND)
    await take(worker, a_chartable(worker, "resolved"))
    await worker.charting.settled()
    assert len(worker.prometheus.asked) == asked + 1

    site.clock.advance(MINUTE)
    await worker.settle_down()
    assert "A resolved with a chart" in texts(site)


async def test_nobody_is_asked_without_an_address_or_for_a_receiver_without_charts(site: Site) -> None:
    await site.open(ACME, a_document())
    worker = await a_worker(site)
    await take(worker, a_chartable(worker))
    await worker.settle_down()

    assert worker.prometheus.listed_for == []
    assert texts(site) == ["A firing"]


async def test_without_its_secret_there_is_no_chart(site: Site) -> None:
    text = 'http://prometheus:9090", token: {secret: prom}, ca: "/x'
    await site.open(ACME, a_document(prometheus=text))
    worker = await a_worker(site)
    await take(worker, a_chartable(worker))
    await worker.settle_down()

    assert worker.prometheus.listed_for == []
    assert outcomes(worker).keys() == {"unanswered"}


async def test_an_error_that_nobody_foresaw_reaches_no_alert(
    site: Site, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(module, "asked_of", broken)
    await take(worker, a_chartable(worker))
    await worker.settle_down()
    monkeypatch.setattr(worker.charting._known, "find", broken)
    site.clock.advance(HOUR)
    await take(worker, a_chartable(worker, "resolved"))
    await worker.settle_down()

    assert texts(site)[:2] == ["A firing", "A resolved"]


@tries("alert groups of one tenant that a worker asks Prometheus about at once")
async def test_so_many_groups_are_asked_about_at_once(worker: Worker, beyond: int) -> None:
    worker.prometheus.gate = asyncio.Event()
    count = MAX_CHARTS_ASKED + beyond
    for number in range(count):
        worker.charting.look(worker.rules(), AlertGroup(key_of(f"g{number}")))
    assert outcomes(worker).get("crowded", 0) == max(0, beyond)
    worker.prometheus.gate.set()
    await worker.charting.settled()


@tries("accesses to Prometheus of which a worker remembers how they answered")
async def test_of_so_many_it_is_remembered_how_they_answered(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, beyond: int
) -> None:
    monkeypatch.setattr(module, "MAX_RESTS", 3)
    accesses = [PrometheusAccess(f"http://p{number}") for number in range(3 + beyond)]
    for access in accesses:
        worker.charting._rest(ACME, access).failed(0)

    remembered = worker.charting._rest(ACME, accesses[0]).failures == 1
    assert remembered == (beyond <= 0)


async def test_a_workspace_that_takes_no_charts_is_sent_the_message_without_and_none_from_then_on(
    site: Site, worker: Worker
) -> None:
    site.slack.script.append(Refused("invalid_blocks"))
    for group in ("g", "h"):
        await take(worker, a_chartable(worker), group=group)
        await worker.charting.settled()
        await worker.settle_down()

    assert texts(site) == ["A firing with a chart", "A firing", "A firing"]
    await worker.trials.settled()
    assert [one.verdict for one in (await site.workspaces.tried(TEAM)).values()] == [Verdict.REFUSED]
    assert worker.metrics.blocks_refused.labels(block=NewBlock.CHART)._value.get() == 1
    assert not site.group().without_extras
    assert await site.books.read(ACME) == {"changes": 2, "notified": 2, "pending": 0, "accepted": 2}


async def test_a_message_that_is_refused_for_another_reason_says_nothing_of_charts(
    site: Site, worker: Worker
) -> None:
    site.slack.script.extend([Refused("invalid_blocks")] * 2)
    await take(worker, a_chartable(worker))
    await worker.charting.settled()
    await worker.settle_down()

    assert texts(site)[:2] == ["A firing with a chart", "A firing"]
    assert worker.rendering.taken.of(TEAM) == NEW_BLOCKS
    assert worker.metrics.blocks_refused.labels(block=NewBlock.CHART)._value.get() == 0
    assert site.group().without_extras


@pytest.mark.parametrize(
    "answer", [Limited(Span(SECOND), HoldScope.CHANNEL), Unreached("away"), Refused("msg_too_long")]
)
async def test_only_a_message_that_is_taken_proves_what_was_the_reason(
    site: Site, worker: Worker, answer: Answer
) -> None:
    site.slack.script.extend([Refused("invalid_blocks"), answer])
    await take(worker, a_chartable(worker))
    await worker.charting.settled()
    await worker.turn.serve(worker.rules())
    await worker.in_flight.drain()

    assert texts(site) == ["A firing with a chart", "A firing"]
    assert worker.rendering.taken.of(TEAM) == NEW_BLOCKS


async def test_a_group_that_ends_while_it_is_asked_about_is_asked_about_once_more(site: Site, worker: Worker) -> None:
    worker.prometheus.gate = asyncio.Event()
    await take(worker, a_chartable(worker))
    await asyncio.sleep(0)
    site.clock.advance(SECOND)
    await take(worker, a_chartable(worker, "resolved"))
    worker.prometheus.gate.set()
    await worker.charting.settled()

    assert not worker.charting._known.find(ACME, key_of().group_id).is_open  # type: ignore[union-attr]


async def test_the_failures_of_one_tenant_rest_nobody_elses_questions(worker: Worker) -> None:
    access = PrometheusAccess("http://p")
    for _ in range(FAILURES):
        worker.charting._rest(ACME, access).failed(0)

    assert worker.charting._rest(ACME, access).is_on(0)
    assert not worker.charting._rest(BETA, access).is_on(0)


async def test_closing_ends_all_questions(worker: Worker) -> None:
    worker.prometheus.gate = asyncio.Event()
    await take(worker, a_chartable(worker))
    await worker.charting.close()

    assert outcomes(worker) == {}
