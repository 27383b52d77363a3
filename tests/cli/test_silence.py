"""`alert-router silence`: add one by its matchers, see how it stands, end it before its time."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cli.running import refused, run
from tests.e2e.system import Finished

ADD = ("silence", "add", "acme")


@pytest.fixture
async def silenced(engine: str, raw: Any) -> AsyncIterator[str]:
    """The address of a Redis that knows the tenant acme."""
    yield engine
    async for key in raw.scan_iter(match="*:silences"):
        await raw.delete(key)


async def listed(engine: str, *options: str) -> list[dict[str, Any]]:
    done = await run("silence", "list", "acme", "--json", *options, REDIS__URL=engine)
    rows: list[dict[str, Any]] = json.loads(done.out)
    return rows


def hours_from_now(hours: int) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


async def test_the_id_alone_is_printed_so_that_it_can_be_used_to_end_it(silenced: str) -> None:
    added = await run(*ADD, 'alertname="DiskFull"', "instance=~db-.*", "-c", "new disks", REDIS__URL=silenced)
    shown = await run("silence", "list", "acme", REDIS__URL=silenced)
    ended = await run("silence", "expire", "acme", added.out.strip(), REDIS__URL=silenced)
    twice = await run("silence", "expire", "acme", added.out.strip(), REDIS__URL=silenced)
    after = await run("silence", "list", "acme", REDIS__URL=silenced)

    assert re.fullmatch(r"[0-9a-f-]{36}\n", added.out)
    assert '{alertname="DiskFull",instance=~"db-.*"}' in added.err
    id_, state, start, end, _author, matchers, comment = shown.out.rstrip("\n").split("\t")
    assert (id_, state, comment) == (added.out.strip(), "active", "new disks")
    assert matchers == '{alertname="DiskFull",instance=~"db-.*"}'
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC", time) for time in (start, end))
    assert ended.out == f"silence {id_} of tenant acme has ended\n"
    assert twice.out == f"silence {id_} of tenant acme had ended already\n"
    assert (after.out, after.err) == ("", "tenant acme has no silence\n")
    assert [(one["id"], one["state"]) for one in await listed(silenced, "--expired")] == [(id_, "expired")]


async def test_programs_read_sets_of_matchers_times_and_the_author(silenced: str) -> None:
    start, end = hours_from_now(1), hours_from_now(3)
    added = await run(
        *ADD, "a=b,c!=d", "--or", 'e="f",g=~"h"', "--or", "i=j", "--start", start, "--end", end, "--author", "ana",
        "--comment", "why", "--json", REDIS__URL=silenced,
    )  # fmt: skip

    made = json.loads(added.out)
    assert made["matcher_sets"] == [['a="b"', 'c!="d"'], ['e="f"', 'g=~"h"'], ['i="j"']]
    assert (made["author"], made["comment"]) == ("ana", "why")
    times = [datetime.fromisoformat(made[key]) for key in ("starts_at", "ends_at")]
    assert times == [datetime.fromisoformat(start), datetime.fromisoformat(end)]
    assert await listed(silenced) == [{**made, "state": "pending"}]


@pytest.mark.parametrize(("options", "hours"), [((), 1), (("--duration", "1d2h"), 26)])
async def test_it_lasts_for_an_hour_or_as_long_as_it_is_asked_to(
    silenced: str, options: tuple[str, ...], hours: int
) -> None:
    made = json.loads((await run(*ADD, "a=b", "-c", "why", *options, "--json", REDIS__URL=silenced)).out)

    start, end = (datetime.fromisoformat(made[key]) for key in ("starts_at", "ends_at"))
    assert end - start == timedelta(hours=hours)
    assert abs(start - datetime.now(UTC)) < timedelta(seconds=30)


async def test_one_that_replaces_another_ends_it(silenced: str) -> None:
    first = (await run(*ADD, "a=b", "-c", "why", REDIS__URL=silenced)).out.strip()
    second = await run(*ADD, "a=b", "-c", "longer", "-d", "5h", "--replaces", first, REDIS__URL=silenced)

    assert [one["id"] for one in await listed(silenced)] == [second.out.strip()]


@pytest.mark.parametrize(
    ("arguments", "code", "printed"),
    [
        (("a=b",), 2, "--comment"),
        (("-c", "why"), 2, "MATCHER"),
        (("a=b", "-c", ""), 2, "a comment of 1 to 4000 characters is needed"),
        (("a", "-c", "why"), 2, "'a' is not a valid matcher; use for example severity"),
        (('a=~".*"', "-c", "why"), 2, "at least one matcher must not match the empty string"),
        (("a=b", "--or", "c!=d", "-c", "why"), 2, "at least one matcher must not match the empty string"),
        (("a=b", "-c", "why", "-d", "soon"), 2, "--duration: 'soon' is not a valid duration; use for example 30s"),
        (("a=b", "-c", "why", "-d", "0s"), 2, "--duration: should be longer than 0"),
        (("a=b", "-c", "why", "--end", "18:00"), 2, "--end: '18:00' is not a time with its offset from UTC"),
        (("a=b", "-c", "why", "--start", "2026-11-27T18:00"), 2, "--start: '2026-11-27T18:00' is not a time with"),
        (("a=b", "-c", "why", "--end", "2020-01-01T00:00:00Z"), 2, "the end is not to come; give a later one"),
        (("a=b", "-c", "why", "-d", "1h", "--end", "2099-01-01T00:00:00Z"), 2, "--duration and --end exclude"),
        (("a=b", "-c", "why", "--replaces", "x"), 1, "no silence 'x'; see: alert-router silence list acme"),
    ],
)
async def test_what_makes_no_silence_is_refused_with_what_to_do(
    silenced: str, arguments: tuple[str, ...], code: int, printed: str
) -> None:
    done: Finished = await run(*ADD, *arguments, REDIS__URL=silenced)

    refused(done, code, printed)
    assert await listed(silenced, "--expired") == []


async def test_a_tenant_that_is_not_there_has_no_silences(silenced: str) -> None:
    for arguments in (("add", "nobody", "a=b", "-c", "why"), ("list", "nobody"), ("expire", "nobody", "x")):
        refused(await run("silence", *arguments, REDIS__URL=silenced), 1, "'nobody' has no configuration")
