"""What `values.yaml` of the chart may hold: `values.schema.json` is written from it."""

from copy import copy
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field, create_model

from tools.chart.keys import Part, Reference, TenantKeys, WantedReference
from tools.chart.settings import ChartSettings

PoolName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$")]
Passed = dict[str, Any]
"""What is passed on to Kubernetes as it is, which knows what it may hold."""


class TenantSecret(WantedReference):
    """A tenant's secret as a file."""

    tenant: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=63)
    secret: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=63)
    pool: PoolName = ""
    """Whose workers alone have it; without a pool those of the shared one."""


class Version(Part):
    """Which image: a tag, or a digest, which decides."""

    tag: str = ""
    digest: str = Field(default="", pattern=r"^(sha256:[0-9a-f]{64})?$")


class Image(Version):
    """The image of all roles."""

    repository: str = Field(default="", min_length=1)
    pull_policy: Literal["Always", "IfNotPresent", "Never"] = "IfNotPresent"


class Secrets(Part):
    """Keys and tokens, by reference."""

    signing: WantedReference
    sealing: WantedReference
    operator_channel: Reference
    tenants: list[TenantSecret]


class Trust(Part):
    """Certificates to trust beside the system's."""

    kafka: Reference
    redis: Reference
    postgres: Reference
    transit: Reference
    issuers: Reference


class Scaling(Part):
    """What both kinds of scaling have."""

    enabled: bool
    min_replicas: int = Field(ge=2)
    max_replicas: int = Field(ge=2)


class GatewayScaling(Scaling):
    """By a HorizontalPodAutoscaler."""

    cpu_percent: int = Field(ge=1, le=100)


class WorkerScaling(Scaling):
    """By KEDA."""

    lag_records: int = Field(ge=1)
    oldest_due_seconds: int = Field(ge=1)
    server_address: str
    authentication_ref: str


class Pods(Part):
    """What the pods of every role have."""

    image: Version
    settings: ChartSettings
    redis_url: WantedReference
    kafka_password: Reference
    resources: Passed
    pod_annotations: dict[str, str]
    pod_labels: dict[str, str]
    node_selector: dict[str, str]
    tolerations: list[Passed]
    affinity: Passed
    priority_class_name: str


class Role(Pods):
    """What gateways and workers have in common."""

    termination_grace_period_seconds: int = Field(ge=1)


class GatewayTls(Part):
    """The Secret with the gateway's certificate."""

    name: str = ""
    client_ca: Reference


class OwnService(Part):
    """The Service of a port that others reach."""

    type: Literal["ClusterIP", "NodePort", "LoadBalancer"]
    port: int = Field(ge=1, le=65535)
    annotations: dict[str, str]


class Ingress(Part):
    """The way in from outside."""

    enabled: bool
    class_name: str
    host: str
    tls_secret: str
    annotations: dict[str, str]


class GatewayRole(Role):
    """The gateways."""

    replicas: int = Field(ge=1)
    autoscaling: GatewayScaling
    tls: GatewayTls
    service: OwnService
    ingress: Ingress
    pre_stop_seconds: int = Field(ge=0, le=60)


class WorkerRole(Role):
    """The workers."""

    replicas: int = Field(ge=2)
    autoscaling: WorkerScaling


def _some(part: type[BaseModel], **others: type[BaseModel]) -> type[BaseModel]:
    """The same in which nothing is wanted, since what is left out stands elsewhere; `others`: own kinds."""
    fields: dict[str, Any] = {}
    for name, field in part.model_fields.items():
        one = copy(field)
        one.default = None
        fields[name] = (others.get(name, one.annotation), one)
    made: type[BaseModel] = create_model(f"Some{part.__name__}", __base__=Part, __doc__=part.__doc__, **fields)
    return made


class PoolRole(_some(WorkerRole, autoscaling=_some(WorkerScaling))):  # type: ignore[misc]  # made from the workers' own
    """The workers of a pool: what differs from those of the shared one."""


NO_OTHER_POOL: Final[dict[str, Any]] = {"additionalProperties": False, "properties": {"shared": False}}
"""That of everybody who names none is `worker`."""


class Tenants(Part):
    """Tenants' files, by the names of the files."""

    files: dict[str, str]
    redis_url: WantedReference
    resources: Passed


class Record(Pods):
    """The record of tenants, and the projectors that bring it to Redis."""

    enabled: bool
    replicas: int = Field(ge=1)
    projector_url: WantedReference
    migrator_url: WantedReference
    url: WantedReference
    audit_key: Reference
    sealing_key: Reference


class ControlRole(Role):
    """The control API."""

    enabled: bool
    replicas: int = Field(ge=1)
    access: str
    """The access document."""
    isolation: str
    """The isolation policy."""
    auditor_url: Reference
    service: OwnService
    ingress: Ingress
    pre_stop_seconds: int = Field(ge=0, le=60)


class ServiceAccount(Part):
    """The account of all pods."""

    annotations: dict[str, str]


class Destination(Part):
    """Where an engine is."""

    ports: list[int] = Field(min_length=1)
    to: list[Passed] = Field(min_length=1)


class NetworkPolicy(Part):
    """Who may reach what; a list without a peer would stand for everybody, and is refused."""

    enabled: bool
    senders: list[Passed] = Field(min_length=1)
    prometheus: list[Passed] = Field(min_length=1)
    kafka: Destination
    redis: Destination
    postgres: Destination
    transit: Destination
    callers: list[Passed] = Field(min_length=1)
    issuers: Destination
    dns: list[Passed] = Field(min_length=1)
    https: list[Passed] = Field(min_length=1)
    worker_egress: list[Passed]
    gateway_egress: list[Passed]


class Switch(Part):
    """Whether there is such a thing."""

    enabled: bool


class Monitored(Switch):
    """An object that Prometheus' operator selects by its labels."""

    labels: dict[str, str]


class Scraped(Monitored):
    """How often it is read."""

    interval: str = Field(pattern=r"^\d+(ms|s|m)$")


class Monitoring(Part):
    """What Prometheus' operator and Grafana take."""

    service_monitor: Scraped
    rules: Monitored
    dashboards: Monitored


class Values(Part):
    """Values of the chart alert-router."""

    image: Image
    image_pull_secrets: list[Passed]
    fullname_override: str
    settings: ChartSettings
    secrets: Secrets
    tenant_keys: TenantKeys
    trust: Trust
    gateway: GatewayRole
    worker: WorkerRole
    pools: dict[PoolName, PoolRole] = Field(json_schema_extra=NO_OTHER_POOL)
    tenants: Tenants
    record: Record
    control: ControlRole
    service_account: ServiceAccount
    topology_spread: Literal["ScheduleAnyway", "DoNotSchedule"]
    network_policy: NetworkPolicy
    pod_disruption_budget: Switch
    monitoring: Monitoring
    global_: Passed = Field(default={}, alias="global")
