"""A key service that hangs while `alert-router` runs: at each step its tenants wait, and those beside do not."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from router.__main__ import main
from router.adapters.transit import asking
from tests import brokers
from tests.e2e.conftest import FAST_SETTINGS, KEY, NEXT_KEY
from tests.e2e.system import Reply, System, Tenant, first_line, service_of, up_of
from tests.e2e.tenants import document, sealed, write
from tests.e2e.webhooks import body, firing
from tests.waiting import eventually

SETTINGS: Final = {
    **{name: value for name, value in FAST_SETTINGS.items() if name != "KAFKA__EVENT_TOPICS"},
    "SECRETS__KEY": KEY,
    "SEALING__KEY": KEY,
    "SEALING__SENDER_KEY": NEXT_KEY,
    "SEALING__SERVICE": "transit",
}
"""Beside where Transit is."""
STEPS: Final = ("traffic", "wrap", "unwrap", "rewrap")
"""What is asked of the key service when it hangs; `unwrap` is a cold start, in `traffic` nothing is."""
HANGS_S: Final = 120.0
"""For so long a request waits that hangs, in place of 2 s: that shows who waits for it, on a slow machine too."""
WITHIN_S: Final = 60.0
"""Whoever is shown by then has not waited for it."""
_AT_ONCE: Final = 12
_LATEST_S: Final = 90


class KeyServer(Protocol):
    """Transit, which can be made to hang."""

    @property
    def settings(self) -> Mapping[str, str]:
        """How `alert-router up` reaches it."""

    @property
    def of_operators(self) -> Mapping[str, str]:
        """How commands do."""

    def freeze(self) -> None:
        """Take connections and answer none."""

    def thaw(self) -> None:
        """Answer again."""


@dataclass(frozen=True)
class Hanging:
    """A system whose tenants' keys are wrapped by this server; of each step one tenant has keys there, one is beside.

    The tenant `by-the-file` has keys too, but the key service `file` has wrapped them.
    """

    system: System
    server: KeyServer
    folder: Path

    def its(self, step: str) -> Tenant:
        return Tenant(self.system, f"hangs-{step}")

    def beside(self, step: str) -> tuple[Tenant, Tenant]:
        return Tenant(self.system, f"beside-{step}"), Tenant(self.system, f"by-the-file-{step}")

    async def command(self, *arguments: str, **settings: str) -> Any:
        return await self.system.command(*arguments, **{**self.server.of_operators, **settings})

    @asynccontextmanager
    async def frozen(self) -> AsyncIterator[None]:
        self.server.freeze()
        try:
            yield
        finally:
            self.server.thaw()

    @asynccontextmanager
    async def cold(self, log: Path) -> AsyncIterator[str]:
        """Another gateway and worker, which have no key yet; the gateway's address."""
        system = self.system
        slack = {
            f"SECRET__{one.upper().replace('-', '_')}__SLACK": f"xoxb-emulated-{one}"
            for one in system.ready["tokens"]
        }
        where = {
            "KAFKA__BOOTSTRAP_SERVERS": system.ready["kafka"],
            "REDIS__URL": system.ready["redis"],
            "SLACK__BASE_URL": f"{system.ready['slack']}/api/",
        }
        settings = {**brokers.SETTINGS, **self.server.settings, **where, **slack}
        arguments = ("up", "--tenants", str(self.folder), "--port", "0")
        async with service_of(patient_main, log, *arguments, **settings) as process:
            ready = await first_line(process, log)
            await eventually(lambda: self._is_ready(ready["operations"]), within_s=_LATEST_S)
            yield ready["gateway"]

    async def _is_ready(self, operations: str) -> bool:
        async with self.system.http.get(f"{operations}/ready") as answer:
            return answer.status == 200


@asynccontextmanager
async def hanging(folder: Path, server: KeyServer) -> AsyncIterator[Hanging]:
    """Such a system."""
    steps = [
        one for step in STEPS for one in (sealed(f"hangs-{step}"), document(f"beside-{step}", digest_above=100))
    ] + [sealed(f"by-the-file-{step}") for step in STEPS]
    files = write(folder / "tenants", steps)
    async with up_of(patient_main, files, **server.settings) as system:
        found = Hanging(system, server, files)
        for step in STEPS:
            for one in (found.its(step), found.beside(step)[1]):
                await has_keys(one)
            moved = await found.command("sealing", "rewrap", f"by-the-file-{step}", SEALING__SERVICE="file")
            assert moved.code == 0, moved
        yield found


async def has_keys(tenant: Tenant) -> None:
    await eventually(lambda: tenant.system.redis.exists(f"alert-router:{{{tenant.name}}}:keys"), within_s=_LATEST_S)


def patient_main() -> None:
    """`alert-router` that gives a request to Transit so long."""
    asking.TIMEOUT_S = HANGS_S  # type: ignore[misc]  # from outside: there is no such setting
    main()


async def shown(tenant: Tenant, *names: str) -> None:
    """Send groups, and wait until its channel shows them."""
    for name in names:
        await tenant.send(firing(name))
    await eventually(lambda: all_shown(tenant, names), within_s=WITHIN_S)


async def all_shown(tenant: Tenant, names: Sequence[str]) -> bool:
    texts = [f"{one.text} " for one in await tenant.messages()]
    return all(any(f"{name} " in text for text in texts) for name in names)


async def nobody_waits(tenants: tuple[Tenant, ...], beside: Callable[[str], Awaitable[object]] | None = None) -> None:
    """While the key service hangs, those beside are served one after another; `beside` is done before each."""
    for number in range(_AT_ONCE):
        if beside is not None:
            await beside(f"Sealed{number}")
        await asyncio.gather(*(shown(one, f"Beside{number}") for one in tenants))


async def in_traffic(site: Hanging) -> None:
    """Who has the keys does not notice, neither the tenants nor those beside."""
    its, beside = site.its("traffic"), site.beside("traffic")
    await shown(its, "Before")
    async with site.frozen():
        await nobody_waits((its, *beside))


async def at_wrap(site: Hanging) -> None:
    """Keys of a tenant that is new cannot be made: its gateway refuses, until they can."""
    its, beside = Tenant(site.system, "hangs-new"), site.beside("wrap")
    async with site.frozen():
        file = site.folder.parent / "new.yaml"
        file.write_text(json.dumps(sealed(its.name)), encoding="utf-8")
        applied = await site.command("tenant", "apply", str(file))
        assert applied.code == 0, applied
        made = await site.command("token", "create", its.name, "--json")
        assert made.code == 0, made
        site.system.ready["tokens"][its.name] = json.loads(made.out)["token"]
        await eventually(lambda: is_refused(its), within_s=_LATEST_S)
        await nobody_waits(beside)
        assert await is_refused(its)
    await has_keys(its)
    await eventually(lambda: is_taken(its), within_s=_LATEST_S)


async def is_refused(tenant: Tenant) -> bool:
    reply = await tenant.post(body(firing()))
    return reply.status == 503 and reply.body["type"].endswith("key-unavailable")


async def is_taken(tenant: Tenant) -> bool:
    return (await tenant.post(body(firing()))).status == 202


async def at_unwrap(site: Hanging, log: Path) -> None:
    """A gateway and a worker that start cold: its records are held, and come when they can be opened."""
    its, beside = site.its("unwrap"), site.beside("unwrap")
    names = [f"Sealed{number}" for number in range(_AT_ONCE)]

    async def sent(name: str) -> None:
        await its.send(firing(name))

    async with site.frozen(), site.cold(log) as gateway:
        assert [(await posted(one, gateway)).status for one in (its, *beside)] == [503, 202, 202]
        await nobody_waits(beside, sent)
        await eventually(lambda: held_of(its), within_s=_LATEST_S)
        site.server.thaw()
        await eventually(lambda: all_shown(its, names), within_s=_LATEST_S)
        assert (await posted(its, gateway)).status == 202
    texts = [f"{one.text} " for one in await its.messages()]
    assert [name for name in names if sum(f"{name} " in text for text in texts) != 1] == []


async def posted(tenant: Tenant, gateway: str) -> Reply:
    token = tenant.system.ready["tokens"][tenant.name]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    url = f"{gateway}/v1/tenants/{tenant.name}/alerts"
    async with tenant.system.http.post(url, data=body(firing("Cold")), headers=headers) as answer:
        return Reply(answer.status, dict(answer.headers), await answer.json(content_type=None))


async def held_of(tenant: Tenant) -> bool:
    """Whether some of its records are held for want of its key."""
    rows = [dict(one.headers) for one in await tenant.system.kafka.records("alerts.held")]
    return any(row.get("tenant") == tenant.name.encode() and row["held_reason"] == b"key_unavailable" for row in rows)


async def at_rewrap(site: Hanging) -> None:
    """The command gives up with the reason, keys stay as they are, and it can be run again."""
    its, beside = site.its("rewrap"), site.beside("rewrap")
    async with site.frozen():
        refused, _ = await asyncio.gather(site.command("sealing", "rewrap", its.name), nobody_waits((its, *beside)))
        assert refused.code == 1
        assert "does not answer: not within 2 s" in refused.err
    done = await site.command("sealing", "rewrap", its.name)
    assert done.code == 0, done
    await shown(its, "Afterwards")
