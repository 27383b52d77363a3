"""Inhibition rules as a tenant writes them down, in Alertmanager's words."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field

from router.config.document.appearance import Section
from router.config.suggestion import quoted
from router.config.values import Matchers, MatchersText, WordText

MAX_ON_A_SIDE: Final = 20
"""Matchers on one side of an inhibition rule."""

MAX_EQUAL: Final = 20
"""Labels in one `equal`."""

_OLD: Final = "the old form; use {}, for example {}: ['severity=\"critical\"']"


def _few(matchers: tuple[Matchers, ...]) -> tuple[Matchers, ...]:
    count = sum(len(one.parsed) for one in matchers)
    if count > MAX_ON_A_SIDE:
        raise ValueError(f"has {count} matchers; at most {MAX_ON_A_SIDE} are allowed; use a pattern")
    return matchers


def _one_at_least(matchers: tuple[Matchers, ...]) -> tuple[Matchers, ...]:
    if not any(one.parsed for one in matchers):
        raise ValueError("should be at least one matcher: without any, every alert holds others back")
    return matchers


def _equal(labels: tuple[str, ...]) -> tuple[str, ...]:
    if len(labels) > MAX_EQUAL:
        raise ValueError(f"has {len(labels)} labels; at most {MAX_EQUAL} are allowed")
    if len(set(labels)) < len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        raise ValueError(f"{quoted(twice)} is given twice; keep one")
    return labels


class InhibitEntry(Section):
    """While an alert of the one side fires, those of the other with the same values of some labels are not shown."""

    refused: ClassVar[Mapping[str, str]] = {
        "source_match": _OLD.format("source_matchers", "source_matchers"),
        "source_match_re": _OLD.format("source_matchers", "source_matchers"),
        "target_match": _OLD.format("target_matchers", "target_matchers"),
        "target_match_re": _OLD.format("target_matchers", "target_matchers"),
    }

    name: WordText | None = Field(default=None, examples=["cluster-down"])
    """What people know it by. Default: what it says, in short."""
    source_matchers: Annotated[tuple[MatchersText, ...], AfterValidator(_few), AfterValidator(_one_at_least)] = Field(
        examples=[['alertname="ClusterDown"']]
    )
    """Which alerts hold others back while they fire: conditions on labels, as on a route."""
    target_matchers: Annotated[tuple[MatchersText, ...], AfterValidator(_few)] = Field(
        examples=[['severity="warning"']]
    )
    """Which alerts they hold back; []: all others."""
    equal: Annotated[tuple[WordText, ...], AfterValidator(_equal)] = Field(default=(), examples=[["cluster"]])
    """Labels that must have the same value in both; one that both lack is the same."""
