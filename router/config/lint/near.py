"""What a document has so much of that there will soon be too much."""

from collections.abc import Iterator, Mapping
from typing import Final

from router.config.document.tenant import TenantDocument
from router.config.uses import uses_of
from router.core.budget.uses import Quota, is_near
from router.diagnostic import Diagnostic, KeyPath

_PLACES: Final[Mapping[Quota, KeyPath]] = {
    Quota.ROUTES: ("route",),
    Quota.MATCHERS: ("route",),
    Quota.PATTERNS: ("route",),
    Quota.PATTERN_SIZE: ("route",),
    Quota.REDACTION_SIZE: ("redact",),
    Quota.INTERVAL_PARTS: ("time_intervals",),
    Quota.CHANNELS: ("platform", "slack", "channels"),
}
"""Where what is counted stands, unless it is at the key that is called the same."""


def nearly_too_much(document: TenantDocument) -> Iterator[Diagnostic]:
    """Each bound of which the document uses 80 % or more, without that of its size."""
    for one in uses_of(document, ""):
        if is_near(one):
            what = one.quota.replace("_", " ")
            message = f"{one.used} {what} of {one.limit} that there may be; beyond them the file is refused"
            yield Diagnostic(message, _PLACES.get(one.quota, (str(one.quota),)), about_key=True)
