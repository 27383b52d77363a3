"""A plan that meets trouble halfway: what was done stays, what could not be done leaves the rest alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from router.config.read import skip_templates
from router.config.stored import StoredDocument
from router.control.change import Change
from router.control.gitops.applying import Applied, Applying, Outcome
from router.control.gitops.plan import Plan, Source, Wish, planned
from router.control.offered import Configurations
from router.control.ownership import Claim
from router.core.model.alert import TenantId
from router.errors import ChangedMeanwhileError, OperationError, UnavailableError
from router.ports.provenance import UNKNOWN, Provenance
from tests.config.samples import SMALL

NAMES = ("acme", "globex", "initech")


def change_of(tenant: str, before: int) -> Change:
    return Change(TenantId(tenant), before, before + 1, "1 route", f"diff {before}", 0, "text", f"{tenant}.yaml")


@dataclass
class Fake:
    """Configurations at these versions, some of which cannot be published."""

    versions: dict[str, int]
    trouble: Mapping[str, Exception] = field(default_factory=dict)
    published: list[str] = field(default_factory=list)

    async def plan(self, content: StoredDocument, _: str) -> Change:
        tenant = str(content.document.tenant)
        return change_of(tenant, self.versions[tenant])

    async def publish(self, change: Change, _: Provenance = UNKNOWN, __: Claim = Claim.KEEP) -> None:
        if change.tenant in self.trouble:
            raise self.trouble[change.tenant]
        self.published.append(change.tenant)

    async def delete(self, tenant: TenantId, version: int) -> None:
        raise AssertionError(f"{tenant} {version}")


PLAN = Plan("", Source("repository", "c1"), "", Claim.KEEP, tuple(
    planned(Wish(TenantId(one), f"{one}.yaml", SMALL.replace("acme", one)), change_of(one, 1)) for one in NAMES
))  # fmt: skip


async def applied(fake: Fake, plan: Plan = PLAN) -> list[Applied]:
    applying = Applying(cast("Configurations", fake), fake, skip_templates)
    return [one async for one in applying.apply(plan, UNKNOWN)]


AWAY, DENIED, MOVED = UnavailableError("away"), OperationError("denied"), ChangedMeanwhileError("version 9 is active")
DONE, NOT_TRIED = Outcome.DONE, Outcome.NOT_TRIED


@pytest.mark.parametrize(("trouble", "outcomes"), [
    ({}, [DONE, DONE, DONE]),
    ({"globex": DENIED}, [DONE, Outcome.FAILED, DONE]),
    ({"globex": MOVED}, [DONE, Outcome.MOVED, DONE]),
    ({"globex": AWAY}, [DONE, NOT_TRIED, NOT_TRIED]),
    ({"acme": AWAY}, [NOT_TRIED, NOT_TRIED, NOT_TRIED]),
])  # fmt: skip
async def test_a_tenant_in_trouble_leaves_the_others_alone_and_an_engine_that_is_away_ends_it(
    trouble: dict[str, Any], outcomes: list[Outcome]
) -> None:
    fake = Fake(dict.fromkeys(NAMES, 1), trouble)
    done = await applied(fake)
    assert [one.outcome for one in done] == outcomes
    assert fake.published == [name for name, one in zip(NAMES, outcomes, strict=True) if one is DONE]
    assert all(one.problem for one in done if one.outcome is not DONE)


async def test_nothing_at_all_is_done_where_one_tenant_has_moved() -> None:
    fake = Fake({"acme": 1, "globex": 1, "initech": 2})
    done = await applied(fake)
    assert [one.outcome for one in done] == [NOT_TRIED, NOT_TRIED, Outcome.MOVED]
    assert (done[2].problem, fake.published) == ("it was planned of version 1, and by now version 2 is active", [])


async def test_a_tenant_at_the_same_version_with_other_content_has_moved() -> None:
    """It was deleted and made again."""
    other = replace(PLAN.tenants[0], diff="another")
    done = await applied(Fake(dict.fromkeys(NAMES, 1)), replace(PLAN, tenants=(other,)))
    assert [one.outcome for one in done] == [Outcome.MOVED]
