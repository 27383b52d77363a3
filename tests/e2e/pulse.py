"""Asks processes without end whether they live: `python -m tests.e2e.pulse URL[@PID]...`.

A process of its own, since what the tests themselves compute must not be mistaken for a silence of what they watch.
For each line that it reads it prints, as JSON, the longest that each has taken to answer since the last line; where
the process behind it is named, without the time that this machine gave to others.
"""

import http.client
import json
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

_EVERY_S = 0.01
_NANOSECONDS = 1e9


class Watched:
    """One process, and how long it has been silent at most."""

    def __init__(self, place: str) -> None:
        self.url, _, self._pid = place.partition("@")
        self.longest = 0.0
        self.asked: tuple[float, float] | None = None
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        while True:
            self.asked = self._now()
            connection.request("GET", "/live")
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise AssertionError(f"{self.url} answers {answer.status}")
            self.longest = max(self.longest, self._since(self.asked))
            self.asked = None
            time.sleep(_EVERY_S)

    def silence(self) -> float:
        """The longest so far, also of an answer that is still awaited; it begins again."""
        asked = self.asked
        waiting = self._since(asked) if asked else 0.0
        found, self.longest = max(self.longest, waiting), 0.0
        return found

    def _now(self) -> tuple[float, float]:
        return time.perf_counter(), self._waited()

    def _since(self, asked: tuple[float, float]) -> float:
        began, waited = asked
        return time.perf_counter() - began - max(0.0, self._waited() - waited)

    def _waited(self) -> float:
        """Seconds for which both ends were ready to run and had no core; 0 where the kernel does not count them."""
        if not self._pid:
            return 0.0
        ends = (f"/proc/{self._pid}", f"/proc/{os.getpid()}/task/{self._thread.native_id}")
        waited_ns = 0
        for end in ends:
            with suppress(OSError, IndexError):
                waited_ns += int(Path(end, "schedstat").read_text(encoding="ascii").split()[1])
        return waited_ns / _NANOSECONDS


def main() -> None:
    every = [Watched(place) for place in sys.argv[1:]]
    for _ in sys.stdin:
        sys.stdout.write(json.dumps({one.url: one.silence() for one in every}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
