"""A secret in the environment is found under its tenant's own name, and never under another's."""

from pathlib import Path

import pytest

from router.adapters.environment import EnvironmentSecrets, variable
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName

ACME, SLACK = TenantId("acme"), SecretName("slack")


@pytest.mark.parametrize(
    ("tenant", "name", "expected"),
    [
        ("acme", "slack", "ALERT_ROUTER_SECRET__ACME__SLACK"),
        ("acme-corp", "slack-eu-1", "ALERT_ROUTER_SECRET__ACME_CORP__SLACK_EU_1"),
        ("7eleven", "s3", "ALERT_ROUTER_SECRET__7ELEVEN__S3"),
    ],
)
def test_a_secret_has_this_name_in_the_environment(tenant: str, name: str, expected: str) -> None:
    assert variable(TenantId(tenant), SecretName(name)) == expected


def test_a_secret_is_found_as_it_was_set() -> None:
    secrets = EnvironmentSecrets({"ALERT_ROUTER_SECRET__ACME__SLACK": "xoxb-1 =é"})

    assert secrets.find(ACME, SLACK) == "xoxb-1 =é"


def test_no_two_tenants_and_names_share_a_variable() -> None:
    parts = ["a", "b", "a-b", "b-a", "a-b-a", "ab", "aa", "a-a", "a1", "1-a"]
    names = {variable(TenantId(tenant), SecretName(name)) for tenant in parts for name in parts}

    assert len(names) == len(parts) ** 2


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"ALERT_ROUTER_SECRET__BETA__SLACK": "theirs"},
        {"ALERT_ROUTER_SECRET__ACME__OTHER": "another"},
        {"ALERT_ROUTER_SECRET__ACME__SLACK": ""},
        {"ALERT_ROUTER_SECRET__ACME__SLACK__EXTRA": "x", "ALERT_ROUTER_SECRET__ACME_SLACK": "x", "SLACK": "x"},
    ],
)
def test_what_is_not_set_for_this_tenant_is_not_found(environment: dict[str, str]) -> None:
    assert EnvironmentSecrets(environment).find(ACME, SLACK) is None


def test_a_secret_may_stand_in_a_file_that_is_named(tmp_path: Path) -> None:
    file = tmp_path / "token"
    secrets = EnvironmentSecrets({"ALERT_ROUTER_SECRET_FILE__ACME__SLACK": str(file)})

    assert secrets.find(ACME, SLACK) is None
    file.write_text("xoxb-1\n", encoding="utf-8")
    assert secrets.find(ACME, SLACK) == "xoxb-1"
    file.write_text("xoxb-2\n", encoding="utf-8")
    assert secrets.find(ACME, SLACK) == "xoxb-2"
    assert secrets.find(TenantId("other"), SLACK) is None
