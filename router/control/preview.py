"""Preview what Slack would show for webhooks, with a tenant's rules and in the languages that are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from router.control.arrivals import Body, arrivals
from router.control.channel_calls import ChannelCalls, channel_calls
from router.control.recorded import recorded_chart
from router.control.simulate import SimulatedCall, Simulation
from router.core.context.recorded import Recorded
from router.core.model.instant import Instant, Span
from router.core.model.rules.tenant import Tenant
from router.ports.tenants import Localizations


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """What to preview: `languages` for all receivers, None for each receiver's own; no `receivers` means all."""

    tenant: Tenant
    bodies: Sequence[Body]
    languages: Sequence[str | None]
    receivers: Sequence[str]
    first_at: Instant
    """When the first body arrives; NEVER for the latest time that it names."""
    every: Span
    """The time between two bodies, unless they name later times."""
    series: Recorded = field(default_factory=dict)
    """What was measured meanwhile; no charts without it."""


def preview_channels(request: PreviewRequest, localizations: Localizations) -> list[ChannelCalls]:
    """The calls to each receiver's channel, one language after the other.

    Raises:
        ConfigurationError: a body is not a webhook, or none of its alerts can be read.
    """
    return [
        channel
        for language in request.languages
        for channel in channel_calls(_calls(request, language, localizations), request.receivers)
    ]


def _calls(request: PreviewRequest, language: str | None, localizations: Localizations) -> list[SimulatedCall]:
    tenant = _in_language(request.tenant, language)
    simulation = Simulation(
        tenant,
        lambda to: localizations.localizer(to.locale, tenant.time_zone, to.layout),
        lambda group, now: recorded_chart(request.series, group, now),
    )
    for webhook, observed in arrivals(request.bodies, request.first_at, request.every):
        simulation.see(webhook, observed)
    simulation.finish()
    return simulation.calls


def _in_language(tenant: Tenant, language: str | None) -> Tenant:
    if language is None:
        return tenant
    receivers = {name: replace(one, locale=language) for name, one in tenant.receivers.items()}
    return replace(tenant, receivers=MappingProxyType(receivers))
