"""Try a routing tree on the labels of alerts."""

from collections.abc import Mapping

from router.config.compile.tenant import compile_tenant
from router.config.document.tenant import TenantDocument
from router.core.model.rules.names import ReceiverName
from router.core.route.identity import without
from router.core.route.trace import Tried, trace
from router.core.route.tree import match


class Routing:
    """The tree of a document, compiled once for many alerts."""

    def __init__(self, document: TenantDocument) -> None:
        self._tenant = compile_tenant(document, 1)

    def receivers(self, labels: Mapping[str, str]) -> list[ReceiverName]:
        """The receivers of an alert with these labels, one for each route that takes it."""
        routes = match(self._tenant.route, self._seen(labels), self._tenant.pattern_sizes)
        return [route.receiver for route in routes]

    def tried(self, labels: Mapping[str, str]) -> Tried:
        """Every route that is tried for it."""
        return trace(self._tenant.route, self._seen(labels), self._tenant.pattern_sizes)

    def _seen(self, labels: Mapping[str, str]) -> Mapping[str, str]:
        return without({name: value for name, value in labels.items() if value}, self._tenant.ignored_labels)
