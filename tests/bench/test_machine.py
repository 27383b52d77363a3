"""CPU time is counted to less than a tick, of all threads, and of another process as of our own."""

import os
import subprocess
import sys
import time
from threading import Thread

from bench.machine import TICKS, usage

_WORKS = "import sys; sum(range(300_000)); print('done', flush=True); sys.stdin.read()"


def test_less_than_a_tick_is_counted() -> None:
    before = usage(os.getpid()).cpu_s
    spun_until = time.process_time() + 0.2 / TICKS
    while time.process_time() < spun_until:
        pass

    assert 0.2 / TICKS <= usage(os.getpid()).cpu_s - before < 1


def test_threads_that_have_ended_count_too() -> None:
    spent = list[float]()

    def work() -> None:
        sum(range(300_000))
        spent.append(time.thread_time())

    before = usage(os.getpid()).cpu_s
    thread = Thread(target=work)
    thread.start()
    thread.join()

    assert usage(os.getpid()).cpu_s - before >= spent[0]


def test_of_another_process_as_much_as_it_has_spent_and_of_one_that_has_ended_nothing() -> None:
    other = subprocess.Popen([sys.executable, "-c", _WORKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout is not None
    other.stdout.readline()
    running = usage(other.pid)
    other.communicate()

    assert running.cpu_s > 0
    assert running.memory > 0
    assert usage(other.pid).cpu_s == 0
