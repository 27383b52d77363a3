"""How the erasure of a person stands, for whoever asked a command: by what is here, or by a control API."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from router.control.subject_looking import SubjectProgress, SubjectStep
from router.core.model.group import MessageRef
from router.ports.erasure import Remainder
from router.ports.subjects import ErasedSubject


@dataclass(frozen=True, slots=True)
class SubjectReport:
    """What is stored of a person, and how far an erasure has come; `subject` is None where none was begun.

    `alert_groups` counts those that hold the person, `shown` the messages of these and of groups with the mark.
    """

    subject: ErasedSubject | None
    alert_groups: int
    shown: int
    known_by: int = 0
    waiting: tuple[MessageRef, ...] = ()
    stuck: tuple[MessageRef, ...] = ()
    undeleted: tuple[MessageRef, ...] = ()
    left: tuple[Remainder, ...] = ()
    done: AbstractSet[SubjectStep] = frozenset()

    @property
    def is_certified(self) -> bool:
        """Whether it is over."""
        return SubjectStep.CERTIFY in self.done


def report_of(progress: SubjectProgress) -> SubjectReport:
    """What was looked up here."""
    found = progress.found
    return SubjectReport(
        subject=progress.subject,
        alert_groups=len(found.holding),
        shown=found.shown,
        known_by=found.known_by,
        waiting=found.waiting,
        stuck=found.stuck,
        undeleted=found.undeleted,
        left=progress.left,
        done=progress.done,
    )
