"""What a client repeats ten times a second is one line a minute."""

import io
import json
import logging
import subprocess
import sys

import pytest
import structlog

from router.observe.logging import Lines, Repeats, keep_logs_off_stdout


def record(name: str, text: str, at_s: float, *args: object) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.ERROR, "", 0, text, args, None)
    made.created = at_s
    return made


def test_a_librarys_line_is_printed_once_a_minute_and_counts_what_it_left_out() -> None:
    repeats = Repeats()
    made = [record("aiokafka.consumer", "OffsetCommit failed for group %s", 1000 + at, "g") for at in range(61)]

    printed = [one.getMessage() for one in made if repeats.filter(one)]

    assert printed == [
        "OffsetCommit failed for group g",
        "OffsetCommit failed for group g (59 more like it since)",
    ]


def test_other_lines_and_our_own_are_always_printed() -> None:
    repeats = Repeats()

    assert repeats.filter(record("aiokafka", "one", 1000))
    assert repeats.filter(record("aiokafka", "two", 1000))
    assert all(repeats.filter(record("router.gateway", "ours", 1000)) for _ in range(3))


def test_a_storm_is_one_line_a_minute_whatever_it_names_and_other_libraries_are_heard() -> None:
    repeats = Repeats()
    storm = [
        record("aiokafka.consumer.fetcher", "Failed fetch messages from %s: %s", 1000 + n / 10, n % 3, f"error {n}")
        for n in range(1201)
    ]
    beside = record("aiokafka.consumer.group_coordinator", "Heartbeat failed: %r", 1001, "error")

    printed = [one.getMessage() for one in storm if repeats.filter(one)]

    assert printed == [
        "Failed fetch messages from 0: error 0",
        "Failed fetch messages from 0: error 600 (599 more like it since)",
        "Failed fetch messages from 0: error 1200 (599 more like it since)",
    ]
    assert repeats.filter(beside)


def test_failures_of_many_tasks_that_are_the_same_are_one_line_and_others_are_printed() -> None:
    repeats = Repeats()
    errors = [ConnectionError("kafka:9092 closed")] * 8 + [ValueError("another")]
    made = [record("asyncio", f"Task exception was never retrieved\nfuture: <Task {n}>", 1000) for n in range(9)]
    for one, error in zip(made, errors, strict=True):
        one.exc_info = (type(error), error, None)

    assert [one for one in made if repeats.filter(one)] == [made[0], made[8]]


def test_lines_of_a_thousand_kinds_do_not_fill_the_memory() -> None:
    repeats = Repeats()

    assert all(repeats.filter(record("lib", f"line {n}", 1000 + n / 1000)) for n in range(3000))
    assert len(repeats._seen) == 1000
    assert not repeats.filter(record("lib", "line 2999", 1003))


class Full(io.StringIO):
    """A stream on a disk without room."""

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


def test_nothing_fails_for_its_log() -> None:
    closed = io.StringIO()
    closed.close()
    for stream in (Full(), closed):
        Lines(stream).msg("{}")


PROGRAM = """
import logging, structlog
from router.observe.logging import configure_logging, keep_logs_off_stdout
configure_logging("INFO")
ours = structlog.get_logger("router.settlement")
ours.debug("not_asked_for")
ours.info("notification_sent", tenant="acme", error=None, notified=1, what=object)
try:
    raise ValueError("why")
except ValueError:
    ours.exception("render_failed", tenant="acme")
logging.getLogger("aiokafka.consumer").error("Heartbeat failed: %s", 1)
"""


def test_our_lines_and_those_of_libraries_are_json_on_stderr() -> None:
    program = [sys.executable, "-c", PROGRAM]
    printed = subprocess.run(program, capture_output=True, check=True, text=True).stderr
    sent, failed, librarys = [json.loads(line) for line in printed.splitlines()]

    assert sent.pop("timestamp").endswith("Z")
    assert sent == {
        "tenant": "acme",
        "error": None,
        "notified": 1,
        "what": "<class 'object'>",
        "event": "notification_sent",
        "level": "info",
    }
    assert (failed["event"], failed["level"], failed["tenant"]) == ("render_failed", "error", "acme")
    assert failed["exception"].endswith("ValueError: why")
    assert (librarys["event"], librarys["logger"]) == ("Heartbeat failed: 1", "aiokafka.consumer")


def test_what_a_command_logs_is_not_in_what_it_prints(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    keep_logs_off_stdout()
    try:
        structlog.get_logger("router.kafka").warning("topic_keeps_longer", topic="audit.checkpoints")
    finally:
        structlog.configure(**before)

    printed = capsys.readouterr()
    assert printed.out == ""
    assert "topic_keeps_longer" in printed.err
