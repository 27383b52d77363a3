"""`alert-router retention report`: how old the oldest of each kind is, against its promise."""

import asyncio
import json
from typing import Any

import typer

from router.app.clocks import wall_clock
from router.app.retention_report import retention_ages
from router.cli.options import AsJson
from router.cli.session import settings_to_connect_with, time_json, time_text
from router.control.retention_report import Kept, KindAge
from router.core.model.instant import HOUR, Instant


def report(*, as_json: AsJson = False) -> None:
    """Print how old the oldest record of each topic and the oldest audit entry are, against the settings.

    Kafka deletes by the settings of the topics, whole segments at a time: what is older than its setting promises is
    named `kept_longer`. Of Redis the silences that are over are looked at, which the control API deletes; all else
    there either lives with its tenant or carries its own end.

    Example: alert-router retention report
    """
    found, now = asyncio.run(retention_ages(settings_to_connect_with())), wall_clock()
    if as_json:
        typer.echo(json.dumps({"kinds": [_as_json(one, now) for one in found]}))
        return
    typer.echo("\n".join(_line(one, now) for one in found))


def _line(one: KindAge, now: Instant) -> str:
    standing = one.standing(now)
    oldest = "nothing" if standing is Kept.NOTHING else f"oldest {time_text(one.oldest)}"
    return f"{one.kind} ({one.place}): {oldest}, promised {one.promised / HOUR:g} hours: {standing}"


def _as_json(one: KindAge, now: Instant) -> dict[str, Any]:
    age = one.age(now)
    return {
        "kind": one.kind,
        "place": one.place,
        "oldest": time_json(one.oldest),
        "age_hours": None if age is None else round(age / HOUR, 3),
        "promised_hours": one.promised / HOUR,
        "standing": one.standing(now),
    }
