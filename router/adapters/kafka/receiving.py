"""How much of an answer is taken off its connection at once.

aiokafka lets go of the socket after every 128 KiB until its reader has had a turn, and an answer of 50 MB, which a
broker gives whole where one batch is that large, took as many hundred turns of a busy event loop: a third of a second
in which all other partitions of that broker waited behind it. What an answer may hold is bounded by the broker, and
all of it is kept in memory anyhow.
"""

from typing import Final

from aiokafka import conn

AT_ONCE: Final = 64 * 1024 * 1024
"""Bytes that may wait for the reader of an answer; the socket is let go of at twice as many."""


def receive_at_once() -> None:
    """From now on no connection of this process stops within an answer of a usual size, or of ten times that."""
    conn.READER_LIMIT = AT_ONCE
