"""Matchers as the core has them."""

from router.config.values import Matchers
from router.core.match.matcher import Matcher, in_order


def matchers_of(texts: tuple[Matchers, ...]) -> tuple[Matcher, ...]:
    """All matchers of these texts, in Alertmanager's order."""
    return in_order(tuple(one for text in texts for one in text.parsed))


def printed(matchers: tuple[Matcher, ...]) -> str:
    """The matchers as one level of Alertmanager's groupKey."""
    return "{" + ",".join(map(str, matchers)) + "}"
