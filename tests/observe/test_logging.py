"""What a client repeats ten times a second is one line a minute."""

import logging

from router.observe.logging import Repeats


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
