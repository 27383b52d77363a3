"""A setting that nobody reads is an error: a misspelt one would leave a default in force."""

import pytest

from tests.cli.running import refused, run


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
