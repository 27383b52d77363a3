"""`python -m bench.pieces`: what each step of a notification costs that waits for nothing, in microseconds of CPU.

Every figure is the mean over alert groups of which no two are alike, so that caches of whole texts do not flatter; of
each group the least of many repeats counts. The yardstick is `json.dumps` of one fixed structure, measured beside
each: compare ratios.
"""

import argparse
import gc
import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from time import thread_time_ns
from typing import Final

import structlog
from prometheus_client import CollectorRegistry

from bench.groups import Life, a_body, lives
from bench.sealed_pieces import steps_of
from router.adapters.locale.catalogue import Catalogue
from router.adapters.redis import codec
from router.adapters.redis.forms import form3
from router.adapters.redis.plan import plan_of
from router.core import engine
from router.core.model.alert import TenantId, Webhook
from router.core.model.group import AlertGroup
from router.core.model.instant import MINUTE, Instant, Span
from router.core.model.observation import observations
from router.core.model.rules.receiver import Style
from router.core.parse.webhook import parse
from router.core.render.render import render
from router.core.route.tree import assign
from router.observe.logging import configure_logging
from router.observe.metrics import Metrics
from router.observe.page import Pages
from router.observe.table.tenants import WATCHED
from router.observe.tenants import Level, Waiting
from router.ports.state import StoreTransition
from router.settings.sections import MetricsSettings

GROUPS: Final = 60
REPEATS: Final = 40
SMOKE_REPEATS: Final = 10
TENANTS: Final = 10_000
AT_MOST: Final = {
    "fold, duplicate, 1 alert": 6,
    "decode, again, 1 alert": 3,
    "decode, again, 5 alerts": 7,
    "open, 100 records, 1 alert": 42,
    "open, 100 records, 5 alerts": 49,
    "render, default, 1 alert": 50,
    "render, compact, 1 alert": 50,
    "render, detailed, 1 alert": 50,
    "render, default, 5 alerts": 110,
    "log line": 2.5,
    "metrics, 10,000 tenants": 900,
}
"""Yardsticks: half as much again as they take, and less than they took before they were made cheap."""

_ALERTS: Final = (1, 5)
_FIXED: Final = {"list": list(range(50)), "texts": {f"name-{number}": "value" * 4 for number in range(20)}}


@dataclass(frozen=True, slots=True)
class Piece:
    """One step, as a function of each of the groups that it is measured with."""

    name: str
    steps: Sequence[Callable[[], object]]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a piece costs: microseconds, and how often the yardstick could have run meanwhile."""

    name: str
    us: float
    yardsticks: float


def measure(pieces: Sequence[Piece], repeats: int = REPEATS) -> Iterator[Cost]:
    """Each piece in turn, each beside the yardstick of its own time."""
    yardstick = Piece("yardstick", [lambda: json.dumps(_FIXED)] * GROUPS)
    for piece in pieces:
        least, fixed = _least([piece, yardstick], repeats)
        yield Cost(piece.name, least, least / fixed)


def _least(pieces: Sequence[Piece], repeats: int) -> list[float]:
    """The mean of the least times of each one's steps, in microseconds; all of them in every repeat."""
    gc.collect()
    gc.disable()
    try:
        rounds = [[_times(piece.steps) for piece in pieces] for _ in range(repeats)]
    finally:
        gc.enable()
    return [mean(map(min, zip(*times, strict=True))) / 1000 for times in zip(*rounds, strict=True)]


def _times(steps: Sequence[Callable[[], object]]) -> list[int]:
    times, last = [], thread_time_ns()
    for step in steps:
        step()
        now = thread_time_ns()
        times.append(now - last)
        last = thread_time_ns()
    return times


def pieces() -> Iterator[Piece]:
    """The steps in the order of a notification, for groups of one alert and of five."""
    for alerts in _ALERTS:
        known = lives(GROUPS, alerts)
        size = f"{alerts} alert{'s' if alerts > 1 else ''}"
        yield from (Piece(f"{one.name}, {size}", one.steps) for one in _of_core(known, alerts))
        yield from (Piece(f"{one.name}, {size}", one.steps) for one in _of_redis(known))
        yield from (Piece(f"{name}, {size}", steps) for name, steps in steps_of(known, alerts))
    catalogue = Catalogue.load()
    for style in Style:
        for alerts in _ALERTS:
            requests = [one.request(catalogue) for one in lives(GROUPS, alerts, style)]
            name = f"render, {style}, {alerts} alert{'s' if alerts > 1 else ''}"
            yield Piece(name, [partial(render, request) for request in requests])


def _of_core(known: Sequence[Life], alerts: int) -> Iterator[Piece]:
    bodies = [a_body(number, alerts) for number in range(len(known))]
    webhooks = [(one, parse(body, one.seen.observed)) for one, body in zip(known, bodies, strict=True)]
    yield Piece("parse", [partial(parse, body, Instant(1)) for body in bodies])
    yield Piece("assign", [partial(_assigned, one, hook) for one, hook in webhooks])
    yield Piece("fold, new", [_folding(one, AlertGroup(one.folded.key), Span(0)) for one in known])
    yield Piece("fold, duplicate", [_folding(one, one.shown, MINUTE) for one in known])


def _assigned(one: Life, webhook: Webhook) -> object:
    return assign(one.tenant, observations(webhook, one.seen.observed))


def _folding(one: Life, before: AlertGroup, after: Span) -> Callable[[], object]:
    seen = replace(one.seen, observed=Instant(one.seen.observed + after))
    timing, severity = one.policy.timing, one.policy.severity
    return lambda: engine.fold(before, seen, timing, severity, seen.observed)


def _of_redis(known: Sequence[Life]) -> Iterator[Piece]:
    stored = [codec.encode_head(one.shown) | codec.encode_changes(_empty(one), one.shown)[0] for one in known]
    pairs = list(zip(known, stored, strict=True))
    yield Piece("decode, first time", [_decoding(one, fields, form3.forget) for one, fields in pairs])
    yield Piece("decode, again", [_decoding(one, fields) for one, fields in pairs])
    yield Piece("plan, new", [_planning(one) for one in known])


def _decoding(one: Life, fields: dict[str, str], first: Callable[[], object] | None = None) -> Callable[[], object]:
    group = one.shown.key.group_id
    return lambda: (first and first(), codec.decode(group, fields))


def _planning(one: Life) -> Callable[[], object]:
    before, timing, severity = _empty(one), one.policy.timing, one.policy.severity
    transition = engine.fold(before, one.seen, timing, severity, one.seen.observed)
    wanted = StoreTransition(one.tenant.tenant_id, before, transition, one.seen.observed, MINUTE)
    return lambda: plan_of(wanted)


def _empty(one: Life) -> AlertGroup:
    return AlertGroup(one.folded.key)


def logged(file: Path) -> Piece:
    """One line of a notification, written to a file as a service does."""
    sys.stderr = file.open("w", encoding="utf-8", buffering=1)
    configure_logging("INFO")
    log = structlog.get_logger("router.settlement")
    return Piece("log line", [lambda: log.info("notification_sent", **_LINE)] * GROUPS)


def metrics_page() -> Piece:
    """What Prometheus reads of a worker with many tenants, as many of them named as by default; without Redis."""
    metrics, tenants = Metrics(CollectorRegistry()), [TenantId(f"tenant-{number:05}") for number in range(TENANTS)]
    named = tenants[: MetricsSettings().tenants]
    metrics.tenants.name(named)
    waiting, left = dict.fromkeys(tenants, Waiting(3, 1, 2.5)), {"notifications": 20, "posts": 4, "edits": 8}
    metrics.tenants.waiting, metrics.tenants.held = lambda: waiting, dict.fromkeys(tenants, 1)
    metrics.tenants.levels = dict.fromkeys(named, Level(1.7e9, left, 0.25))
    metrics.tenants.limits = dict.fromkeys(named, dict.fromkeys(WATCHED, 0.25))
    pages = Pages(metrics)
    return Piece("metrics, 10,000 tenants", [lambda: pages.page("")])


_LINE: Final = {
    "tenant": "acme",
    "group": "0123456789abcdef0123456789abcdef",
    "notification": "0123456789abcdef0123456789abcdef",
    "receiver": "default",
    "op": "post",
    "reason": "new_alerts",
    "answer": "accepted",
    "error": None,
    "channel": "C0123456789",
    "notified": 1,
    "attempt": 1,
    "duration_ms": 12,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table; the exit code is 1 where a piece costs more than it may."""
    smoke = _parser().parse_args(arguments).smoke
    out, err = sys.stdout, sys.stderr
    out.write(f"{'piece':32}{'us':>9}{'yardsticks':>12}\n")
    too_much = []
    with TemporaryDirectory(prefix="pieces-") as folder:
        for cost in measure(
            [*pieces(), metrics_page(), logged(Path(folder) / "log")], SMOKE_REPEATS if smoke else REPEATS
        ):
            out.write(f"{cost.name:32}{cost.us:9.1f}{cost.yardsticks:12.2f}\n")
            too_much += [cost] if cost.yardsticks > AT_MOST.get(cost.name, cost.yardsticks) else []
        logging.shutdown()
        sys.stderr = err
    for cost in too_much:
        out.write(f"TOO MUCH: {cost.name} costs {cost.yardsticks:.1f} yardsticks, at most {AT_MOST[cost.name]}\n")
    return 1 if too_much else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.pieces", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="fewer repeats, for CI")
    return parser


if __name__ == "__main__":
    sys.exit(main())
