"""A mute in Alertmanager, through its event recorder's topic: what the message shows of it, and when it is over."""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from router.core.model.alert import fingerprint
from tests.brokers import KIND, Kind
from tests.e2e.conftest import EVENT_TOPIC
from tests.e2e.system import System
from tests.e2e.webhooks import Alert, firing
from tests.waiting import eventually

WORDS: Final = "silenced in Alertmanager by ana until"
SOURCE: Final = Path(__file__).parents[1] / "parity" / "oracle"
Mute = Callable[[System, Alert], Awaitable[None]]


def known(alert: Alert) -> Alert:
    """The alert with the fingerprint that Alertmanager gives it."""
    return {**alert, "fingerprint": fingerprint(alert["labels"])}


async def shown_muted(system: System, name: str, mute: Mute) -> None:
    """An alert fires, is muted in Alertmanager, and comes again."""
    async with system.tenant(name) as tenant:
        alert = known(firing("DiskFull", "db-2", tenant=name))

        async def reads(words: str) -> bool:
            return any(words in one.text + one.card for one in await tenant.messages())

        await tenant.send(alert)
        await eventually(lambda: reads("FIRING"), within_s=10)
        await mute(system, alert)
        await eventually(lambda: reads(WORDS), within_s=10)

        await tenant.send({**alert, "annotations": {"summary": "again"}})
        await eventually(lambda: reads("FIRING"), within_s=10)
        await tenant.settled()
        assert not await reads(WORDS)
        [message] = await tenant.messages()
        assert message.replies == ()


@pytest.mark.long
@pytest.mark.night
async def test_a_silence_in_alertmanagers_events_is_in_the_message(fast: System) -> None:
    async def mute(system: System, alert: Alert) -> None:
        silence = {"id": "s1", "endsAt": until().isoformat(), "createdBy": "ana", "comment": "replacing the disk"}
        muted = {"labels": alert["labels"], "fingerprint": str(int(alert["fingerprint"], 16))}
        event = {"data": {"silenceMutedAlert": {"silence": silence, "mutedAlert": muted}}}
        await system.kafka.append(json.dumps(event).encode(), [], topic=EVENT_TOPIC)

    await shown_muted(fast, "muted-upstream", mute)


@pytest.mark.long
@pytest.mark.night
@pytest.mark.skipif(KIND is not Kind.APACHE, reason="the embedded Tansu refuses what Alertmanager's client produces")
async def test_what_alertmanagers_own_recorder_writes_is_in_the_message(fast: System, tmp_path: Path) -> None:
    program = await recorder(tmp_path)

    async def mute(system: System, alert: Alert) -> None:
        asked = {
            "Brokers": [system.ready["kafka"]],
            "Topic": EVENT_TOPIC,
            "Labels": alert["labels"],
            "Author": "ana",
            "Comment": "replacing the disk",
            "Until": until().isoformat(),
        }
        done = await asyncio.to_thread(
            subprocess.run,
            [program],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    await shown_muted(fast, "recorded-upstream", mute)


def until() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


async def recorder(folder: Path) -> Path:
    """The program around Alertmanager's package, built with Go."""
    if shutil.which("go") is None:
        pytest.skip("Go is not installed: Alertmanager's own recorder is not tried")
    built = folder / "recorder"
    command = ["go", "build", "-C", str(SOURCE), "-o", str(built), "./recorder"]
    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, timeout=300, check=False, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stderr
    return built
