"""An Alertmanager that knows what a test puts into it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from router.core.match.labels import Labels
from router.core.model.muted import KnownAlert, ListedAlert
from router.core.model.rules.context import AlertmanagerAccess
from router.errors import UnavailableError


@dataclass
class FakeAlertmanager:
    """As `AlertmanagerClient`: `known` fires there; it does not answer while `is_away`."""

    known: list[KnownAlert] = field(default_factory=list)
    groups: list[ListedAlert] = field(default_factory=list)
    is_away: bool = False
    asked: list[Labels] = field(default_factory=list)
    listed_for: list[str] = field(default_factory=list)

    async def alerts(self, access: AlertmanagerAccess, token: str, labels: Labels) -> Sequence[KnownAlert]:
        self.asked.append(labels)
        if self.is_away:
            raise UnavailableError("Alertmanager does not answer: away")
        return [one for one in self.known if labels.items() <= one.labels.items()]

    async def listed(self, access: AlertmanagerAccess, token: str, receiver: str) -> Sequence[ListedAlert]:
        self.listed_for.append(receiver)
        if self.is_away:
            raise UnavailableError("Alertmanager does not answer: away")
        return list(self.groups)
