"""`alert-router tenant upstream`: what it prints is what Alertmanager reads, and asks nothing of any engine."""

import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.cli.running import refused, run


def parsed(text: str) -> Any:
    """As a YAML parser reads it."""
    return YAML(typ="safe", pure=True).load(text)


def uncommented(text: str) -> str:
    """What the comments say to set on the route."""
    lines = text.partition("# route:\n")[2].splitlines()
    return "route:\n" + "\n".join(line.removeprefix("# ") for line in lines if line.startswith("#   "))


async def test_the_receiver_has_all_that_the_gateway_needs_and_nothing_else() -> None:
    done = await run("upstream", "acme")

    assert (done.code, done.err) == (0, "")
    assert parsed(done.out) == {
        "receivers": [
            {
                "name": "alert-router-acme",
                "webhook_configs": [
                    {
                        "url": "http://gateway:8080/v1/tenants/acme/alerts",
                        "send_resolved": True,
                        "max_alerts": 0,
                        "http_config": {
                            "authorization": {"type": "Bearer", "credentials_file": "/etc/alertmanager/acme.token"}
                        },
                    }
                ],
            }
        ]
    }


async def test_the_comments_are_a_route_to_it_within_the_contract_with_reasons() -> None:
    done = await run("upstream", "acme")

    assert parsed(uncommented(done.out)) == {
        "route": {"receiver": "alert-router-acme", "group_interval": "30s", "repeat_interval": "4h"}
    }
    assert re.search(r"group_interval: 30s +# 10s to 1m: ", done.out)
    assert re.search(r"repeat_interval: 4h +# at most 4h: ", done.out)
    assert "alert-router token create acme > acme.token" in done.out


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://alerts.example.com", "https://alerts.example.com/v1/tenants/a-1/alerts"),
        ("http://10.0.0.1:8080/", "http://10.0.0.1:8080/v1/tenants/a-1/alerts"),
        ("http://[::1]:8080", "http://[::1]:8080/v1/tenants/a-1/alerts"),
        ("https://example.com/alert-router/", "https://example.com/alert-router/v1/tenants/a-1/alerts"),
    ],
)
async def test_the_address_may_be_any_gateways(url: str, expected: str) -> None:
    done = await run("upstream", "a-1", "--url", url)

    assert parsed(done.out)["receivers"][0]["webhook_configs"][0]["url"] == expected


@pytest.mark.parametrize(
    "path", ["/run/secrets/acme", "C:\\tokens\\acme", "/a b/# c: d", "'x'", '"x"', "no", "1", "/é"]
)
async def test_the_tokens_file_is_read_back_as_it_was_given(path: str) -> None:
    done = await run("upstream", "acme", "--token-file", path)

    webhook = parsed(done.out)["receivers"][0]["webhook_configs"][0]
    assert webhook["http_config"]["authorization"]["credentials_file"] == path


@pytest.mark.parametrize(
    "url",
    ["gateway:8080", "ftp://gateway", "http://", "http://a b", "http://g:99999", "http://g?x=Private",
     "http://me:Private@g", "http://[::1", "", "http://g\nx: y"],
)  # fmt: skip
async def test_what_is_no_address_is_refused_with_one_that_is_and_not_repeated(url: str) -> None:
    done = await run("upstream", "acme", "--url", url)

    refused(done, 2, "--url", "http://gateway:8080")
    assert "Private" not in done.err


@pytest.mark.parametrize("tenant", ["Acme", "a_b", "acme\nx: y", "", "a/../b"])
async def test_what_is_no_tenant_id_is_refused(tenant: str) -> None:
    refused(await run("upstream", tenant), 2, "TENANT", "lower-case letters")


async def test_a_missing_tenant_is_wrong_usage() -> None:
    done = await run("upstream")

    assert done.code == 2
    assert "TENANT" in done.err
