"""What an operator may do with secrets, on stores in memory; `test_secrets.py` has the same on Redis, sealed."""

import pytest

from router.control.secrets import SecretControl, SecretStore, SecretUse
from router.control.tenant_secrets import TenantSecrets
from router.core.model.rules.names import SecretName
from router.errors import ConfigurationError, SecretNotFoundError
from tests.adapters.builders import ACME, BETA
from tests.control.fakes import FakeEnvironment, FakeSealing, FakeTexts, FakeVersions

SLACK = SecretName("slack")


def control(texts: FakeTexts, versions: FakeVersions, *keys: str, **environment: str) -> SecretControl:
    sealing = FakeSealing(*keys) if keys else None
    secrets = {name.replace("_", "/"): value for name, value in environment.items()}
    return SecretControl(SecretStore(texts, sealing), FakeEnvironment(secrets), versions)


async def test_before_a_secret_is_asked_for_it_is_known_whether_it_would_be_used() -> None:
    texts, versions = FakeTexts(), FakeVersions()
    await versions.publish(ACME, "{}")

    plain = control(texts, versions, "new")
    hidden = control(texts, versions, "new", acme_slack="xoxb-theirs")

    assert await plain.prepare(ACME, SLACK) == SecretUse(tenant_is_configured=True, overridden_by=None)
    assert await hidden.prepare(ACME, SLACK) == SecretUse(tenant_is_configured=True, overridden_by="acme/slack")
    assert await plain.prepare(BETA, SLACK) == SecretUse(tenant_is_configured=False, overridden_by=None)


async def test_without_a_key_nothing_is_prepared_and_the_way_to_one_is_named() -> None:
    with pytest.raises(ConfigurationError, match="alert-router secret key"):
        await control(FakeTexts(), FakeVersions()).prepare(ACME, SLACK)


async def test_rotation_counts_what_it_sealed_and_says_why_it_left_the_rest() -> None:
    texts, versions = FakeTexts(), FakeVersions()
    for keys, tenant, name in ((["old"], ACME, "slack"), (["new", "old"], ACME, "other"), (["lost"], BETA, "slack")):
        await SecretStore(texts, FakeSealing(*keys)).put(tenant, SecretName(name), "xoxb")

    rotation = await control(texts, versions, "new", "old").store.rotate()

    assert (rotation.key, rotation.rotated, rotation.unchanged) == ("new", 1, 1)
    assert rotation.failed == ("secret 'slack' of tenant 'beta' cannot be opened; set it again",)
    assert {text.partition("|")[0] for text in texts.stored[ACME].texts.values()} == {"new"}


async def test_a_secret_that_is_nowhere_is_an_error_with_both_ways_to_give_it() -> None:
    secrets = TenantSecrets(FakeEnvironment(), SecretStore(FakeTexts(), FakeSealing("new")))

    with pytest.raises(SecretNotFoundError) as caught:
        await secrets.find(ACME, SLACK)

    assert caught.value.problem == "secret 'slack' of tenant 'acme' not found"
    assert caught.value.remedy == "set acme/slack, or store it: alert-router secret set acme slack"


async def test_a_secret_that_is_stored_but_has_no_key_is_an_error_with_the_setting() -> None:
    texts = FakeTexts()
    await SecretStore(texts, FakeSealing("new")).put(ACME, SLACK, "xoxb")

    with pytest.raises(SecretNotFoundError) as caught:
        await TenantSecrets(FakeEnvironment(), SecretStore(texts, None)).find(ACME, SLACK)

    assert caught.value.problem == "secret 'slack' of tenant 'acme' is stored, but no key is configured"
    assert "ALERT_ROUTER_SECRETS__KEY" in caught.value.remedy
