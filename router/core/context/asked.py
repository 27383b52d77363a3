"""What is to be asked of Prometheus for the chart of an alert group."""

from dataclasses import dataclass
from typing import Final

from router.core.context.expression import NotDrawn, drawn
from router.core.context.source import expression_in
from router.core.context.undrawn import Undrawn, UndrawnError
from router.core.match.labels import Labels
from router.core.model.alert_state import AlertContent
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.registers import Registers
from router.core.model.rules.context import OnlyLabel
from router.core.model.rules.tenant import Tenant

_UNIT: Final = "unit"
_NAME: Final = "alertname"


@dataclass(frozen=True, slots=True)
class Asked:
    """The expression of an alert's link, and the alerts of the group with its name.

    `start` is when the first of them began, `end` when the last one ended, NEVER while one fires. `unit` is the
    annotation of that name, "" for none.
    """

    alert_name: str
    expression: str
    alerts: tuple[Labels, ...]
    start: Instant
    end: Instant
    unit: str = ""


def asked_of(group: AlertGroup) -> Asked | Undrawn:
    """What the chart of a group is about, which is loaded whole, or why there is none.

    The expression is that of the alert which began last among those that fire; of a group that is over, among all.
    Labels that people may not read are asked with like any others.
    """
    known = [(one.registers, one.content) for one in group.alerts.values() if one.content is not None]
    firing = [one for one in known if one[0].firing]
    candidates = firing if group.is_open else known
    if not candidates:
        return Undrawn.NO_EXPRESSION
    _, newest = max(candidates, key=_began_last)
    try:
        expression = expression_in(newest.generator_url)
    except UndrawnError as error:
        return error.reason
    same = [one for one in candidates if one[1].labels.get(_NAME) == newest.labels.get(_NAME)]
    return Asked(
        alert_name=newest.labels.get(_NAME, ""),
        expression=expression,
        alerts=tuple(content.labels for _, content in same),
        start=min(registers.began for registers, _ in same),
        end=NEVER if firing else max(registers.end or registers.last_seen for registers, _ in same),
        unit=newest.annotations.get(_UNIT, ""),
    )


def _began_last(one: tuple[Registers, AlertContent]) -> tuple[Instant, list[tuple[str, str]]]:
    registers, content = one
    return registers.began, sorted(content.labels.items())


def undrawn_of(tenant: Tenant, group: AlertGroup) -> Undrawn | None:
    """Why the message of a group, which is loaded whole, has no chart, as far as its Prometheus need not be asked.

    None where it may have one, and where nobody is asked for the tenant.
    """
    receiver = tenant.receivers.get(group.key.receiver)
    if tenant.prometheus is None or receiver is None:
        return None
    if not receiver.chart:
        return Undrawn.NOT_WANTED
    asked = asked_of(group)
    if isinstance(asked, Undrawn):
        return asked
    only = tenant.prometheus.only if isinstance(tenant.prometheus.only, OnlyLabel) else None
    found = drawn(asked.expression, asked.alerts, only)
    return found.reason if isinstance(found, NotDrawn) else None
