"""Configurations that were made to hurt: their tenant keeps its last good one, and nobody else notices.

They are written to Redis as a release without bounds would have stored them. A gateway and a worker of their own run
beside the system, so that each is asked whether it lives.
"""

import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from router.adapters.redis.connection import Connection
from router.adapters.redis.tenants import TenantRepository
from router.core.model.alert import TenantId
from tests import brokers
from tests.e2e.alive import Pulse, a_pulse
from tests.e2e.conftest import FAST_SETTINGS
from tests.e2e.system import Json, System, Tenant, service, up
from tests.e2e.tenants import document, write
from tests.e2e.webhooks import body, firing
from tests.roles.worst_document import largest
from tests.waiting import eventually

pytestmark = pytest.mark.hostile

IN_TIME_S: Final = 10.0
"""How soon the victim's alert is shown; on a machine of its own, a twentieth of it."""

WALKING: Final = tuple(f"[ab]*a[ab]{{{900 - number}}}c" for number in range(8))
"""RE2 leaves its automaton for these and walks."""


@dataclass
class Place:
    """A system with a hostile tenant and its victim, and the processes that are watched."""

    system: System
    hostile: Tenant
    victim: Tenant
    tenants: TenantRepository
    pulse: Pulse
    logs: dict[str, Path]

    async def show_the_victims(self, name: str) -> None:
        """An alert of the victim is shown in time."""
        await self.victim.send(firing(name))

        async def shown() -> bool:
            return any(name in message.text for message in await self.victim.messages())

        await eventually(shown, within_s=IN_TIME_S, every_s=0.05)

    async def store(self, text: str) -> int:
        """Make the text the hostile tenant's active document, whatever it holds."""
        return await self.tenants.publish(TenantId(self.hostile.name), text)

    async def log(self, event: str, version: int) -> None:
        """Wait until the system and the worker have logged it of this version."""

        def logged() -> bool:
            logs = [self.system.log_lines(), lines(self.logs["worker"])]
            return all(any((one["event"], one.get("version")) == (event, version) for one in log) for log in logs)

        await eventually(logged, within_s=20, every_s=0.1)


def lines(log: Path) -> list[Json]:
    text = log.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


async def serving(log: Path) -> str:
    """Where a process answers operators."""

    def found() -> str:
        return next((str(row["operations"]) for row in lines(log) if row["event"] == "serving"), "")

    return await eventually(found, within_s=45, every_s=0.1)


@asynccontextmanager
async def a_place(folder: Path) -> AsyncIterator[Place]:
    files = write(folder / "tenants", [document("hostile"), document("victim")])
    async with AsyncExitStack() as stack:
        system = await stack.enter_async_context(up(files, **FAST_SETTINGS))
        settings = FAST_SETTINGS | {
            "KAFKA__BOOTSTRAP_SERVERS": system.ready["kafka"],
            **brokers.SETTINGS,
            "REDIS__URL": system.ready["redis"],
            "SLACK__BASE_URL": f"{system.ready['slack']}/api/",
            "SECRET__HOSTILE__SLACK": "xoxb-emulated-hostile",
            "SECRET__VICTIM__SLACK": "xoxb-emulated-victim",
            "GATEWAY__PORT": "0",
            "GATEWAY__OPERATIONS_PORT": "0",
            "WORKER__PORT": "0",
        }
        logs = {role: folder / f"{role}.log" for role in ("gateway", "worker")}
        places = {"system": f"{system.ready['operations']}@{system.process.pid}"}
        for role, log in logs.items():
            process = await stack.enter_async_context(service(log, role, **settings))
            places[role] = f"{await serving(log)}@{process.pid}"
        redis = Connection(system.ready["redis"])
        stack.push_async_callback(redis.close)
        hostile, victim = [await stack.enter_async_context(system.tenant(name)) for name in ("hostile", "victim")]
        pulse = await stack.enter_async_context(a_pulse(places))
        place = Place(system, hostile, victim, TenantRepository(redis), pulse, logs)
        await place.show_the_victims("Before")
        await pulse.silences()
        for number in range(5):
            await place.show_the_victims(f"Usual{number}")
        await pulse.is_usual()
        yield place


def stored(**route: Any) -> str:
    """A stored document of the hostile tenant."""
    return json.dumps({"v": 1, "document": document("hostile", route=route), "source": ""})


def with_matchers(*matchers: str) -> str:
    return stored(routes=[{"matchers": [one]} for one in matchers])


def with_templates(count: int) -> str:
    made = document("hostile", templates=[{"name": f"t{number}", "parts": {"title": "x"}} for number in range(count)])
    slack = {"channel": "#alerts"}
    made["receivers"] += [{"name": f"r{n}", "slack": {**slack, "template": f"t{n}"}} for n in range(count)]
    return json.dumps({"v": 1, "document": made, "source": ""})


HOSTILE: Final[dict[str, Callable[[], str]]] = {
    "a kilobyte of patterns": lambda: with_matchers(*(rf'a=~"(?:\\pL?){{300}}x{number}"' for number in range(20))),
    "a mebibyte of patterns": lambda: with_matchers(*(rf'a=~"(?:\\pL?){{300}}x{number}"' for number in range(4_000))),
    "classes": lambda: with_matchers(*(rf'a=~"(\\PL{{0}}){{{number % 9 + 1}}}{number}"' for number in range(4_000))),
    "receivers times templates": lambda: with_templates(800),
    "routes": lambda: with_matchers(*(f'a="{number}"' for number in range(50_000))),
    "matchers": lambda: with_matchers(*("{" + ",".join(["a=b"] * 900) + "}" for _ in range(200))),
    "depth": lambda: '{"v":1,"document":' + "[" * 500_000 + "]" * 500_000 + "}",
    "a repeated group_by": lambda: stored(group_by=[*(f"l{number}" for number in range(80_000)), "x", "x"]),
    "wrong everywhere": lambda: stored(**{f"x{number}": number for number in range(60_000)}),
    "wrong entries": lambda: stored(routes=[{"group_by": [1] * 80} for _ in range(4_900)]),
}


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    async with a_place(tmp_path_factory.mktemp("hostile")) as found:
        yield found


@pytest.mark.timeout(180)
async def test_no_configuration_keeps_anybody_else_waiting(place: Place) -> None:
    texts = {kind: made() for kind, made in HOSTILE.items()}
    for number, (kind, text) in enumerate(texts.items()):
        await place.pulse.silences()
        version = await place.store(text)
        await place.show_the_victims(f"Beside{number}")
        await place.log("configuration_unreadable", version)
        await place.pulse.expect_alive(kind)

    await place.hostile.send(firing("LastGood"))
    await place.hostile.settled()
    assert any("LastGood" in message.text for message in await place.hostile.messages())


@pytest.mark.timeout(120)
async def test_the_largest_configuration_that_is_allowed_keeps_nobody_waiting(place: Place) -> None:
    text = largest().replace('"tenant":"acme"', '"tenant":"hostile"')
    await place.pulse.silences()

    version = await place.store(text)
    await place.show_the_victims("BesideTheLargest")
    await place.log("configuration_loaded", version)

    await place.pulse.expect_alive("the largest that is allowed")


@pytest.mark.timeout(120)
async def test_a_long_value_against_patterns_that_walk_keeps_nobody_waiting(place: Place) -> None:
    version = await place.store(with_matchers(*(f'a=~"{pattern}"' for pattern in WALKING)))
    await place.log("configuration_loaded", version)
    long = "".join(random.Random(7).choices("ab", k=150_000))
    alerts = [firing("Walks", instance=str(number), a=long) for number in range(3)]
    await place.pulse.silences()

    for alert in alerts:
        await place.system.kafka.append(body(alert), [("tenant", b"hostile")])
    await place.show_the_victims("BesideWalks")

    await place.pulse.expect_alive("alerts with long values")


@pytest.mark.timeout(120)
async def test_many_alerts_against_all_patterns_that_are_allowed_keep_nobody_waiting(place: Place) -> None:
    """Each costs as much as one alert may; together they take seconds, in turns."""
    patterns = [f"[ab]*a[ab]{{{100 - number % 20}}}c{number}" for number in range(90)]
    version = await place.store(with_matchers(*(f'a=~"{pattern}"' for pattern in patterns)))
    await place.log("configuration_loaded", version)
    letters = random.Random(7)
    alerts = [firing("Costs", instance=str(n), a="".join(letters.choices("ab", k=1_000))) for n in range(300)]
    await place.pulse.silences()

    await place.system.kafka.append(body(*alerts), [("tenant", b"hostile")])
    await place.show_the_victims("BesideMany")

    await place.pulse.expect_alive("many alerts that cost much")
