"""When a message keeps its chart: after whatever edit, by whichever worker, as soon as Prometheus has answered."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import pytest

from router.core.context.chart import Line
from router.core.decide.sight import ASK_AGAIN
from router.core.fold.missing import GRACE
from router.core.model.alert import Fingerprint
from router.core.model.instant import HOUR, MINUTE, NEVER
from router.core.model.muted import KnownAlert, Muted, MutedBy
from router.core.slack.call import UPDATE
from tests.adapters.builders import ACME
from tests.roles.builders import a_document, a_record, a_resolve, an_alert
from tests.roles.charting.test_charting import LINK, QUERY
from tests.roles.worker import Site, Worker, a_site, a_worker

BY_ANA: Final = Muted(MutedBy.SILENCED, "s1", NEVER, "ana", "replacing the disk")
DOCUMENT: Final = a_document(prometheus="http://prometheus:9090", alertmanager="http://alertmanager:9093")
CHART: Final = " with a chart"


@dataclass
class Play:
    """Alerts of one group, which began at noon, and the worker whose turn it is."""

    site: Site
    worker: Worker

    def __post_init__(self) -> None:
        self.noon = self.site.clock.time

    async def see(self, firing: str, resolved: str = "") -> None:
        """A body with these alerts."""
        alerts = [an_alert(name, starts=self.noon) for name in firing]
        alerts += [a_resolve(name, ended=self.site.clock.time) for name in resolved]
        record = a_record(*(one | {"generatorURL": LINK} for one in alerts), received=self.site.clock.time)
        await self.worker.take(record)

    async def restart(self) -> None:
        """Another worker, which has shown nothing yet."""
        before, self.worker = self.worker.alertmanager, await a_charting_worker(self.site)
        self.worker.alertmanager.known, self.worker.alertmanager.is_away = before.known, before.is_away

    async def edit(self) -> None:
        """Whatever is due is shown before Prometheus answers, and then what else there is."""
        gate = self.worker.prometheus.gate = asyncio.Event()
        for _ in range(2):
            await self.worker.turn.serve(self.worker.rules())
            await self.worker.in_flight.drain()
            await self.worker.asking.settled()
        gate.set()
        await self.worker.settle_down()


async def changed(play: Play, firing: str, resolved: str = "") -> None:
    await play.see(firing, resolved)
    play.site.clock.advance(MINUTE)


async def left_out(play: Play) -> None:
    await play.see("A")
    play.site.clock.advance(GRACE)


async def alone_left_out(play: Play) -> None:
    await play.see("", "A")
    await play.worker.settle_down()
    play.site.clock.advance(GRACE)


async def muted(play: Play) -> None:
    play.worker.alertmanager.known = [KnownAlert(Fingerprint("B"), {"alertname": "B", "group": "g"}, BY_ANA)]
    await alone_left_out(play)


async def gone(play: Play) -> None:
    await alone_left_out(play)
    await play.worker.settle_down()
    play.site.clock.advance(ASK_AGAIN)


async def seen_again(play: Play) -> None:
    await left_out(play)
    await play.worker.settle_down()
    await changed(play, "AB")


async def silence_of(play: Play) -> None:
    play.site.clock.advance(13 * HOUR)


async def repeated(play: Play) -> None:
    play.site.clock.advance(4 * HOUR)
    await play.see("AB")
    play.site.clock.advance(MINUTE)


EDITS: Final[Mapping[str, Callable[[Play], Awaitable[None]]]] = {
    "new_alerts": partial(changed, firing="ABC"),
    "some_resolved": partial(changed, firing="A", resolved="B"),
    "all_resolved": partial(changed, firing="", resolved="AB"),
    "unreported": left_out,
    "unreported, nothing fires": alone_left_out,
    "muted_upstream": muted,
    "ended_upstream": gone,
    "reported_again": seen_again,
    "stale": silence_of,
    "repeat": repeated,
}


async def a_charting_worker(site: Site) -> Worker:
    worker = await a_worker(site)
    worker.prometheus.rules = {name: frozenset({f"{QUERY} > 0.9"}) for name in "ABC"}
    worker.prometheus.series = {QUERY: [Line({"__name__": QUERY}, (0.5, 0.95))]}
    return worker


async def a_play(reason: str, document: str = DOCUMENT) -> Play:
    """A message shows A and B with a chart, a minute ago."""
    site = await a_site()
    await site.open(ACME, document)
    play = Play(site, await a_charting_worker(site))
    play.worker.alertmanager.is_away = not reason.endswith("upstream")
    await play.see("AB")
    await play.worker.charting.settled()
    await play.worker.settle_down()
    site.clock.advance(MINUTE)
    return play


def edits(site: Site) -> list[str]:
    return [one.text for one in site.slack.calls if one.call.method == UPDATE]


@pytest.mark.parametrize("is_another", [False, True], ids=["same worker", "another worker"])
@pytest.mark.parametrize("reason", EDITS)
async def test_an_edit_keeps_the_chart_or_has_it_back(reason: str, is_another: bool) -> None:
    """By the worker that knows the chart at once; by another one as soon as Prometheus has answered."""
    play = await a_play(reason)
    await EDITS[reason](play)
    before = len(edits(play.site))
    if is_another:
        await play.restart()
    await play.edit()

    made = edits(play.site)[before:]
    texts = list(dict.fromkeys(text.removesuffix(CHART) for text in made))
    assert made[-1].endswith(CHART)
    assert len(texts) == 1
    assert made[0].endswith(CHART) is not is_another


@pytest.mark.parametrize("is_away", [True, False], ids=["no answer", "no rule"])
async def test_the_chart_before_stands_without_a_newer_one(is_away: bool) -> None:
    play = await a_play("new_alerts")
    await play.see("ABC")
    play.worker.prometheus.is_away, play.worker.prometheus.rules = is_away, {}
    play.site.clock.advance(MINUTE)
    await play.edit()

    assert edits(play.site)[-1] == "A firing, B firing, C firing with a chart"


async def test_of_another_expression_it_does_not_stand() -> None:
    play = await a_play("new_alerts")
    another = an_alert("C", starts=play.site.clock.time) | {"generatorURL": LINK.replace("0.9", "0.8")}
    await play.worker.take(a_record(another, received=play.site.clock.time))
    await play.worker.charting.settled()
    play.site.clock.advance(MINUTE)
    await play.edit()

    assert edits(play.site)[-1] == "A firing, B firing, C firing"


async def test_a_receiver_that_wants_none_any_more_loses_it() -> None:
    play = await a_play("new_alerts")
    await play.site.open(ACME, a_document())
    await play.worker.tenants.load()
    await play.see("ABC")
    play.site.clock.advance(MINUTE)
    await play.edit()

    assert edits(play.site)[-1] == "A firing, B firing, C firing"
