"""Tenants whose alerts are taken from Alertmanager's events: what it lists is compared with what fires here.

Events may be lost, so each minute, and soon after an event names an alert that is new, one worker asks for the list.
What Alertmanager would notify of and is not known here is appended to the inbound topic like any other alert. What
fires here by events alone and is no longer listed ends, and what is muted there is shown so.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from router.core import engine
from router.core.fold.heard import compared, fires_again
from router.core.model.alert import AlertId, TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import MINUTE, SECOND, Instant, Span
from router.core.model.key import GroupId
from router.core.model.muted import ListedAlert
from router.core.model.rules.context import AlertmanagerAccess
from router.core.model.rules.tenant import Tenant
from router.core.model.transition import Transition
from router.core.route.identity import alert_id_of
from router.errors import PayloadError, SecretNotFoundError, UnavailableError
from router.observe.incident import Incident
from router.observe.metrics import Metrics
from router.ports.alertmanager import Alertmanager
from router.ports.clock import Clock
from router.ports.comparison import Comparisons, Occasion
from router.ports.tenants import Secrets
from router.roles.comparing.appending import Appending, Listed
from router.roles.ingest.marking import Marking
from router.roles.polling import poll
from router.roles.tenants import ActiveTenants
from router.roles.together import all_ended

_LOOK_S: Final = 5.0
_LOOK_FOR_NEWS_S: Final = 1.0
_SPANS: Final = {Occasion.EACH_MINUTE: MINUTE, Occasion.NEWS: Span(5 * SECOND)}
"""For so long one comparison on that occasion is enough, over all workers."""


_REMEDY: Final = "set platform.alertmanager of the tenant, or leave `alerts` out of the settings of the event topic"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, with which tokens, and by which clock."""

    alertmanager: Alertmanager
    secrets: Secrets
    clock: Clock


@dataclass(frozen=True, slots=True)
class Stored:
    """What fires here, and what brings it in line."""

    comparisons: Comparisons
    marking: Marking
    appending: Appending


class Comparing:
    """Compares for the tenants of event topics with `alerts`; `receivers` are theirs in Alertmanager."""

    def __init__(
        self,
        tenants: ActiveTenants,
        receivers: Mapping[TenantId, Collection[str]],
        asked: Asked,
        stored: Stored,
        metrics: Metrics,
    ) -> None:
        self._tenants = tenants
        self._receivers = receivers
        self._asked = asked
        self._stored = stored
        self._metrics = metrics
        self._wanted = set[TenantId]()
        self._listed: dict[TenantId, set[AlertId]] = {}
        self._incidents: dict[TenantId, Incident] = {}
        self._log = structlog.get_logger("router.comparing")

    def was_listed(self, tenant: TenantId, alert: AlertId) -> bool:
        """Whether Alertmanager knew this alert, muted or not, when this process asked last."""
        return alert in self._listed.get(tenant, ())

    def want(self, tenant: TenantId) -> None:
        """Compare soon."""
        self._wanted.add(tenant)

    def forget(self, tenant: TenantId, alert: AlertId) -> None:
        """The alert has ended: when it fires again that is news."""
        self._listed.get(tenant, set()).discard(alert)

    async def run(self) -> None:
        """Compare until cancelled."""
        if self._receivers:
            await asyncio.gather(
                poll(_LOOK_S, self.look, "alertmanager_not_compared"),
                poll(_LOOK_FOR_NEWS_S, self.look_for_news, "alertmanager_not_compared"),
            )

    async def look(self) -> None:
        """Compare for all of whom nobody has compared for a minute."""
        await all_ended(self._look_at(tenant, Occasion.EACH_MINUTE) for tenant in self._receivers)

    async def look_for_news(self) -> None:
        """Compare for those of whom there is news."""
        await all_ended(self._look_at(tenant, Occasion.NEWS) for tenant in tuple(self._wanted))

    async def _look_at(self, tenant: TenantId, occasion: Occasion) -> None:
        try:
            rules = await self._tenants.known(tenant)
            if rules is None or rules.alertmanager is None:
                self._leave_out(tenant, rules)
                return
            if await self._stored.comparisons.lead(tenant, occasion, _SPANS[occasion]):
                self._wanted.discard(tenant)
                await self._compare(rules, rules.alertmanager)
        except (UnavailableError, SecretNotFoundError, PayloadError) as error:
            self._metrics.upstream.asked.labels(outcome="unanswered").inc()
            incident = self._incidents.setdefault(tenant, Incident())
            if incident.happens(str(error)):
                self._log.warning("alertmanager_not_compared", tenant=tenant, error=str(error), times=incident.times)
        except Exception as error:  # noqa: BLE001 - logged; the next comparison does it again
            self._log.error("comparing_failed", tenant=tenant, exc_info=error)

    def _leave_out(self, tenant: TenantId, rules: Tenant | None) -> None:
        """Nobody can be asked for the tenant: what events say of its alerts is refused."""
        self._wanted.discard(tenant)
        self._listed.pop(tenant, None)
        incident = self._incidents.setdefault(tenant, Incident())
        if rules is not None and incident.happens(_REMEDY):
            self._log.error("event_alerts_refused", tenant=tenant, remedy=_REMEDY, times=incident.times)

    async def _compare(self, rules: Tenant, access: AlertmanagerAccess) -> None:
        at = await self._asked.clock.now()
        listed = await self._ask(rules, access)
        self._metrics.upstream.asked.labels(outcome="answered").inc()
        self._incidents.pop(rules.tenant_id, None)
        self._listed[rules.tenant_id] = set(listed)
        firing = await self._stored.comparisons.firing(rules.tenant_id, list(rules.receivers))
        again = await self._bring_in_line(rules, firing, listed, at)
        known = {alert for alerts in firing.values() for alert in alerts} - again
        await self._stored.appending.append(rules.tenant_id, _unknown(listed, known, at), at)

    async def _ask(self, rules: Tenant, access: AlertmanagerAccess) -> Listed:
        token = await self._asked.secrets.find(rules.tenant_id, access.token) if access.token else ""
        receivers = sorted(self._receivers[rules.tenant_id])
        found = [one for name in receivers for one in await self._asked.alertmanager.listed(access, token, name)]
        return await asyncio.to_thread(_by_id, found, rules.ignored_labels)

    async def _bring_in_line(
        self, rules: Tenant, firing: Mapping[GroupId, Sequence[AlertId]], listed: Listed, at: Instant
    ) -> set[AlertId]:
        """Note with the alerts what is listed of them; answers those that are shown as hidden and fire again."""
        first, again = {alert: some[0] for alert, some in listed.items()}, set[AlertId]()

        def noted(group: AlertGroup, now: Instant) -> Transition:
            again.update(one for one, alert in group.alerts.items() if fires_again(alert, first.get(one), at))
            timing = rules.timing(group.key.receiver, group.key.path)
            return engine.learn(group, compared(group, first, at), timing, now)

        await self._stored.marking.store(rules, firing, noted)
        return again


def _by_id(listed: Sequence[ListedAlert], ignored: frozenset[str]) -> Listed:
    found: dict[AlertId, list[ListedAlert]] = {}
    for one in listed:
        found.setdefault(alert_id_of(one.known.fingerprint, one.known.labels, ignored), []).append(one)
    return found


def _unknown(listed: Listed, known: Collection[AlertId], at: Instant) -> Listed:
    """What is to be folded: what fires unmuted and is not known here, and the end of what is known."""
    return {alert: some for alert, some in listed.items() if _is_news(some[0], at, is_known=alert in known)}


def _is_news(one: ListedAlert, at: Instant, *, is_known: bool) -> bool:
    return is_known if one.has_ended(at) else not is_known and one.known.muted is None
