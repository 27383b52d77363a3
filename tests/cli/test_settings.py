"""A setting that nobody reads is an error: a misspelt one would leave a default in force."""

import pytest
from alert_router_local.process import Engine

from tests.adapters.test_sealing import NEW, text_of
from tests.cli.running import refused, run
from tests.conftest import url_of
from tests.e2e.system import command

pytestmark = pytest.mark.long


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("KAFKA__BOOTSTRAP", "KAFKA__BOOTSTRAP_SERVERS"),
        ("KAFAK__BOOTSTRAP_SERVERS", "KAFKA__BOOTSTRAP_SERVERS"),
        ("REDIS_URL", "REDIS__URL"),
        ("LOG_LEVLE", "LOG_LEVEL"),
    ],
)
async def test_a_misspelt_variable_is_named_with_the_one_that_was_meant(given: str, meant: str) -> None:
    done = await run("tenant", "list", **{given: "Private-value"})

    refused(done, 2, f"ALERT_ROUTER_{given}: unknown; did you mean ALERT_ROUTER_{meant}?")
    assert "Private-value" not in done.err


async def test_what_is_like_no_setting_is_unknown_too() -> None:
    refused(await run("tenant", "list", NONSENSE__KEY="1"), 2, "ALERT_ROUTER_NONSENSE__KEY: unknown", "settings.md")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SERVICE_HOST", "10.0.0.1"), ("PORT", "tcp://10.0.0.1:8080"), ("PORT_8080_TCP_PROTO", "tcp"),
        ("GATEWAY_SERVICE_PORT", "8080"), ("GATEWAY_PORT", "tcp://10.0.0.1:8080"), ("SECRET__ACME__SLACK", "x"),
        ("KAFKA__BOOTSTRAP_SERVRES", ""),
    ],
)  # fmt: skip
async def test_secrets_and_what_kubernetes_sets_for_services_are_left_alone(name: str, value: str) -> None:
    done = await run("tenant", "list", **{name: value})

    assert "unknown" not in done.err
    refused(done, 2, "ALERT_ROUTER_REDIS__URL is not set")


@pytest.mark.parametrize("role", ["gateway", "worker", "tenant list"])
async def test_a_node_of_a_cluster_is_refused_by_every_process_until_the_setting_is_there(
    cluster_valkey: Engine, role: str
) -> None:
    settings = {
        "REDIS__URL": url_of(cluster_valkey), "KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "GATEWAY__PORT": "0", "GATEWAY__OPERATIONS_PORT": "0", "SIGNING__KEY": text_of(NEW),
    }  # fmt: skip

    refused(await command(*role.split(), **settings), 2, "set ALERT_ROUTER_REDIS__CLUSTER=true")


async def test_a_single_server_is_refused_as_a_cluster(valkey: Engine) -> None:
    done = await run("tenant", "list", REDIS__URL=url_of(valkey), REDIS__CLUSTER="true")

    refused(done, 2, "ALERT_ROUTER_REDIS__CLUSTER", "does not belong to a cluster")


async def test_a_cluster_has_no_numbered_databases() -> None:
    done = await run("tenant", "list", REDIS__URL="redis://127.0.0.1:1/3", REDIS__CLUSTER="true")

    refused(done, 2, "ALERT_ROUTER_REDIS__URL", "databases")
