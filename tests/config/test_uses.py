"""What a document has of what is bounded is counted as the bounds count it."""

from router.config.bounds import MAX_RECEIVERS, MAX_ROUTES
from router.config.read import read_document
from router.config.tree import MAX_BYTES
from router.config.uses import uses_of
from router.core.budget.uses import Quota, Use
from tests.config.samples import EXAMPLE


def counted(text: str) -> dict[Quota, int]:
    return {one.quota: one.used for one in uses_of(read_document(text, "acme.yaml"), text)}


def test_the_example_is_counted() -> None:
    found = counted(EXAMPLE)

    assert found[Quota.ROUTES] == 2
    assert found[Quota.MATCHERS] == 2
    assert found[Quota.PATTERNS] == 1
    assert found[Quota.PATTERN_SIZE] == 13
    assert found[Quota.RECEIVERS] == 3
    assert found[Quota.CHANNELS] == 3
    assert found[Quota.CONFIGURATION_BYTES] == len(EXAMPLE.encode())
    assert found[Quota.TEMPLATES] == found[Quota.REDACTION_SIZE] == 0


def test_what_stands_below_and_what_is_redacted_counts() -> None:
    text = EXAMPLE.replace("receiver: storage}", "receiver: storage, routes: [{matchers: ['a=1', 'b!=2']}]}")
    found = counted(text + "redact: {patterns: ['secret']}\n")

    assert (found[Quota.ROUTES], found[Quota.MATCHERS]) == (3, 4)
    assert found[Quota.REDACTION_SIZE] > 0


def test_each_stands_beside_the_bound_that_is_kept() -> None:
    limits = {one.quota: one.limit for one in uses_of(read_document(EXAMPLE, "acme.yaml"), EXAMPLE)}

    assert limits[Quota.ROUTES] == MAX_ROUTES
    assert limits[Quota.RECEIVERS] == MAX_RECEIVERS
    assert limits[Quota.CONFIGURATION_BYTES] == MAX_BYTES
    assert Use(Quota.RECEIVERS, 3, MAX_RECEIVERS).part < 0.01
