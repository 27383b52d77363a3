"""How the tenant's Prometheus is led to its page: a job, or what Prometheus' operator takes in its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from router.core.model.alert import TenantId

JOB_LABELS: Final = frozenset({"instance", "job", "tenant"})
"""Labels that each series gets by the job; one of its own of such a name is `exported_` by then."""
MONITOR_LABELS: Final = JOB_LABELS | {"container", "endpoint", "namespace", "pod", "service"}
"""The same by the ServiceMonitor, to which Prometheus' operator adds the others."""


@dataclass(frozen=True, slots=True)
class Page:
    """The page of a tenant; `gateway` is a host with its port, `token_file` where Prometheus has the token."""

    tenant: TenantId
    gateway: str
    scheme: str
    token_file: str

    @property
    def path(self) -> str:
        """Where the page is."""
        return f"/metrics/tenants/{self.tenant}"

    @property
    def name(self) -> str:
        """What everything that belongs to it is called."""
        return f"alert-router-{self.tenant}"


def scrape_of(page: Page) -> Mapping[str, object]:
    """A file with a job, for `scrape_config_files` of prometheus.yml."""
    job = {
        "job_name": page.name,
        "scheme": page.scheme,
        "metrics_path": page.path,
        "authorization": {"credentials_file": page.token_file},
        "static_configs": [{"targets": [page.gateway], "labels": {"tenant": page.tenant}}],
    }
    return {"scrape_configs": [job]}


def service_monitor_of(page: Page) -> Mapping[str, object]:
    """The same for the gateways of the Helm chart; the token is the key `token` of a secret of that name."""
    endpoint = {
        "port": "alerts",
        "path": page.path,
        "scheme": page.scheme,
        "authorization": {"credentials": {"name": page.name, "key": "token"}},
        "relabelings": [{"targetLabel": "tenant", "replacement": page.tenant}],
    }
    labels = {"app.kubernetes.io/name": "alert-router", "app.kubernetes.io/component": "gateway"}
    return _object("ServiceMonitor", page.name, {"selector": {"matchLabels": labels}, "endpoints": [endpoint]})


def prometheus_rule_of(page: Page, rules: Mapping[str, object]) -> Mapping[str, object]:
    """A file of rules as an object of Kubernetes."""
    return _object("PrometheusRule", page.name, rules)


def _object(kind: str, name: str, spec: Mapping[str, object]) -> Mapping[str, object]:
    return {"apiVersion": "monitoring.coreos.com/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
