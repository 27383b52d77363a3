"""What configuration and settings say about one notification, as the stages need it."""

from dataclasses import dataclass

from router.core.model.instant import Span
from router.core.model.tenant import Receiver, Severity, Timing


@dataclass(frozen=True, slots=True)
class Policy:
    """What the tenant's configuration and the platform's settings say about one notification."""

    receiver: Receiver
    timing: Timing
    severity: Severity
    lease: Span
    ambiguous_wait: Span
    park_retry: Span
