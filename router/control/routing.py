"""Try a routing tree on the labels of one alert."""

from collections.abc import Mapping

from router.config.compile.tenant import compile_tenant
from router.config.document.tenant import TenantDocument
from router.core.model.rules.names import ReceiverName
from router.core.route.identity import without
from router.core.route.tree import match


def receivers_for(document: TenantDocument, labels: Mapping[str, str]) -> list[ReceiverName]:
    """The receivers of an alert with these labels, one for each route that takes it."""
    tenant = compile_tenant(document, 1)
    labels = without(labels, tenant.ignored_labels)
    return [route.receiver for route in match(tenant.route, labels, tenant.pattern_sizes)]
