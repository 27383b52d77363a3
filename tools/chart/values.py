"""What `values.yaml` of the chart may hold: `values.schema.json` is written from it."""

from copy import copy
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.alias_generators import to_camel

from tools.chart.settings import ChartSettings

PoolName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$")]
Passed = dict[str, Any]
"""What is passed on to Kubernetes as it is, which knows what it may hold."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, use_attribute_docstrings=True)


class Reference(_Part):
    """A Secret of the cluster and its key; without a name, none."""

    name: str = ""
    key: str = Field(default="", pattern=r"^[-._a-zA-Z0-9]*$")


class WantedReference(Reference):
    """One that must be there."""

    name: str = Field(default="", min_length=1)


class TenantSecret(WantedReference):
    """A tenant's secret as a file."""

    tenant: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=63)
    secret: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=63)
    pool: PoolName = ""
    """Whose workers alone have it; without a pool those of the shared one."""


class Version(_Part):
    """Which image: a tag, or a digest, which decides."""

    tag: str = ""
    digest: str = Field(default="", pattern=r"^(sha256:[0-9a-f]{64})?$")


class Image(Version):
    """The image of all roles."""

    repository: str = Field(default="", min_length=1)
    pull_policy: Literal["Always", "IfNotPresent", "Never"] = "IfNotPresent"


class Secrets(_Part):
    """Keys and tokens, by reference."""

    signing: WantedReference
    sealing: WantedReference
    operator_channel: Reference
    tenants: list[TenantSecret]


class Transit(_Part):
    """OpenBao or Vault, and the roles that pods log in with."""

    url: str = Field(pattern=r"^(https?://[^/]+)?$")
    gateway_role: str = Field(min_length=1)
    worker_role: str = Field(min_length=1)


class TenantKeys(_Part):
    """What wraps tenants' own keys."""

    key: Reference
    sender_key: Reference
    transit: Transit


class Trust(_Part):
    """Certificates to trust beside the system's."""

    kafka: Reference
    redis: Reference
    postgres: Reference
    transit: Reference
    issuers: Reference


class Scaling(_Part):
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


class Pods(_Part):
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


class GatewayTls(_Part):
    """The Secret with the gateway's certificate."""

    name: str = ""
    client_ca: Reference


class OwnService(_Part):
    """The Service of a port that others reach."""

    type: Literal["ClusterIP", "NodePort", "LoadBalancer"]
    port: int = Field(ge=1, le=65535)
    annotations: dict[str, str]


class Ingress(_Part):
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
    made: type[BaseModel] = create_model(f"Some{part.__name__}", __base__=_Part, __doc__=part.__doc__, **fields)
    return made


class PoolRole(_some(WorkerRole, autoscaling=_some(WorkerScaling))):  # type: ignore[misc]  # made from the workers' own
    """The workers of a pool: what differs from those of the shared one."""


NO_OTHER_POOL: Final[dict[str, Any]] = {"additionalProperties": False, "properties": {"shared": False}}
"""That of everybody who names none is `worker`."""


class Tenants(_Part):
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


class ServiceAccount(_Part):
    """The account of all pods."""

    annotations: dict[str, str]


class Destination(_Part):
    """Where an engine is."""

    ports: list[int] = Field(min_length=1)
    to: list[Passed] = Field(min_length=1)


class NetworkPolicy(_Part):
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


class Switch(_Part):
    """Whether there is such a thing."""

    enabled: bool


class Monitored(Switch):
    """An object that Prometheus' operator selects by its labels."""

    labels: dict[str, str]


class Scraped(Monitored):
    """How often it is read."""

    interval: str = Field(pattern=r"^\d+(ms|s|m)$")


class Monitoring(_Part):
    """What Prometheus' operator and Grafana take."""

    service_monitor: Scraped
    rules: Monitored
    dashboards: Monitored


class Values(_Part):
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
