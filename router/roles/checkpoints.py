"""Signs the audit log each minute if anything was added; any number of these work side by side.

Two of them sign the same tree of one log, and the database keeps one checkpoint a size: they agree.
"""

from typing import Final

import structlog

from router.control.checkpointing import Checkpointing, Signed, Unsigned
from router.roles.polling import poll

EVERY_S: Final = 60.0
_log = structlog.get_logger("router.checkpoints")


class Checkpoints:
    """Signs checkpoints until cancelled; while the database or Kafka is away, entries go on and nothing is signed."""

    def __init__(self, checkpointing: Checkpointing) -> None:
        self._checkpointing = checkpointing

    async def run(self, every_s: float = EVERY_S) -> None:
        """Sign what was added, each `every_s` seconds."""
        await poll(every_s, self.sign, "checkpoint_waits")

    async def sign(self) -> None:
        """Sign what was added, once; what is not what was signed before is named, each time.

        Raises:
            UnavailableError: the database or Kafka does not answer.
        """
        match await self._checkpointing.advance():
            case Signed(size, note):
                _log.info("checkpoint_signed", size=size, note=note)
            case Unsigned(reason):
                _log.error("checkpoint_refused", reason=reason, remedy="alert-router audit verify")
            case None:
                pass
