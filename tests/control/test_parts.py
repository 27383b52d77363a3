"""One part beside the other part of the active version, as a plan that holds or is refused as a whole."""

import pytest

from router.config import stored
from router.config.joined import platform_text, rules_text
from router.config.read import parse
from router.control.parts import WrittenPlatform, WrittenRules
from router.control.tenants import TenantControl
from router.errors import ConfigurationError, OperationError
from router.ports.provenance import Part
from tests.adapters.builders import ACME
from tests.config.samples import EXAMPLE, changed
from tests.control.fakes import FakeGroups, FakeVersions, content

RULES = changed("locale: fr-FR", "locale: de-DE", rules_text(EXAMPLE))
PLATFORM = changed("rate: 60/m", "rate: 30/m", platform_text(EXAMPLE))


@pytest.fixture
async def tenants() -> TenantControl:
    """Control of a tenant with both parts."""
    control = TenantControl(FakeVersions(), FakeGroups())
    await control.publish(await control.plan(content(), "acme.yaml"))
    return control


async def test_each_part_keeps_the_other_whatever_comes_first(tenants: TenantControl) -> None:
    for part, of in ((rules(), Part.TENANT), (platform(), Part.PLATFORM)):
        change = await tenants.plan_part(part)
        await tenants.publish(change)
        assert change.part is of

    document = stored.load((await tenants.active(ACME)).text).document
    assert (document.locale, document.platform.limits.notifications.rate) == ("de-DE", "30/m")
    assert len(document.receivers) == 3


async def test_defaults_that_were_written_out_stay_with_the_part_that_is_kept(tenants: TenantControl) -> None:
    """A later program may have others; what is kept means what it meant."""
    before = stored.load((await tenants.active(ACME)).text).document

    change = await tenants.plan_part(rules())

    assert stored.load(change.text).document.platform == before.platform


async def test_a_part_that_was_read_for_one_tenant_is_that_tenants(tenants: TenantControl) -> None:
    foreign = WrittenRules(ACME, parse(changed("tenant: acme", "tenant: globex", RULES), "acme.yaml"))

    with pytest.raises(ConfigurationError, match="`globex` is another tenant"):
        await tenants.plan_part(foreign)


async def test_nobody_overwrites_what_another_has_applied_meanwhile(tenants: TenantControl) -> None:
    of_tenant = await tenants.plan_part(rules())
    of_operator = await tenants.plan_part(platform())

    await tenants.publish(of_operator)

    with pytest.raises(OperationError, match="version 2 is active"):
        await tenants.publish(of_tenant)


def rules() -> WrittenRules:
    return WrittenRules(ACME, parse(RULES, "acme.yaml"))


def platform() -> WrittenPlatform:
    return WrittenPlatform(ACME, parse(PLATFORM, "platform.yaml"))
