"""What a tenant wants to be shown beside its alerts."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from router.config.document.appearance import Section
from router.config.values import WordText

_MOST: Final = 5


def _related(labels: tuple[str, ...]) -> tuple[str, ...]:
    if len(labels) > _MOST:
        raise ValueError(f"has {len(labels)} labels; at most {_MOST} are allowed")
    if len({*labels}) < len(labels):
        raise ValueError("names a label twice")
    return labels


class ContextRule(Section):
    """What messages show beside their alerts: what else fires, how it usually goes, how the value moved."""

    related: Annotated[tuple[WordText, ...], AfterValidator(_related)] = Field(
        default=(), examples=[["service", "cluster"]]
    )
    """Labels by which other alerts are related: what fires with the same value is counted, with links."""
    history: bool = Field(default=True, examples=[False])
    """Whether it is shown how often this happened lately, and how long it took."""
    chart_edit: bool = Field(default=True, examples=[False])
    """Whether a message is edited once for a chart that came too late for it, while the channel has room."""
