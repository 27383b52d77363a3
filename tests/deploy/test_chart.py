"""The Helm chart: its values, what is copied into it, and what Helm makes of its examples."""

import json
import os
import shutil
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from router.config.files import read_files
from router.settings import known_variables
from tests.deploy.cluster import refused
from tests.deploy.objects import of_kind, pod_of, pods, read
from tests.deploy.reading import PREFIX, TOP, document
from tools.chart.__main__ import DASHBOARDS
from tools.chart.rendering import CHART, EXAMPLES, KUBERNETES, NAMESPACE, RENDERED, examples, rendered
from tools.chart.settings import NOT_OF_THE_CHART, SET_BY_THE_CHART

Values = dict[str, Any]
DEFAULTS: Final[Values] = document("deploy/helm/alert-router/values.yaml")
BUILT: Final = TOP / ".helm/helm"


@cache
def helm() -> str:
    """Where it is; without it a test is skipped, or fails where that variable is set."""
    found = shutil.which("helm") or (str(BUILT) if BUILT.exists() else None)
    if found is None:
        missing = "helm is not installed: `make .helm/helm` builds it where Go is"
        if os.environ.get("CI_REQUIRES_HELM"):
            pytest.fail(missing)
        pytest.skip(missing)
    return found


def merged(below: Values, above: Values) -> Values:
    """As Helm puts a file of values over the chart's own."""
    both = {
        name: merged(below[name], value) if isinstance(value, dict) and isinstance(below.get(name), dict) else value
        for name, value in above.items()
    }
    return below | both


def values_of(example: str) -> Values:
    """The chart's own with the example's over them."""
    return merged(DEFAULTS, document(f"deploy/helm/values-examples/{example}.yaml"))


@cache
def schema() -> Draft7Validator:
    return Draft7Validator(json.loads((CHART / "values.schema.json").read_text(encoding="utf-8")))


def with_value(path: str, value: object) -> Values:
    """The minimal values with one more: the names of its path are joined by dots."""
    above: Any = value
    for name in reversed(path.split(".")):
        above = {name: above}
    return merged(values_of("minimal"), above)


def test_a_release_may_be_a_cell_and_says_where_all_of_them_are() -> None:
    cells = {"eu-1": {"url": "https://eu-1.example.com", "region": "eu"}, "us-1": {"url": "https://us-1.example.com"}}
    both = merged(with_value("settings.CELL", "eu-1"), with_value("settings.CELLS", cells))

    assert list(schema().iter_errors(both)) == []
    for wrong in (
        {"eu-1": {"region": "eu"}},
        {"eu-1": {"url": "https://eu-1.example.com", "regoin": "eu"}},
        ["eu-1"],
    ):
        assert list(schema().iter_errors(with_value("settings.CELLS", wrong))) != []


def test_it_is_the_version_of_the_package() -> None:
    chart = document("deploy/helm/alert-router/Chart.yaml")
    version = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

    assert chart["version"] == chart["appVersion"] == version
    assert pod_of(read(RENDERED / "minimal.yaml"), "worker").container["image"].endswith(f":{version}")


def test_each_example_is_rendered_and_nothing_else() -> None:
    assert sorted(path.stem for path in RENDERED.iterdir()) == examples()


@pytest.mark.parametrize("example", examples())
def test_the_schema_takes_the_values_of_an_example(example: str) -> None:
    schema().check_schema(schema().schema)

    assert [f"{one.json_path} {one.message}" for one in schema().iter_errors(values_of(example))] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("settings.KAFKA__BOOTSTRAP_SERVER", "kafka:9092"),
        ("settings.kafka", {"bootstrap_servers": "kafka:9092"}),
        ("settings.KAFKA__PARTITIONS", "many"),
        ("settings.KAFKA__PARTITIONS", 0),
        ("settings.LOG_LEVEL", "info"),
        ("settings.REDIS__URL", "redis://:secret@redis:6379/0"),
        ("settings.SIGNING__KEY", "secret"),
        ("gateway.settings.GATEWAY__PORT", 9000),
        ("worker.settings.KAFKA__INSTANCE_ID", "worker"),
        ("worker.replicas", 1),
        ("worker.autoscaling.minReplicas", 1),
        ("worker.redisUrl.name", ""),
        ("secrets.signing.name", ""),
        ("secrets.signing.value", "secret"),
        ("settings.POSTGRES__URL", "postgresql://ar_api:secret@postgres/alert_router"),
        ("record.projectorUrl.name", ""),
        ("record.replicas", 0),
        ("settings.TOKEN", "ark_secret"),
        ("control.settings.CONTROL__ACCESS_FILE", "access.yaml"),
        ("control.settings.CONTROL__ISSUERS_CA_FILE", "ca.crt"),
        ("control.redisUrl.name", ""),
        ("control.access", {"version": 1}),
        ("networkPolicy.callers", []),
        ("networkPolicy.issuers.to", []),
        ("secrets.tenants", [{"tenant": "Acme", "secret": "slack", "name": "acme", "key": "token"}]),
        ("networkPolicy.senders", []),
        ("networkPolicy.kafka.to", []),
        ("image.digest", "sha256:short"),
        ("settings.KAFKA__POOLS", ["gold"]),
        ("worker.settings.WORKER__POOL", "gold"),
        ("pools.Gold", {}),
        ("pools.shared", {}),
        ("pools.gold.replicas", 1),
        ("pools.gold.autoscaling.minReplicas", 1),
        ("pools.gold.tenants", ["acme"]),
        ("pools.gold.redisUrl.name", ""),
        ("topologySpread", "Never"),
        ("speck", True),
    ],
)
def test_the_schema_refuses_a_value_that_is_none(path: str, value: object) -> None:
    assert list(schema().iter_errors(with_value(path, value))), path


def test_every_setting_is_a_value_or_is_set_by_the_chart_or_of_no_use_in_the_image() -> None:
    definitions = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))["$defs"]
    offered = {f"{PREFIX}{name}" for name in definitions["ChartSettings"]["properties"]}
    others = {name for name in known_variables() if name.removeprefix(PREFIX).startswith(NOT_OF_THE_CHART)}

    assert offered | {f"{PREFIX}{name}" for name in SET_BY_THE_CHART} | others == known_variables()
    assert not offered & {f"{PREFIX}{name}" for name in SET_BY_THE_CHART}


@pytest.mark.parametrize("example", examples())
def test_each_secret_that_is_given_is_one_that_the_values_name(example: str) -> None:
    values = values_of(example)
    record = values["record"]
    roles = {
        "gateway": values["gateway"], "worker": values["worker"], "tenant": values["tenants"],
        "projector": record, "migrate": record, "control": values["control"],
    }  # fmt: skip
    common = values["secrets"]["signing"], values["trust"]["kafka"], values["trust"]["redis"]
    for pod in pods(read(RENDERED / f"{example}.yaml")):
        own = merged(roles[pod.role], values["pools"].get(pod.pool, {}))
        named = [*common, own["redisUrl"], own.get("kafkaPassword")]
        if pod.role in {"gateway", "worker"}:
            named += [values["secrets"]["operatorChannel"], values["tenantKeys"]["key"], values["trust"]["transit"]]
        if pod.role in {"worker", "tenant", "control"}:
            named.append(values["secrets"]["sealing"])
        if pod.role == "control":
            named += [record["url"], record["sealingKey"], own["auditorUrl"]]
            named += [values["trust"]["postgres"], values["trust"]["issuers"]]
        if pod.role == "migrate":
            named = [record["migratorUrl"], values["trust"]["postgres"]]
        if pod.role == "projector":
            named += [record["projectorUrl"], record["auditKey"], values["trust"]["postgres"]]
        if pod.role == "tenant" and record["enabled"]:
            named += [record["url"], record["sealingKey"], values["trust"]["postgres"]]
        if pod.role == "worker":
            named += [one for one in values["secrets"]["tenants"] if one.get("pool", "shared") == pod.pool]
            named.append(values["tenantKeys"]["senderKey"])
        wanted = {(one["name"], one["key"]) for one in named if one and one["name"]}
        if pod.role == "gateway" and (tls := own["tls"]["name"]):
            client = own["tls"]["clientCa"]
            wanted |= {(tls, "tls.crt"), (tls, "tls.key")} | (
                {(client["name"], client["key"])} if client["name"] else set()
            )

        assert pod.secrets == wanted


def test_the_rules_are_those_that_are_tested() -> None:
    made = rendered(helm(), "production", CHART, "--set", "monitoring.rules.enabled=true")
    things = list(YAML(typ="safe", pure=True).load_all(made))
    rules = {one["metadata"]["name"].removeprefix("alert-router-"): one for one in of_kind(things, "PrometheusRule")}

    assert rules.keys() == {"alert-router", "slo"}
    for name, rule in rules.items():
        assert refused(rule, KUBERNETES) == []
        assert rule["spec"] == document(f"deploy/prometheus/{name}.yml")


def test_the_dashboards_are_those_of_grafana(tmp_path: Path) -> None:
    chart = shutil.copytree(CHART, tmp_path / "alert-router")
    (chart / "dashboards").mkdir(exist_ok=True)
    (chart / "dashboards/one.json").write_text('{"title": "{{ of no template }}"}\n', encoding="utf-8")
    made = rendered(helm(), "production", chart, "--set", "monitoring.dashboards.enabled=true")
    things = list(YAML(typ="safe", pure=True).load_all(made))
    maps = [one for one in of_kind(things, "ConfigMap") if "grafana_dashboard" in one["metadata"]["labels"]]

    assert {name for one in maps for name in one["data"]} == {
        "one.json",
        *(one.name for one in DASHBOARDS.glob("*.json")),
    }
    assert '{"title": "{{ of no template }}"}\n' in [text for one in maps for text in one["data"].values()]


def test_tenants_files_are_whole(tmp_path: Path) -> None:
    for name, text in values_of("production")["tenants"]["files"].items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    assert [file.document.tenant for file in read_files([tmp_path])] == ["acme"]


def test_the_examples_show_all_that_there_is() -> None:
    kinds = {example: {one["kind"] for one in read(RENDERED / f"{example}.yaml")} for example in examples()}

    commands = {
        " ".join(pod.command[:2]) for one in ("record", "control") for pod in pods(read(RENDERED / f"{one}.yaml"))
    }

    assert commands == {"control migrate", "control serve", "gateway", "projector", "tenant apply", "worker"}
    assert {"ScaledObject", "ServiceMonitor", "Ingress", "Job"} <= kinds["production"]
    assert {"ConfigMap", "Ingress", "ServiceMonitor"} <= kinds["control"]
    assert not {"ScaledObject", "ServiceMonitor", "Ingress", "Job"} & kinds["minimal"]


@pytest.mark.parametrize("example", examples())
def test_helm_makes_of_an_example_what_is_committed(example: str) -> None:
    assert rendered(helm(), example) == (RENDERED / f"{example}.yaml").read_text(encoding="utf-8"), "make chart"


@pytest.mark.parametrize("example", examples())
def test_helm_finds_nothing_wrong_with_the_chart(example: str) -> None:
    words = [
        helm(),
        "lint",
        "--strict",
        "--kube-version",
        KUBERNETES,
        str(CHART),
        "--values",
        str(EXAMPLES / f"{example}.yaml"),
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        ("settings.KAFKA__BOOTSTRAP_SERVERS", "", "settings.KAFKA__BOOTSTRAP_SERVERS is wanted"),
        ("settings.KAFKA__BOOTSTRAP_SERVERS", "kafka:9092", "networkPolicy.kafka.ports has no 9092"),
        ("settings.KAFKA__SECURITY_PROTOCOL", "SASL_SSL", "kafkaPassword.name is wanted"),
        ("worker.settings.WORKER__DRAIN_S", "60", "terminationGracePeriodSeconds is below"),
        ("worker.autoscaling.enabled", "true", "worker.autoscaling.serverAddress is wanted"),
        ("pools.gold.autoscaling.enabled", "true", "pools.gold.autoscaling.serverAddress is wanted"),
        ("pools.gold.settings.WORKER__DRAIN_S", "60", "pools.gold.terminationGracePeriodSeconds is below"),
        ("pools.shared.replicas", "3", "/pools/shared"),
        (f"fullnameOverride=alert-routers,pools.{'g' * 32}.replicas", "3", "is longer than 52 characters"),
        ("secrets.tenants[0].tenant=acme,secrets.tenants[0].secret=slack,secrets.tenants[0].name=acme,"
         "secrets.tenants[0].key=token,secrets.tenants[0].pool", "gold", "the pool gold, which is not among pools"),
        ("gateway.autoscaling.minReplicas", "9", "maxReplicas is below minReplicas"),
        ("gateway.ingress.enabled", "true", "gateway.ingress.host is wanted"),
        ("worker.replicas", "1", "/worker/replicas"),
        ("tenantKeys.transit.url", "https://openbao:8443", "networkPolicy.transit.ports has no 8443"),
        ("tenantKeys.transit.url", "https://openbao:8200/v1", "/tenantKeys/transit/url"),
        ("tenantKeys.senderKey.name", "senders", "tenantKeys.senderKey wants tenantKeys.key"),
        ("tenantKeys.awsKms.key", "alias/alert-router", "tenantKeys.awsKms.region is wanted"),
        ("tenantKeys.awsKms.workerRole", "alert-router-worker", "/tenantKeys/awsKms/workerRole"),
        ("record.migratorUrl.name", "", "/record/migratorUrl/name"),
        ("settings.REDIS__URL", "redis://redis:6379", "REDIS__URL"),
        ("control.enabled", "true", "control.enabled wants record.enabled"),
        ("record.enabled=true,control.enabled=true,control.ingress.enabled", "true", "control.ingress.tlsSecret is"),
        (
            "record.enabled=true,control.enabled=true,control.settings.KAFKA__SECURITY_PROTOCOL",
            "SASL_SSL", "control.kafkaPassword.name is wanted",
        ),
    ],
)  # fmt: skip
def test_helm_refuses_what_would_not_work_and_says_why(path: str, value: str, why: str) -> None:
    words = [helm(), "template", "alert-router", str(CHART), "--values", str(EXAMPLES / "minimal.yaml")]
    words += ["--kube-version", KUBERNETES, "--set", f"{path}={value}"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode != 0
    assert why in done.stderr


def notes(example: str, tmp_path: Path) -> str:
    """Helm prints them on a cluster alone: here they are made an object of a copy of the chart."""
    chart = shutil.copytree(CHART, tmp_path / "alert-router")
    notes = (chart / "templates/NOTES.txt").read_text(encoding="utf-8")
    (chart / "templates/_notes.tpl").write_text('{{ define "notes" }}' + notes + "{{ end }}", encoding="utf-8")
    text = '{apiVersion: v1, kind: Notes, metadata: {name: notes}, text: {{ include "notes" . | toJson }}}'
    (chart / "templates/notes.yaml").write_text(text, encoding="utf-8")

    made = rendered(helm(), example, chart)

    [found] = [one for one in YAML(typ="safe", pure=True).load_all(made) if one["kind"] == "Notes"]
    return str(found["text"])


def test_the_notes_of_an_installation_have_where_senders_go(tmp_path: Path) -> None:
    found = notes("production", tmp_path)

    assert f"http://alert-router-gateway.{NAMESPACE}:80/v1/tenants/TENANT/alerts" in found
    assert "https://alerts.example.com/v1/tenants/TENANT/alerts" in found
    assert "acme.yaml" in found
    assert "Control API" not in found


def test_the_notes_have_where_people_change_what_is_configured(tmp_path: Path) -> None:
    found = notes("control", tmp_path)

    assert f"http://alert-router-control.{NAMESPACE}:80/control/v1" in found
    assert "ALERT_ROUTER_SERVER=https://control.example.com" in found
    assert "control.access" not in found
