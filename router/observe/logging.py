"""The form of logs: JSON lines with constant event names and identifiers, no contents."""

import json
import logging
import sys
from contextlib import suppress
from typing import Final, TextIO

import structlog

_QUIET_S: Final = 60.0
_MOST: Final = 1_000
"""Different lines that are remembered."""


class Repeats(logging.Filter):
    """Lets the same line of a library through once a minute, with how many there were like it: clients try often."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, ...], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is printed; ours always are."""
        if record.name.partition(".")[0] == "router" or not isinstance(record.msg, str):
            return True
        key = _kind(record)
        printed_at, left_out = self._seen.get(key, (-_QUIET_S, 0))
        if record.created - printed_at < _QUIET_S:
            self._seen[key] = (printed_at, left_out + 1)
            return False
        self._forget()
        self._seen[key] = (record.created, 0)
        if left_out:
            record.msg = f"{record.getMessage()} ({left_out} more like it since)"
            record.args = None
        return True

    def _forget(self) -> None:
        """Lines that hold a text of their own each time must not fill the memory."""
        while len(self._seen) >= _MOST:
            self._seen.pop(min(self._seen, key=lambda key: self._seen[key][0]))


def _kind(record: logging.LogRecord) -> tuple[str, ...]:
    """What lines have in common: below the first line of its text asyncio names a task, another one each time."""
    error = record.exc_info[1] if record.exc_info else None
    return (record.name, record.msg.partition("\n")[0], repr(error))


class Lines:
    """Writes lines to a stream. What cannot be written is lost, as with `logging`: nothing may fail for its log."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def msg(self, line: str) -> None:
        """Write one line."""
        with suppress(OSError, ValueError):
            self._stream.write(f"{line}\n")
            self._stream.flush()

    debug = info = warning = error = critical = msg


def configure_logging(level: str) -> None:
    """JSON lines on stderr, ours and the libraries' alike. Ours bypass `logging`: a third of the cost."""
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Repeats())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _as_json],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("router").setLevel(level)
    for chatty in ("aiokafka", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    lines = Lines(sys.stderr)
    structlog.configure(
        processors=[*shared, _as_json],
        logger_factory=lambda *_name: lines,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=True,
    )


def keep_logs_off_stdout(least: int = logging.DEBUG) -> None:
    """What a command logs goes to stderr, in whatever form: on stdout is what it prints, for programs and files."""
    structlog.configure(
        logger_factory=lambda *_name: _Stderr(), wrapper_class=structlog.make_filtering_bound_logger(least)
    )


class _Stderr:
    """Writes lines to what is stderr at that moment."""

    def msg(self, line: str) -> None:
        """Write one line."""
        Lines(sys.stderr).msg(line)

    debug = info = warning = error = critical = msg


_ENCODER: Final = json.JSONEncoder(default=repr)


def _as_json(_logger: object, _method: str, event: structlog.types.EventDict) -> str:
    return _ENCODER.encode(event)
