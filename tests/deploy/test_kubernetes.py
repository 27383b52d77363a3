"""What runs in a cluster and the code say the same: the chart's rendered examples, and the Kustomize files."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest
from botocore.credentials import AssumeRoleWithWebIdentityProvider
from prometheus_client import CollectorRegistry
from ruamel.yaml import YAML
from typer.main import get_command

from router.cli.commands import app
from router.control.access.compiling import compile_access
from router.control.access.reading import read_access
from router.control.isolation.in_force import isolation_in_force
from router.control.isolation.reading import Given
from router.http.operations import operations
from router.observe.metrics import Metrics
from router.settings import Settings, known_variables, read_settings
from tests.deploy.cluster import VERSIONS, refused
from tests.deploy.objects import (
    HELM,
    KUSTOMIZE,
    Pod,
    Thing,
    kustomized,
    of_kind,
    pod_of,
    pods,
    read,
    selected,
    with_variables,
    workers,
)
from tests.deploy.reading import PREFIX, TOP, image

SOURCES: Final[dict[str, Callable[[], list[Thing]]]] = {
    **{path.stem: partial(read, path) for path in sorted(HELM.glob("rendered/*.yaml"))},
    "kustomize": kustomized,
    "kustomize with components": partial(kustomized, "keda", "monitoring"),
    "kustomize with a pool": partial(kustomized, "pool", "pool-keda", "monitoring"),
    "kustomize with transit": partial(kustomized, "transit"),
    "kustomize with record": partial(kustomized, "record"),
    "kustomize with control": partial(kustomized, "record", "control", "monitoring"),
}
ROLES: Final = ("gateway", "worker")
WORKERS: Final = ("alert-router-worker", "alert-router-worker-gold")
OTHERS: Final = ("projector", "control")
"""Where there is a record."""
_HTTP_GRACE_S: Final = 5
_FLUSH_S: Final = 5
_OF_A_TENANT: Final = f"{PREFIX}SECRET_FILE__"
_OF_AWS: Final = set(AssumeRoleWithWebIdentityProvider._CONFIG_TO_ENV_VAR.values())
"""By what botocore takes a role."""
_PROBES: Final = {"startupProbe": "/live", "livenessProbe": "/live", "readinessProbe": "/ready"}
_ANSWERS_UNREADY: Final = _PROBES | {"startupProbe": "/ready", "readinessProbe": "/live"}
"""Of the control API: once it has reached the record it answers also while that is away, with when to come again."""
_SECRET: Final = re.compile(r"(URL|PASSWORD|TOKEN|__KEY)$")
_OTHERS: Final = {f"{PREFIX}SLACK__BASE_URL", f"{PREFIX}GATEWAY__TLS_KEY", f"{PREFIX}TRANSIT__URL"}
"""What ends like a secret and is an address, or a file."""


@pytest.fixture(scope="module", params=SOURCES)
def things(request: pytest.FixtureRequest) -> list[Thing]:
    return with_variables(SOURCES[request.param]())


def settings_of(pod: Pod, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """As the process in it would read them."""
    image_sets = dict(word.split("=", 1) for one in image("ENV") for word in one.words)
    for name, value in (image_sets | pod.environment()).items():
        if name.startswith(PREFIX):
            monkeypatch.setenv(name, value)
    return read_settings()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_cluster_takes_every_object(things: list[Thing], version: str) -> None:
    found = {f"{one['kind']} {one['metadata']['name']}": refused(one, version) for one in things}

    assert found
    assert {name: why for name, why in found.items() if why} == {}


def test_what_a_cluster_does_not_know_is_noticed(things: list[Thing]) -> None:
    for one in things:
        assert refused({**one, "speck": {}}, VERSIONS[-1]), one["kind"]


def test_the_settings_of_each_process_are_taken_and_no_variable_is_unknown(
    things: list[Thing], monkeypatch: pytest.MonkeyPatch
) -> None:
    for pod in pods(things):
        names = [one["name"] for one in pod.variables]
        unknown = {name for name in names if not name.startswith(_OF_A_TENANT)} - known_variables() - _OF_AWS

        assert unknown == set()
        assert len(names) == len(set(names))
        with monkeypatch.context() as process:
            settings = settings_of(pod, process)
        assert settings.kafka.bootstrap_servers
        assert settings.redis.url or pod.role == "migrate"
        assert settings.kafka.unsigned == "bound-only"
        assert (
            settings.kafka.sasl_password
            or not settings.kafka.security_protocol.startswith("SASL")
            or (pod.role not in {*ROLES, *OTHERS})
        )
        assert settings.postgres.url or pod.role != "control"


def test_secrets_are_secrets_of_the_cluster_and_only_tenants_are_named_in_variables_of_workers(
    things: list[Thing],
) -> None:
    assert of_kind(things, "Secret") == []
    for pod in pods(things):
        for one in pod.variables:
            if (
                _SECRET.search(one["name"])
                and not one["name"].startswith(_OF_A_TENANT)
                and one["name"] not in _OTHERS
            ):
                assert "secretKeyRef" in one["valueFrom"], one["name"]
            assert not one["name"].startswith(_OF_A_TENANT) or pod.role == "worker"
        assert (f"{PREFIX}SECRETS__KEY_FILE" in pod.environment()) == (pod.role in {"worker", "tenant", "control"})


def test_each_file_that_a_variable_names_is_mounted_and_each_that_is_mounted_is_named(things: list[Thing]) -> None:
    for pod in pods(things):
        named = {one for one in pod.environment().values() if one.startswith("/")}

        assert named == pod.files - {f"/etc/alert-router/trust/{one}.pem" for one in ("redis", "postgres")}
        assert pod.texts <= {
            (one["metadata"]["name"], key) for one in of_kind(things, "ConfigMap") for key in one["data"]
        }


def test_each_command_is_one_of_the_command_line(things: list[Thing]) -> None:
    for pod in pods(things):
        command: Any = get_command(app)
        words = list(pod.command)
        while hasattr(command, "commands"):
            assert words[0] in command.commands
            command = command.commands[words.pop(0)]
        assert command.make_context(pod.role, words).params is not None


def test_every_process_is_asked_where_it_answers(things: list[Thing], monkeypatch: pytest.MonkeyPatch) -> None:
    paths = {getattr(route, "path", "") for route in operations({}, Metrics(CollectorRegistry())).routes}
    for pod in [one for one in pods(things) if one.role in {*ROLES, *OTHERS}]:
        with monkeypatch.context() as process:
            settings = settings_of(pod, process)
        ports, host = {
            "gateway": (
                {"alerts": settings.gateway.port, "operations": settings.gateway.operations_port},
                settings.gateway.host,
            ),
            "worker": ({"operations": settings.worker.port}, settings.worker.host),
            "projector": ({"operations": settings.projector.port}, settings.projector.host),
            "control": (
                {"api": settings.control.port, "operations": settings.control.operations_port},
                settings.control.host,
            ),
        }[pod.role]

        assert (pod.ports, host) == (ports, "0.0.0.0")
        for probe, path in (_ANSWERS_UNREADY if pod.role == "control" else _PROBES).items():
            assert pod.container[probe]["httpGet"] == {"path": path, "port": "operations"}
            assert path in paths


def test_each_process_has_more_time_to_stop_than_it_takes(
    things: list[Thing], monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = pod_of(things, "gateway")
    before = int(gateway.container["lifecycle"]["preStop"]["exec"]["command"][1])

    assert gateway.spec["terminationGracePeriodSeconds"] > before + 2 * _HTTP_GRACE_S + _FLUSH_S
    for worker in workers(things):
        with monkeypatch.context() as process:
            drain_s = settings_of(worker, process).worker.drain_s
        assert worker.spec["terminationGracePeriodSeconds"] >= 2 * drain_s + _HTTP_GRACE_S + _FLUSH_S


def test_each_worker_is_named_as_its_pod(things: list[Thing]) -> None:
    for worker in workers(things):
        [named] = [one for one in worker.variables if one["name"] == f"{PREFIX}KAFKA__INSTANCE_ID"]

        assert worker.workload["kind"] == "StatefulSet"
        assert named["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"


def test_each_pool_has_workers_of_its_own_and_every_process_knows_all_pools(
    things: list[Thing], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {worker.pool: worker for worker in workers(things)}

    assert len(found) == len(workers(things))
    for pod in pods(things):
        with monkeypatch.context() as process:
            settings = settings_of(pod, process)
        assert {"shared", *settings.kafka.pools} == found.keys()
        assert (settings.worker.pool or "shared") == (pod.pool or "shared")
    labels = [one["metadata"]["labels"] for one in of_kind(things, "Service")]
    assert {one["alert-router/pool"] for one in labels if "alert-router/pool" in one} == found.keys()


def test_nothing_in_it_has_more_rights_than_it_needs(things: list[Thing]) -> None:
    """The restricted standard of Kubernetes, and a root that cannot be written."""
    [user] = {int(one.text.split(":")[0]) for one in image("USER")}
    for pod in pods(things):
        assert pod.spec["securityContext"]["runAsNonRoot"] is True
        assert pod.spec["securityContext"]["runAsUser"] == user
        assert pod.spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod.container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert pod.spec["automountServiceAccountToken"] is False
        assert pod.spec["enableServiceLinks"] is False
        assert {one["mountPath"] for one in pod.container["volumeMounts"] if not one.get("readOnly")} == {"/tmp"}
        assert [one["projected"]["defaultMode"] for one in pod.spec["volumes"] if "projected" in one] == (
            [0o440] if pod.files else []
        )


def test_a_rollout_takes_away_no_gateway_before_another_is_ready_and_one_worker_at_a_time(
    things: list[Thing],
) -> None:
    gateway = pod_of(things, "gateway").workload

    assert gateway["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    for worker in workers(things):
        assert worker.workload["spec"]["updateStrategy"] == {"type": "RollingUpdate"}


def test_there_are_never_less_than_two_workers_of_a_pool(things: list[Thing]) -> None:
    scaled = {one["spec"]["scaleTargetRef"]["name"]: one["spec"] for one in of_kind(things, "ScaledObject")}

    assert scaled.keys() <= {worker.workload["metadata"]["name"] for worker in workers(things)}
    for worker in workers(things):
        own = worker.workload["spec"]
        assert own.get("replicas", 2) >= 2
        assert ("replicas" in own) != (worker.workload["metadata"]["name"] in scaled)
    for one in scaled.values():
        assert one["minReplicaCount"] >= 2
        behavior = one["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
        assert behavior["scaleDown"]["stabilizationWindowSeconds"] == 300
        assert [policy["value"] for policy in behavior["scaleDown"]["policies"]] == [1]


def test_what_selects_selects_what_is_there(things: list[Thing]) -> None:
    names = {(pod.workload["kind"], pod.workload["metadata"]["name"]) for pod in pods(things)}
    for service in of_kind(things, "Service"):
        [pod] = selected(service["spec"]["selector"], things)
        assert {one["targetPort"] for one in service["spec"]["ports"]} <= pod.ports.keys()
        if service["spec"].get("clusterIP") == "None":
            assert {one["name"]: one["port"] for one in service["spec"]["ports"]}.items() <= pod.ports.items()
    for budget in of_kind(things, "PodDisruptionBudget"):
        assert len(list(selected(budget["spec"]["selector"]["matchLabels"], things))) == 1
    for scaler in [*of_kind(things, "HorizontalPodAutoscaler"), *of_kind(things, "ScaledObject")]:
        target = scaler["spec"]["scaleTargetRef"]
        assert (target["kind"], target["name"]) in names
    for pod in pods(things):
        for spread in pod.spec.get("topologySpreadConstraints", []):
            assert list(selected(spread["labelSelector"]["matchLabels"], things)) == [pod]


def test_a_service_monitor_finds_the_metrics_of_each_role(things: list[Thing]) -> None:
    for monitor in of_kind(things, "ServiceMonitor"):
        labels = monitor["spec"]["selector"]["matchLabels"]
        found = [one for one in of_kind(things, "Service") if labels.items() <= one["metadata"]["labels"].items()]
        [endpoint] = monitor["spec"]["endpoints"]

        assert endpoint["path"] == "/metrics"
        asked = [pod for pod in pods(things) if "operations" in pod.ports]
        assert [[port["name"] for port in one["spec"]["ports"]] for one in found] == [[endpoint["port"]]] * len(asked)
        read = [pod for one in found for pod in selected(one["spec"]["selector"], things)]
        assert sorted(map(named, read)) == sorted(map(named, asked))
        assert {pod.role for pod in asked} >= set(ROLES)
        assert "alert-router/pool" in monitor["spec"]["targetLabels"], "by which metrics of pools are kept apart"


def named(pod: Pod) -> str:
    return str(pod.workload["metadata"]["name"])


def test_workers_are_scaled_by_metrics_that_they_have(things: list[Thing]) -> None:
    registry = CollectorRegistry()
    Metrics(registry)
    measured = {one.name for one in registry.collect()}
    services = {one["metadata"]["name"] for one in of_kind(things, "Service")}
    for scaled in of_kind(things, "ScaledObject"):
        queries = [one["metadata"]["query"] for one in scaled["spec"]["triggers"]]

        assert {re.findall(r"alert_router_\w+", one)[0] for one in queries} == {
            "alert_router_ingest_lag_records", "alert_router_oldest_due_seconds",
        }  # fmt: skip
        assert {re.findall(r"alert_router_\w+", one)[0] for one in queries} <= measured
        assert {re.findall(r'service="([^"]+)"', one)[0] for one in queries} <= services
        assert {re.findall(r'service="([^"]+)"', one)[0] for one in queries} == {
            scaled["spec"]["scaleTargetRef"]["name"]
        }, "a pool by its own"


def test_nothing_goes_in_or_out_but_what_the_flow_needs(things: list[Thing], monkeypatch: pytest.MonkeyPatch) -> None:
    policies = [one["spec"] for one in of_kind(things, "NetworkPolicy")]
    if not policies:
        return
    nothing = [one for one in policies if "ingress" not in one and "egress" not in one]
    assert [{pod.command[0] for pod in selected(one["podSelector"]["matchLabels"], things)} for one in nothing] == [
        {pod.command[0] for pod in pods(things)}
    ]
    for pod in pods(things):
        own = [one for one in policies if one["podSelector"]["matchLabels"].items() <= pod.labels.items()]
        inward = {port["port"] for one in own for rule in one.get("ingress", []) for port in rule["ports"]}
        outward = {port["port"] for one in own for rule in one.get("egress", []) for port in rule["ports"]}
        with monkeypatch.context() as process:
            servers = str(settings_of(pod, process).kafka.bootstrap_servers)

        assert inward == set(pod.ports)
        assert {53, 6379} <= outward
        signs = f"{PREFIX}AUDIT__KEY_FILE" in pod.environment()
        assert ({int(one.rpartition(":")[2]) for one in servers.split(",")} <= outward) == (
            pod.role in {*ROLES, "control"} or signs
        )
        assert (5432 in outward) == any("POSTGRES__" in name for name in pod.environment())
        assert (8200 in outward) == (f"{PREFIX}TRANSIT__URL" in pod.environment())
        traces = pod.role in ROLES and f"{PREFIX}TRACING__ENDPOINT" in pod.environment()
        assert (4318 in outward) == traces
        assert (443 in outward) == (pod.role in {"worker", "control"} or f"{PREFIX}AWS_KMS__ID" in pod.environment())
    for rule in [rule for one in policies for way in ("ingress", "egress") for rule in one.get(way, [])]:
        peers = rule.get("from") or rule.get("to")
        assert peers
        assert "app.kubernetes.io/name" not in str(peers), "a peer is not one of us: Kustomize adds labels there too"


def test_the_memory_of_a_gateway_holds_the_bodies_that_it_takes(
    things: list[Thing], monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = pod_of(things, "gateway")
    limit = gateway.container["resources"]["limits"]["memory"]
    with monkeypatch.context() as process:
        bodies = settings_of(gateway, process).gateway.bodies_in_hand

    assert int(limit.removesuffix("Mi")) * 1024 * 1024 >= 2 * bodies + 128 * 1024 * 1024


def test_kustomize_files_are_as_the_chart_with_few_values() -> None:
    """But for labels, and for settings that come out of a ConfigMap."""
    ours, chart = with_variables(kustomized()), read(HELM / "rendered/minimal.yaml")
    for role in ROLES:
        own, other = pod_of(ours, role), pod_of(chart, role)
        assert own.environment() == other.environment()
        assert own.secrets == other.secrets
        for pod in (own, other):
            for spread in pod.spec["topologySpreadConstraints"]:
                del spread["labelSelector"]
            for key in ("env", "image"):
                del pod.container[key]
        assert own.spec == other.spec
    for kind in ("NetworkPolicy", "PodDisruptionBudget", "HorizontalPodAutoscaler", "Service"):
        assert _specs(ours, kind) == _specs(chart, kind)


def test_the_workers_of_a_pool_are_as_those_of_the_shared_one_but_for_names_and_the_login() -> None:
    things = kustomized("pool", "pool-keda", "keda")
    shared, gold = ([one for one in things if one["metadata"]["name"] == name] for name in WORKERS)
    text = (
        json.dumps(gold).replace(WORKERS[1], WORKERS[0]).replace('component": "worker-gold"', 'component": "worker"')
    )
    text = text.replace("gold-redis-url", "worker-redis-url").replace('pool": "gold"', 'pool": "shared"')
    as_shared = json.loads(text.replace('{"name": "ALERT_ROUTER_WORKER__POOL", "value": "gold"}, ', ""))

    assert "gold" not in str(as_shared)
    assert sorted(as_shared, key=str) == sorted(shared, key=str)


def test_the_component_of_transit_is_as_the_chart_with_its_address() -> None:
    ours, chart = with_variables(kustomized("transit")), read(HELM / "rendered/transit.yaml")
    for role in ROLES:
        own, other = pod_of(ours, role), pod_of(chart, role)
        assert own.environment() == other.environment()
        assert (own.secrets, own.files, own.audiences) == (other.secrets, other.files, other.audiences)


def test_whoever_reaches_transit_logs_in_by_a_token_for_its_own_role_alone() -> None:
    for things in (with_variables(kustomized("transit")), read(HELM / "rendered/transit.yaml")):
        shown = {pod.role: pod for pod in pods(things) if pod.audiences}

        assert shown.keys() == set(ROLES)
        for role, pod in shown.items():
            variables = pod.environment()
            assert pod.audiences == [variables[f"{PREFIX}TRANSIT__ROLE"]] == [f"alert-router-{role}"]
            assert variables[f"{PREFIX}TRANSIT__CREDENTIAL_FILE"] in pod.files
            assert (TOP / f"deploy/openbao/{pod.audiences[0]}.hcl").exists()


def test_whoever_asks_aws_kms_takes_a_role_by_a_token_for_its_own_alone() -> None:
    shown = {pod.role: pod for pod in pods(read(HELM / "rendered/aws-kms.yaml")) if pod.audiences}

    assert shown.keys() == set(ROLES)
    for role, pod in shown.items():
        variables = pod.environment()
        assert pod.audiences == [f"alert-router-{role}"]
        assert str(variables["AWS_ROLE_ARN"]).endswith(f"role/alert-router-{role}")
        assert variables["AWS_WEB_IDENTITY_TOKEN_FILE"] in pod.files
        assert variables[f"{PREFIX}SEALING__SERVICE"] == "aws-kms"
        assert (TOP / f"deploy/aws-kms/alert-router-{role}.json").exists()


def test_what_opens_bodies_that_senders_have_sealed_is_given_to_workers_alone() -> None:
    things = read(HELM / "rendered/production.yaml")
    named = {pod.role: pod.environment().keys() for pod in pods(things)}

    assert {role for role in named if f"{PREFIX}SEALING__KEY_FILE" in named[role]} == set(ROLES)
    assert {role for role in named if f"{PREFIX}SEALING__SENDER_KEY_FILE" in named[role]} == {"worker"}


@pytest.mark.parametrize("role", [*OTHERS, "migrate"])
def test_the_components_of_the_record_are_as_the_chart_with_few_values(role: str) -> None:
    ours, chart = with_variables(kustomized("record", "control")), read(HELM / "rendered/control-minimal.yaml")
    own, other = pod_of(ours, role), pod_of(chart, role)

    assert own.environment() == other.environment()
    assert (own.secrets, own.texts, own.labels["alert-router/record"]) == (other.secrets, other.texts, "true")
    for pod in (own, other):
        for spread in pod.spec.get("topologySpreadConstraints", []):
            del spread["labelSelector"]
        for key in ("env", "image"):
            del pod.container[key]
    assert own.spec == other.spec


def test_the_objects_of_the_record_are_as_the_chart_with_few_values() -> None:
    ours, chart = kustomized("record", "control"), read(HELM / "rendered/control-minimal.yaml")

    for kind in ("NetworkPolicy", "PodDisruptionBudget", "HorizontalPodAutoscaler", "Service"):
        assert _specs(ours, kind) == _specs(chart, kind)
    assert _documents(ours) == _documents(chart)


def _documents(things: list[Thing]) -> list[Any]:
    texts = [one["data"]["access.yaml"] for one in of_kind(things, "ConfigMap") if "access.yaml" in one["data"]]
    return [YAML(typ="safe", pure=True).load(one) for one in texts]


def test_the_documents_that_the_control_api_is_given_have_no_mistake(things: list[Thing]) -> None:
    for pod in [one for one in pods(things) if one.role == "control"]:
        maps = {one["metadata"]["name"]: one["data"] for one in of_kind(things, "ConfigMap")}
        texts = {key: maps[name][key] for name, key in pod.texts}

        assert compile_access(read_access(texts["access.yaml"], "access.yaml")).bindings
        if "isolation.yaml" in texts:
            bound = json.loads(pod.environment()[f"{PREFIX}KAFKA__BOUND_TOPICS"])
            pools = json.loads(pod.environment().get(f"{PREFIX}KAFKA__POOLS", "[]"))
            found = isolation_in_force(texts["isolation.yaml"], "isolation.yaml", Given(bound, pools))
            assert found.text == texts["isolation.yaml"]


def _specs(things: list[Thing], kind: str) -> dict[str, Thing]:
    """Those of a kind by name, without what selects pods of ours."""
    others = {"podSelector", "selector"}
    return {
        one["metadata"]["name"]: {key: value for key, value in one["spec"].items() if key not in others}
        for one in of_kind(things, kind)
    }


def test_kustomize_makes_of_the_example_what_can_be_read_without_it() -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed")
    words = [kubectl, "kustomize", str(KUSTOMIZE / "overlays/example")]
    made = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout
    things = list(YAML(typ="safe", pure=True).load_all(made))
    expected = kustomized("keda", "monitoring")

    assert {
        (one["kind"], one["metadata"]["name"].partition("-2")[0]) for one in things if one["kind"] != "ConfigMap"
    } == {(one["kind"], one["metadata"]["name"]) for one in expected if one["kind"] != "ConfigMap"}
    for role in ROLES:
        own, other = pod_of(with_variables(things), role), pod_of(with_variables(expected), role)
        assert own.environment().keys() == other.environment().keys()
        assert own.container["image"].startswith("registry.example.com/alert-router:")
        assert "replicas" not in own.workload["spec"]
