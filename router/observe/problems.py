"""What keeps a tenant's alerts from being shown, by tenant, also of those that are not among the busiest.

A problem that lasts is raised again at every try, each minute; one that was neither raised nor cleared for ten
minutes is another worker's by now.
"""

import time
from collections.abc import Callable, Container, Mapping
from enum import StrEnum
from typing import Final

from prometheus_client import CollectorRegistry

from router.core.operators.troubles import Kind, trouble
from router.observe.metric import OPEN, Metric, Role, counter, gauge
from router.observe.metric import Kind as MetricKind
from router.observe.occurrences import Occurrences

NAMED: Final = 1_000
"""Tenants that are named in metrics; producers may name any number that do not exist. More count together, as ''.

As many are named at a time for what lasts, which only those have that exist: whoever makes up tenants takes none of
their names, and a page with all of 10,000 would take half a second.
"""
_KNOWN: Final = 10_000
"""Tenants of whom it is known at a time what lasts."""
_LASTS_S: Final = 600.0


class TenantProblem(StrEnum):
    """What is wrong."""

    BODY_REFUSED = "body_refused"
    OVER_QUOTA = "over_quota"
    NOT_CONFIGURED = "not_configured"
    CONFIGURATION_UNREADABLE = "configuration_unreadable"
    CONFIGURATION_UNTRUSTED = "configuration_untrusted"
    DEAD_LETTER = "dead_letter"
    CLOCK_AHEAD = "clock_ahead"
    OVER_LIMIT = "over_limit"
    RECORDS_HELD = "records_held"
    DATA_LOST = "data_lost"
    SECRET_NOT_FOUND = "secret_not_found"  # noqa: S105 - the name of a problem
    TOKEN_DEAD = "token_dead"  # noqa: S105 - the name of a problem
    CHANNEL_DEAD = "channel_dead"
    MESSAGE_REFUSED = "message_refused"
    WORKSPACE_SLOW = "workspace_slow"
    STARVED = "starved"
    TURNS_FAIL = "turns_fail"
    HEARTBEAT_MISSING = "heartbeat_missing"


_KINDS: Final[Mapping[TenantProblem, Kind]] = {
    TenantProblem.TOKEN_DEAD: Kind.TOKENS,
    TenantProblem.SECRET_NOT_FOUND: Kind.TOKENS,
    TenantProblem.CHANNEL_DEAD: Kind.RECEIVERS,
    TenantProblem.MESSAGE_REFUSED: Kind.RECEIVERS,
    TenantProblem.OVER_QUOTA: Kind.QUOTAS,
    TenantProblem.OVER_LIMIT: Kind.QUOTAS,
    TenantProblem.DEAD_LETTER: Kind.DEAD_LETTERS,
    TenantProblem.BODY_REFUSED: Kind.BODIES,
}
"""What operators are shown in their channel."""
_LABELS: Final = {"tenant": OPEN, "reason": tuple(TenantProblem)}
TENANT_PROBLEMS: Final = Metric(
    "tenant_problems",
    MetricKind.COUNTER,
    Role.EVERY,
    "What kept alerts of a tenant from being shown, once for each time that it began or happened.",
    _LABELS,
)
TENANT_PROBLEM: Final = Metric(
    "tenant_problem",
    MetricKind.GAUGE,
    Role.EVERY,
    "1 while nothing of a tenant can be shown there. `alert-router tenant check` has the remedy.",
    _LABELS,
)
PROBLEMS_NOW: Final = Metric(
    "problems",
    MetricKind.GAUGE,
    Role.EVERY,
    "How many places have it now; of tokens, one for each tenant. Many at once are rarely the tenants' fault.",
    {"reason": tuple(TenantProblem)},
)


class TenantProblems:
    """Counts problems, and knows which last; `clock` counts seconds and never steps."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float] = time.monotonic) -> None:
        self._count = counter(TENANT_PROBLEMS, registry)
        self._lasting = gauge(TENANT_PROBLEM, registry)
        self._places = gauge(PROBLEMS_NOW, registry)
        self.occurrences = Occurrences()
        self._clock = clock
        self._named: set[str] = set()
        self._shown: set[str] = set()
        self._troubled: dict[str, set[TenantProblem]] = {}
        self._raised: dict[tuple[str, TenantProblem], dict[str, float]] = {}
        """Of each problem that lasts the places, and when it was raised there last."""
        self._why: dict[tuple[str, TenantProblem], str] = {}

    def count(self, tenant: str, problem: TenantProblem, why: str = "") -> None:
        """Take note of what happened once; `tenant` is "" where nobody knows whose it is."""
        if tenant:
            self._count.labels(tenant=tenant if _is_in(self._named, tenant) else "", reason=problem).inc()
        if (kind := _KINDS.get(problem)) and not kind.lasts:
            self.occurrences.happened(trouble(kind, tenant, why or problem))

    def begin(self, tenant: str, problem: TenantProblem, place: str = "", why: str = "") -> None:
        """Take note of what lasts there until it is cleared; it counts once."""
        if (kind := _KINDS.get(problem)) and kind.lasts:
            self.occurrences.lasts(trouble(kind, tenant, problem, place))
        if tenant not in self._troubled and len(self._troubled) >= _KNOWN:
            self.count(tenant, problem)
            return
        self._troubled.setdefault(tenant, set()).add(problem)
        self._why[tenant, problem] = why
        places = self._raised.setdefault((tenant, problem), {})
        if place not in places:
            self.count(tenant, problem)
            self._places.labels(reason=problem).inc()
        places[place] = self._clock()
        if _is_in(self._shown, tenant):
            self._lasting.labels(tenant=tenant, reason=problem).set(1)

    def end(self, tenant: str, problem: TenantProblem, place: str = "") -> None:
        """It is over there, if it ever was; shown until it is over everywhere."""
        self._clear(tenant, problem, place)
        if (kind := _KINDS.get(problem)) and kind.lasts:
            self.occurrences.ended(trouble(kind, tenant, problem, place))

    def end_elsewhere(self, tenant: str, problem: TenantProblem, places: Container[str]) -> None:
        """It is over at all but these places: nothing is sent to the others any more."""
        for one in [at for at in self._raised.get((tenant, problem), {}) if at not in places]:
            self.end(tenant, problem, one)

    def _clear(self, tenant: str, problem: TenantProblem, place: str) -> None:
        places = self._raised.get((tenant, problem), {})
        if places.pop(place, None) is None:
            return
        self._places.labels(reason=problem).dec()
        if not places:
            self._lasting.remove(tenant, problem)
            del self._raised[tenant, problem], self._why[tenant, problem]
            self._recovered(tenant, problem)

    def _recovered(self, tenant: str, problem: TenantProblem) -> None:
        """Who has nothing any more leaves its name in metrics to another, when that one is raised again."""
        self._troubled[tenant].discard(problem)
        if not self._troubled[tenant]:
            del self._troubled[tenant]
            self._shown.discard(tenant)

    def lasting(self, problem: TenantProblem) -> Mapping[str, str]:
        """The tenants that have this problem now, by name, and why."""
        self.forget_old()
        return {tenant: why for (tenant, one), why in sorted(self._why.items()) if one is problem}

    def forget_old(self) -> None:
        """Clear what has not been raised for a while; call it before the metrics are read."""
        now = self._clock()
        raised = [(*one, place, since) for one, places in self._raised.items() for place, since in places.items()]
        for tenant, problem, place, since in raised:
            if now - since > _LASTS_S:
                self._clear(tenant, problem, place)


def _is_in(named: set[str], tenant: str) -> bool:
    """Whether a tenant is among those that are named, of whom it becomes one while there is room."""
    if len(named) < NAMED:
        named.add(tenant)
    return tenant in named
