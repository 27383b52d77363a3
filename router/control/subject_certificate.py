"""What is certified of a person who was erased: never the value, and what is left, with its end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from router.control.kinds.erasing import left_of_person
from router.control.subject_looking import SubjectProgress, SubjectStep
from router.core.model.instant import NEVER, Instant, Span, to_rfc3339
from router.ports.audit import Difference
from router.ports.erasure import Remainder
from router.ports.subjects import ErasedSubject


@dataclass(frozen=True, slots=True)
class SubjectCertificate:
    """What was erased, without the value: its digest, whose key goes when the list forgets it."""

    subject: ErasedSubject
    shown: int
    stuck: int
    left: tuple[Remainder, ...]

    @property
    def summary(self) -> str:
        """A sentence of it."""
        groups, deleted = self.subject.hidden, len(self.subject.deleted)
        return f"{groups} alert groups, {self.shown} messages, {deleted} deleted, {self.stuck} stay"

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What the audit log has of it."""
        subject = self.subject
        own = Difference(f"subject:{subject.subject_id}", f"digest {subject.digest.hex()}", subject.mark)
        return own, *self._left()

    def _left(self) -> Iterator[Difference]:
        for one in self.left:
            until = "" if one.until == NEVER else f", at most until {to_rfc3339(one.until)}"
            yield Difference(one.kind, "stored", f"{one.why}{until}")


def certified(progress: SubjectProgress, kept: Mapping[str, Span], now: Instant) -> SubjectCertificate | None:
    """The certificate of an erasure whose steps are done; None for one that is open, or has its certificate.

    `kept` is for how long each topic keeps records, by the setting that names it.
    """
    subject, found = progress.subject, progress.found
    if subject is None or subject.ended_at or progress.open - {SubjectStep.CERTIFY}:
        return None
    stuck = len(found.stuck) + len(found.undeleted)
    return SubjectCertificate(replace(subject, ended_at=now), found.shown, stuck, left_of_person(kept, now))
