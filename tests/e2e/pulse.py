"""Asks processes without end whether they live: `python -m tests.e2e.pulse URL...`.

A process of its own, since what the tests themselves compute must not be mistaken for a silence of what they watch.
For each line that it reads it prints, as JSON, the longest that each has taken to answer since the last line.
"""

import http.client
import json
import sys
import threading
import time
from urllib.parse import urlsplit

_EVERY_S = 0.01


class Watched:
    """One process, and how long it has been silent at most."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.longest = 0.0
        self.asked = 0.0
        threading.Thread(target=self._ask, daemon=True).start()

    def _ask(self) -> None:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        while True:
            self.asked = time.perf_counter()
            connection.request("GET", "/live")
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise AssertionError(f"{self.url} answers {answer.status}")
            self.longest = max(self.longest, time.perf_counter() - self.asked)
            self.asked = 0.0
            time.sleep(_EVERY_S)

    def silence(self) -> float:
        """The longest so far, also of an answer that is still awaited; it begins again."""
        waiting = time.perf_counter() - self.asked if self.asked else 0.0
        found, self.longest = max(self.longest, waiting), 0.0
        return found


def main() -> None:
    every = [Watched(url) for url in sys.argv[1:]]
    for _ in sys.stdin:
        sys.stdout.write(json.dumps({one.url: one.silence() for one in every}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
