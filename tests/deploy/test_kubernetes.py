"""The StatefulSet of workers and the code say the same: variables, port, probes, user, time to stop."""

from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from ruamel.yaml import YAML
from typer.main import get_command

from router.cli.commands import app
from router.http.operations import operations
from router.observe.metrics import Metrics
from router.settings import Settings, known_variables
from tests.deploy.reading import TOP, ours


@pytest.fixture(scope="module")
def pod() -> dict[str, Any]:
    text = (TOP / "deploy/kubernetes/worker.yaml").read_text(encoding="utf-8")
    [stateful] = [one for one in YAML(typ="safe", pure=True).load_all(text) if one["kind"] == "StatefulSet"]
    spec: dict[str, Any] = stateful["spec"]["template"]["spec"]
    return spec


@pytest.fixture(scope="module")
def worker(pod: dict[str, Any]) -> dict[str, Any]:
    [container] = pod["containers"]
    found: dict[str, Any] = container
    return found


def test_each_worker_is_named_as_its_pod_and_every_variable_is_a_setting(worker: dict[str, Any]) -> None:
    variables = {one["name"]: one for one in worker["env"]}

    assert variables.keys() <= known_variables()
    assert variables["ALERT_ROUTER_KAFKA__INSTANCE_ID"]["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"
    assert variables["ALERT_ROUTER_KAFKA__UNSIGNED"]["value"] == "bound-only"


def test_it_runs_a_command_that_exists_and_is_asked_where_it_answers(worker: dict[str, Any]) -> None:
    [command] = worker["args"]
    [port] = worker["ports"]
    paths = {getattr(route, "path", "") for route in operations({}, Metrics(CollectorRegistry())).routes}

    assert command in get_command(app).commands  # type: ignore[attr-defined]  # a group, which typer does not say
    assert port["containerPort"] == Settings().worker.port
    for probe in ("livenessProbe", "readinessProbe"):
        assert worker[probe]["httpGet"]["port"] == port["name"]
        assert worker[probe]["httpGet"]["path"] in paths


def test_it_has_more_time_to_stop_than_it_takes(pod: dict[str, Any]) -> None:
    assert pod["terminationGracePeriodSeconds"] > Settings().worker.drain_s
    assert f"{pod['terminationGracePeriodSeconds']}s" == ours()["worker"]["stop_grace_period"]
