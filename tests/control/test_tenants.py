"""What an operator may do with configurations: look at a change, make it, go back, suspend."""

from dataclasses import replace

import pytest

from router.config import stored
from router.control.tenants import TenantControl
from router.core.model.alert import TenantId
from router.core.model.group import MessageRef
from router.core.model.instant import NEVER
from router.errors import ConfigurationError, OperationError
from tests.adapters.builders import ACME, BETA, a_content, an_alert_state, waiting
from tests.config.samples import EXAMPLE, changed
from tests.control.fakes import FakeGroups, FakeVersions, content

NEWER = changed("locale: fr-FR", "locale: de-DE", EXAMPLE)
OTHER = changed("time_zone: Europe/Paris", "time_zone: UTC", EXAMPLE)


@pytest.fixture
def versions() -> FakeVersions:
    return FakeVersions()


@pytest.fixture
def tenants(versions: FakeVersions) -> TenantControl:
    return TenantControl(versions, FakeGroups())


async def applied(tenants: TenantControl, *texts: str) -> None:
    for text in texts:
        await tenants.publish(await tenants.plan(content(text), "acme.yaml"))


async def test_a_plan_says_what_would_change_and_stores_nothing(
    tenants: TenantControl, versions: FakeVersions
) -> None:
    await applied(tenants, EXAMPLE)

    planned = await tenants.plan(content(NEWER), "new.yaml")

    assert (planned.tenant, planned.before, planned.after, planned.unchanged) == (ACME, 1, 2, False)
    assert planned.summary == "locale: `fr-FR` -> `de-DE`"
    assert planned.diff.splitlines()[:2] == ["--- acme version 1", "+++ new.yaml"]
    assert len(await versions.versions(ACME)) == 1


async def test_the_first_configuration_is_a_new_tenants_without_a_diff(tenants: TenantControl) -> None:
    planned = await tenants.plan(content(), "acme.yaml")

    assert (planned.before, planned.after, planned.summary, planned.diff) == (0, 1, "new tenant", "")


async def test_what_is_active_already_changes_nothing_and_is_announced_again(
    tenants: TenantControl, versions: FakeVersions
) -> None:
    await applied(tenants, EXAMPLE)
    announced = len(versions.announced)

    planned = await tenants.plan(content(), "acme.yaml")
    await tenants.publish(planned)

    assert (planned.unchanged, planned.before, planned.after) == (True, 1, 1)
    assert len(versions.announced) == announced + 1
    assert len(await versions.versions(ACME)) == 1


async def test_a_plan_that_others_have_overtaken_is_not_published(tenants: TenantControl) -> None:
    await applied(tenants, EXAMPLE)
    planned = await tenants.plan(content(NEWER), "acme.yaml")
    await applied(tenants, OTHER)

    with pytest.raises(OperationError) as caught:
        await tenants.publish(planned)

    assert (caught.value.problem, caught.value.remedy) == (
        "tenant 'acme' was changed meanwhile: version 2 is active", "try again"
    )  # fmt: skip


async def test_live_messages_that_would_move_are_counted_for_a_change_and_not_for_a_new_tenant(
    versions: FakeVersions,
) -> None:
    group = waiting(message=MessageRef("C1", "1.000001"))
    alert = replace(an_alert_state(), content=a_content(team="db"))
    tenants = TenantControl(versions, FakeGroups([replace(group, alerts=dict.fromkeys(group.alerts, alert))]))

    new = await tenants.plan(content(), "acme.yaml")
    await tenants.publish(new)
    change = await tenants.plan(content(NEWER), "acme.yaml")

    assert (new.moving, change.moving) == (0, 1)


async def test_an_earlier_version_comes_back_as_the_next_one(tenants: TenantControl, versions: FakeVersions) -> None:
    await applied(tenants, EXAMPLE, NEWER, OTHER)

    before = await tenants.plan_rollback(ACME)
    first = await tenants.plan_rollback(ACME, 1)
    await tenants.publish(first)

    assert (before.before, before.after) == (3, 4)
    assert "+++ acme version 2" in before.diff
    assert (await tenants.show(ACME)).source_text == EXAMPLE
    assert [one.version for one in await versions.versions(ACME)] == [4, 3, 2, 1]


async def test_what_is_not_kept_does_not_come_back(tenants: TenantControl) -> None:
    await applied(tenants, EXAMPLE)

    with pytest.raises(OperationError) as caught:
        await tenants.plan_rollback(ACME)

    assert caught.value.problem == "tenant 'acme' has no version 0"
    assert "tenant history acme" in caught.value.remedy


async def test_what_is_not_valid_any_more_does_not_come_back_and_every_reason_is_given(
    tenants: TenantControl, versions: FakeVersions
) -> None:
    text = stored.dump(content().document, EXAMPLE)
    await versions.publish(
        ACME, text.replace('"version":1', '"version":7').replace('"locale":"fr-FR"', '"locale":"xx"')
    )
    await applied(tenants, NEWER)

    with pytest.raises(OperationError) as caught:
        await tenants.plan_rollback(ACME)

    lines = str(caught.value).splitlines()
    assert [line.split(": ")[1] for line in lines] == ["version", "locale"]
    assert all(line.startswith("version 1 of 'acme' is no longer valid: ") for line in lines)


async def test_history_says_what_each_version_changed_as_far_as_that_is_kept(
    tenants: TenantControl, versions: FakeVersions
) -> None:
    await applied(tenants, EXAMPLE, NEWER)
    await versions.publish(ACME, "{}")
    await applied(tenants, *(one for _ in range(9) for one in (EXAMPLE, NEWER)))

    entries = await tenants.history(ACME)

    assert [entry.kept.version for entry in entries] == list(range(21, 1, -1))
    assert [entry.kept.active for entry in entries] == [True] + [False] * 19
    assert entries[0].summary == "locale: `fr-FR` -> `de-DE`"
    assert {entry.summary for entry in entries if entry.kept.version in {3, 4}} == {"cannot be read by this program"}
    assert entries[-1].summary == "the oldest that is kept"


async def test_a_version_that_cannot_be_read_is_replaced_without_a_diff(
    tenants: TenantControl, versions: FakeVersions
) -> None:
    await versions.publish(ACME, "{}")

    planned = await tenants.plan(content(), "acme.yaml")

    assert (planned.summary, planned.diff) == ("replaces version 1, which this program cannot read", "")
    with pytest.raises(ConfigurationError, match="stored configuration"):
        await tenants.show(ACME)


async def test_a_version_is_shown_as_its_author_wrote_it(tenants: TenantControl) -> None:
    await applied(tenants, EXAMPLE, NEWER)

    active, first = await tenants.show(ACME), await tenants.show(ACME, 1)

    assert (active.source_text, active.kept.version, active.kept.active) == (NEWER, 2, True)
    assert (first.source_text, first.kept.version, first.kept.active) == (EXAMPLE, 1, False)


async def test_tenants_are_listed_by_name_with_their_active_version(
    tenants: TenantControl, versions: FakeVersions
) -> None:
    await applied(tenants, changed("tenant: acme", "tenant: beta", EXAMPLE), EXAMPLE, NEWER)
    await versions.suspend(BETA)

    listed = await tenants.all_active()

    assert [(one.tenant, one.version) for one in listed] == [(ACME, 2), (BETA, 1)]
    assert [one.suspended_since != NEVER for one in listed] == [False, True]


@pytest.mark.parametrize("question", ["active", "history", "show", "plan_rollback"])
async def test_a_tenant_that_nobody_knows_is_refused_with_the_way_to_all(
    tenants: TenantControl, question: str
) -> None:
    with pytest.raises(OperationError) as caught:
        await getattr(tenants, question)(TenantId("nobody"))

    assert caught.value.problem == "tenant 'nobody' has no configuration"
    assert "alert-router tenant list" in caught.value.remedy
