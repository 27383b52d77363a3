"""Whoever reads the disks can compute digests of labels that they guess: which of them they find, the page says."""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from router.core.context.listing import shared_key
from router.core.model.alert import Fingerprint, identify
from router.core.model.key import GroupKey
from router.core.model.rules.names import ReceiverName
from router.core.parse.envelope import sender_group
from router.ports.kafka import record_key
from tests.e2e.stored_bytes import all_found_in
from tests.e2e.system import System, Tenant
from tests.e2e.webhooks import body, firing
from tests.waiting import eventually

PAGE: Final = Path("docs/encryption.md")
PASSING: Final = {f"redis {one}" for one in ("lane", "outbox", "request", "trace")}
"""Where ids of groups stand for moments."""


def documented(level: int) -> dict[str, set[str]]:
    """By guess where the page has it found: in clear (0), or sealed (1)."""
    [table] = re.findall(r"<!-- guessed -->\n(.*?)<!-- /guessed -->", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.strip().splitlines()[2:]]
    return {row[0].strip("`"): set(re.findall(r"`([^`]+)`", row[2 + level])) for row in rows}


def guesses(tenant: str, bodies: Mapping[str, bytes]) -> Mapping[str, str]:
    """What somebody computes who guesses right."""
    source, value = json.loads(bodies["source"]), f"{tenant}-eu"
    labels = source["alerts"][0]["labels"]
    given = Fingerprint(source["alerts"][0]["fingerprint"])
    group = (("alertname", "ClusterDown"), ("cluster", value))
    parts = "".join(f"{len(one)}:{one}" for pair in group for one in pair)
    return {
        "group": GroupKey(ReceiverName("all"), ("{}",), group).group_id,
        "fingerprint": given,
        "alert": identify(given, labels).removeprefix(f"{given}-"),
        "sender": sender_group(source),
        "record": record_key(tenant, sender_group(source)).decode(),
        "related": shared_key("cluster", value),
        "source": hashlib.blake2b(f"{len(value)}:{value}".encode(), digest_size=16).hexdigest(),
        "listed": hashlib.blake2b(parts.encode(), digest_size=6).hexdigest(),
        "body": b64encode(hashlib.sha256(bodies["source"]).digest()[:12]).decode(),
        "part": hashlib.sha256(json.dumps(refused(tenant)).encode()).hexdigest()[:16],
    }


def refused(tenant: str) -> dict[str, Any]:
    """An alert that cannot be told from others."""
    return {"status": "firing", "labels": {}, "annotations": {"summary": f"of {tenant}"}}


async def lives(tenant: Tenant) -> Mapping[str, bytes]:
    """A source holds a target back, groups are related, an alert is refused; the bodies that were posted."""
    cluster = f"{tenant.name}-eu"
    slow = firing("Slow", "node-1", severity="warning", cluster=cluster)
    bodies = {"source": grouped(firing("ClusterDown", "lb", cluster=cluster))}
    bodies["target"] = grouped(slow, refused(tenant.name))
    for one in bodies.values():
        assert (await tenant.post(one)).status == 202
        tenant.sent += 1
        await eventually(lambda: has_folded(tenant), within_s=20)
    await eventually(lambda: waits(tenant), within_s=20)
    return bodies


def grouped(*alerts: Any) -> bytes:
    """A body of a sender that groups by cluster as well."""
    document = json.loads(body(*alerts))
    document["groupLabels"]["cluster"] = alerts[0]["labels"]["cluster"]
    document["groupKey"] = f"{{}}:{json.dumps(document['groupLabels'])}"
    return json.dumps(document).encode()


async def has_folded(tenant: Tenant) -> bool:
    books = await tenant.books()
    return books.get("accepted", 0) >= tenant.sent and len(await tenant.messages()) == 1


async def waits(tenant: Tenant) -> bool:
    """Whether all that is to be stored of this is stored."""
    events = [json.loads(one.value) for one in await tenant.system.kafka.records("alerts.events")]
    seen = {one["event"] for one in events if one["tenant"] == tenant.name}
    return seen >= {"notification_sent", "group_held", "record_dead_lettered"}


@pytest.mark.long
async def test_of_digests_that_can_be_guessed_those_are_stored_that_the_page_names(fast: System) -> None:
    async with fast.tenant("guessed-clear") as clear, fast.tenant("guessed") as sealed:
        await eventually(lambda: fast.redis.exists("alert-router:{guessed}:keys"), within_s=10)
        guessed = [guesses(one.name, await lives(one)) for one in (clear, sealed)]
        found = await all_found_in(fast, [digest for one in guessed for digest in one.values()])

        for level, one in enumerate(guessed):
            assert {name: found[digest] - PASSING for name, digest in one.items()} == documented(level)
