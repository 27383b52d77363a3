"""What people read of an explanation."""

from router.adapters.locale.catalogue import Catalogue
from router.control.explain.explanation import Explanation
from router.control.explain.text import lines
from router.core.model.instant import NEVER, SECOND, Instant, Span
from router.core.model.rules.limits import Rate
from tests.core.builders import at

ENGLISH = Catalogue.load().localizer("en", "UTC")


def never_seen(last_record: Instant = NEVER) -> list[str]:
    """Of a fingerprint or a link that nobody knows, so that there are no labels."""
    budget = Rate(Span(SECOND), 20)
    unknown = Explanation(at(0), "", {}, firing=None, budget=budget, tried=None, places=(), last_record=last_record)
    return [line.strip() for line in lines(unknown, ENGLISH)]


def test_what_nobody_knows_is_no_heartbeat() -> None:
    assert not any("heartbeat" in line for line in never_seen())


def test_where_no_record_ever_came_none_is_named() -> None:
    with_one, without = never_seen(at(5)), never_seen()

    assert len(with_one) == len(without) + 1
    assert "?" not in "".join(without)
