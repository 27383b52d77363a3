"""Charts that are asked for and that nobody can draw."""

from collections.abc import Iterator
from typing import Final

from router.config.document.tenant import TenantDocument
from router.diagnostic import Diagnostic

_NO_PROMETHEUS: Final = "no chart is drawn, since the operator has named no Prometheus (`platform.prometheus`)"


def missing_charts(document: TenantDocument) -> Iterator[Diagnostic]:
    """A receiver that says `chart: true` where no Prometheus is asked."""
    if document.platform.prometheus is not None:
        return
    for index, receiver in enumerate(document.receivers):
        if receiver.slack is not None and receiver.slack.chart and "chart" in receiver.slack.model_fields_set:
            yield Diagnostic(_NO_PROMETHEUS, ("receivers", index, "slack", "chart"))
