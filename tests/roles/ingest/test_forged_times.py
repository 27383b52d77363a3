"""Whatever times somebody forges, an alert is as its own sender has last reported it.

Its sender reports through gateways whose measures of the time differ a little, to a topic with the broker's time or
without. Somebody else appends beside them: bodies of his own, copies of theirs with other times, and dead letters
come again. Records are read in any order, some of them long after they were appended.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from random import Random
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from router.core.model.instant import SECOND, Instant, to_rfc3339
from router.core.model.registers import UNSEEN, Registers
from router.ports.kafka import Record, Stamped
from router.roles.ingest.observed import VOUCHED
from router.roles.ingest.origins import Unsigned
from tests.adapters.builders import NOON
from tests.examples import examples
from tests.roles.builders import a_record, an_alert
from tests.roles.signing import NEW, sign, with_headers
from tests.roles.worker import Worker, a_site, a_worker

APART_S: Final = 10
"""What lies between two bodies of a sender: Alertmanager's group_interval, at the least."""
GATEWAYS_DIFFER_S: Final = VOUCHED / SECOND / 2
BROKERS_DIFFER_S: Final = 60
EXAMPLES: Final = 250


def at(seconds: float) -> Instant:
    return Instant(NOON + round(seconds * SECOND))


def body_of(fires: bool, began: Instant, ended: Instant) -> dict[str, object]:
    """One alert, as Alertmanager states it."""
    one = an_alert("A", "firing" if fires else "resolved", starts=began)
    return one if fires else one | {"endsAt": to_rfc3339(ended)}


@dataclass(frozen=True)
class World:
    """What is appended, and when each is read; `fires` is what the sender reported last, at `last`."""

    own: list[Record]
    forged: list[Record]
    fires: bool
    last: Instant
    late: list[float]


def a_world(chance: Random) -> World:
    """Reports of one alert, and what somebody else appends beside them."""
    stamped, ahead_s = chance.choice(list(Stamped)), chance.uniform(-BROKERS_DIFFER_S, BROKERS_DIFFER_S)
    reports = [chance.random() < 0.5 for _ in range(chance.randint(1, 5))]
    own, began = list[Record](), NOON
    for number, fires in enumerate(reports):
        sent_s = number * APART_S
        began = at(sent_s - 1) if number and fires and not reports[number - 1] else began
        received_s = sent_s + chance.uniform(-GATEWAYS_DIFFER_S, GATEWAYS_DIFFER_S)
        appended = at(sent_s + chance.uniform(0, 5) + ahead_s)
        record = a_record(body_of(fires, began, at(sent_s - 1)), received=at(received_s), offset=number)
        own.append(sign(replace(record, stamped=stamped, timestamp=appended)))
    forged = [a_forgery(chance, own, ahead_s) for _ in range(chance.randint(1, 5))]
    late = [chance.uniform(0, 600) for _ in (*own, *forged)]
    return World(own, forged, reports[-1], at((len(reports) - 1) * APART_S), late)


def a_forgery(chance: Random, own: Sequence[Record], ahead_s: float) -> Record:
    """A copy of a signed record or a body of somebody's own, at whatever time; the broker's time he does not set."""
    began, ended = at(chance.uniform(-100, 100)), at(chance.uniform(-100, 100))
    record = chance.choice([chance.choice(own), a_record(body_of(chance.random() < 0.5, began, ended))])
    for name in chance.choice([(), ("observed_at",), ("received_at",), ("received_at", "observed_at")]):
        record = with_headers(record, **{name: a_moment(chance)})
    by_broker = own[0].stamped is Stamped.BY_BROKER
    appended_s = chance.uniform(0, 60) + ahead_s if by_broker else chance.uniform(-3600, 3600)
    return replace(record, offset=chance.randint(10, 99), stamped=own[0].stamped, timestamp=at(appended_s))


def a_moment(chance: Random) -> bytes:
    """Any time from an hour before to an hour after, and more often one of the minutes in which it is read."""
    return to_rfc3339(at(chance.choice([chance.uniform(0, 700), chance.uniform(-3600, 3600)]))).encode()


def read_at(world: World) -> list[tuple[Record, Instant]]:
    """All of it, in the order and at the times in which it is read: after all of it was appended."""
    begin = world.last + (5 + BROKERS_DIFFER_S) * SECOND
    pairs = zip([*world.own, *world.forged], world.late, strict=True)
    return sorted(((one, Instant(begin + round(late * SECOND))) for one, late in pairs), key=itemgetter(1))


async def read(worker: Worker, records: Iterable[tuple[Record, Instant]]) -> Registers:
    """What is known of the alert when these were read, each at its time."""
    found = UNSEEN
    for record, now in records:
        reading = await worker.reader.read(record, now)
        if reading.record is not None:
            for alert in reading.record.seen.alerts:
                found = found.observe(alert, reading.record.seen.observed)
    return found


async def verifying(unsigned: Unsigned) -> Worker:
    return await a_worker(await a_site(), signing=NEW, unsigned=unsigned)


def test_what_is_signed_alone_decides_where_nobody_else_may_speak() -> None:
    with asyncio.Runner() as runner:
        worker = runner.run(verifying(Unsigned.BOUND_ONLY))

        @examples(EXAMPLES)
        @given(st.integers(0, 2**32))
        def try_it(seed: int) -> None:
            world = a_world(Random(seed))
            assert runner.run(read(worker, read_at(world))).firing == world.fires

        try_it()


def test_where_others_may_speak_nothing_that_they_forge_outlasts_the_next_body() -> None:
    with asyncio.Runner() as runner:
        worker = runner.run(verifying(Unsigned.ACCEPT))

        @examples(EXAMPLES)
        @given(st.integers(0, 2**32), st.booleans())
        def try_it(seed: int, fires: bool) -> None:
            records = read_at(a_world(Random(seed)))
            later = Instant(records[-1][1] + APART_S * SECOND)
            own = sign(a_record(body_of(fires, later, later), received=later, offset=99))
            assert runner.run(read(worker, [*records, (own, later)])).firing == fires

        try_it()
