"""`alert-router dead-letter`: what is typed wrong is refused, and what was read is printed."""

import json
from collections.abc import Iterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

import pytest

from router.control.letters.dead_letters import Filter, Listed
from router.control.letters.letter import DeadLetter, Origin
from router.control.letters.reading import NotShown, ReadableLetter, as_it_is
from router.control.letters.redrive import Outcome, Redriven
from router.core.model.instant import HOUR, NEVER, Instant
from router.errors import UnavailableError
from tests.adapters.builders import ACME, NOON, after
from tests.cli.running import refused, run

LETTER = DeadLetter(
    id="alerts.inbound-3-42",
    tenant=ACME,
    reason="not_json",
    stage="parse",
    error="expected value",
    origin=Origin("alerts.inbound", 3, 42),
    observed_at=after(-3),
    appended_at=NOON,
    key=b"key",
    value=b"{\x1b",
    headers=(("tenant", b"acme"),),
    is_whole=True,
    is_batch=False,
)


class FakeControl:
    """One letter, what was asked for, and what becomes of it."""

    def __init__(self) -> None:
        self.asked: list[tuple[Filter, int]] = []
        self.outcome = Outcome.REDRIVEN
        self.body: str | NotShown = "{\x1b"
        self.fails = False

    async def now(self) -> Instant:
        return NOON

    async def newest(self, wanted: Filter, limit: int) -> Listed:
        self.asked.append((wanted, limit))
        return Listed([(LETTER, NEVER)], 2)

    async def shown(self, _: Filter) -> tuple[ReadableLetter, Instant]:
        return ReadableLetter(LETTER, LETTER.error, "key", (("tenant", "acme"),), self.body, len(LETTER.value)), NOON

    async def whole(self, _: Filter) -> tuple[ReadableLetter, Instant]:
        return as_it_is(LETTER), after(60)

    async def redrive(self, wanted: Filter, limit: int, done: Any, *, force: bool = False) -> None:
        self.asked.append((wanted, limit))
        done(Redriven(LETTER.id, self.outcome, "" if self.outcome is Outcome.REDRIVEN else "why"))
        if self.fails:
            raise UnavailableError("Kafka: TimeoutError")


@pytest.fixture
def control() -> Iterator[FakeControl]:
    fake = FakeControl()

    @asynccontextmanager
    async def opened(_: object) -> Any:
        yield fake

    with patch("router.cli.dead_letter.open_dead_letters", opened):
        yield fake


async def test_letters_are_listed_a_line_each(control: FakeControl) -> None:
    done = await run(
        "dead-letter", "list", "--tenant", "acme", "--reason", "not_json", "--since", "2h", "--limit", "5"
    )

    assert done.out == "alerts.inbound-3-42\t2026-11-26 12:00:00 UTC\tacme\tnot_json\n"
    assert done.err == "2 older ones are not shown; to see more: --limit\n"
    [(wanted, limit)] = control.asked
    assert (wanted.tenant, wanted.reason, wanted.since, limit) == (ACME, "not_json", NOON - 2 * HOUR, 5)


async def test_programs_get_them_as_json(control: FakeControl) -> None:
    done = await run("dead-letter", "list", "--until", "2026-11-26T12:00:03Z", "--json")

    assert json.loads(done.out) == [
        {
            "id": "alerts.inbound-3-42",
            "tenant": "acme",
            "reason": "not_json",
            "stage": "parse",
            "origin": {"topic": "alerts.inbound", "partition": 3, "offset": 42},
            "observed_at": "2026-11-26T11:59:57.000000Z",
            "dead_lettered_at": "2026-11-26T12:00:00.000000Z",
            "redriven_at": None,
        }
    ]
    assert control.asked[0][0].until == after(3)


async def test_a_letter_is_shown_with_nothing_that_disturbs_the_terminal(control: FakeControl) -> None:
    done = await run("dead-letter", "show", LETTER.id)

    assert done.code == 0
    for line in ("reason:        not_json (parse)", "  tenant: acme", "body (2 bytes):", "{\\x1b"):
        assert line in done.out.splitlines()


async def test_a_body_that_is_hidden_says_why_and_how_to_see_it(control: FakeControl) -> None:
    control.body = NotShown.RULES_UNKNOWN

    text, as_json = [await run("dead-letter", "show", LETTER.id, *more) for more in ([], ["--json"])]

    assert f"{NotShown.RULES_UNKNOWN}; --raw shows it" in text.out
    shown = json.loads(as_json.out)
    assert (shown["body"], shown["body_hidden"]) == (None, NotShown.RULES_UNKNOWN)


async def test_raw_shows_all_of_it(control: FakeControl) -> None:
    control.body = NotShown.RULES_UNKNOWN

    done = await run("dead-letter", "show", LETTER.id, "--raw", "--json")

    assert json.loads(done.out)["body"] == "{\x1b"


async def test_what_was_redriven_is_named(control: FakeControl) -> None:
    done = await run("dead-letter", "redrive", LETTER.id)

    assert (done.code, done.out) == (0, "alerts.inbound-3-42 redriven\n")
    assert control.asked[0][0].ids == {LETTER.id}


async def test_what_was_not_redriven_is_named_with_the_reason_and_the_command_fails(control: FakeControl) -> None:
    control.outcome = Outcome.TOO_OLD

    text, as_json = [await run("dead-letter", "redrive", "--all", *more) for more in ([], ["--json"])]

    assert (text.code, text.out) == (1, "alerts.inbound-3-42 too old: why\n")
    assert (as_json.code, json.loads(as_json.out)) == (1, [{"id": LETTER.id, "outcome": "too_old", "detail": "why"}])


async def test_what_was_redriven_before_an_outage_is_printed_all_the_same(control: FakeControl) -> None:
    control.fails = True

    done = await run("dead-letter", "redrive", "--all")

    assert (done.code, done.out) == (1, "alerts.inbound-3-42 redriven\n")
    assert "Kafka: TimeoutError" in done.err


async def test_everything_is_redriven_only_if_that_is_typed(control: FakeControl) -> None:
    refused(await run("dead-letter", "redrive"), 2, "--all")

    assert control.asked == []


@pytest.mark.parametrize("command", ["list", "redrive"])
@pytest.mark.parametrize("option", ["--since", "--until"])
async def test_a_time_that_is_none_is_refused_with_its_option(
    control: FakeControl, command: str, option: str
) -> None:
    refused(await run("dead-letter", command, option, "yesterday"), 2, option, "'yesterday'", "2h")


async def test_without_kafka_the_setting_is_named() -> None:
    refused(await run("dead-letter", "list"), 2, "ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS")
