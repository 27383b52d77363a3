"""Tenants of one workspace share its budget: who comes later waits for one call of each other, however many wait."""

from router.core.budget.buckets import WorkspaceRates
from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND, SECOND
from router.core.model.rules.limits import Rate
from tests.adapters.builders import ACME, BETA
from tests.roles.builders import CHANNEL, OTHER_CHANNEL, a_document, a_record, an_alert, key_of
from tests.roles.worker import Worker, a_site, a_worker

A_POST_A_SECOND = WorkspaceRates(channel=Rate(MILLISECOND, 1), posts=Rate(SECOND, 1), edits=Rate(MILLISECOND, 1))
MANY, FEW = 10, 4
LATE_S = 3


async def test_who_comes_later_has_every_second_post_of_the_workspace() -> None:
    site = await a_site(ACME, BETA)
    await site.tenants.publish(BETA, a_document(BETA, channel=OTHER_CHANNEL))
    worker = await a_worker(site, rates=A_POST_A_SECOND)
    await queue(worker, ACME, MANY)
    await go_on(worker, LATE_S)
    already = len(site.slack.calls)

    await queue(worker, BETA, FEW)
    await go_on(worker, MANY + FEW)

    channels = [str(one.call.arguments["channel"]) for one in site.slack.calls]
    assert channels[already:][: 2 * FEW].count(OTHER_CHANNEL) >= FEW - 1
    assert (channels.count(CHANNEL), channels.count(OTHER_CHANNEL)) == (MANY, FEW)


async def queue(worker: Worker, tenant: TenantId, groups: int) -> None:
    """An alert fires in each of so many groups, and they stand in their lane."""
    now, names = worker.site.clock.time, [f"{tenant}-{number}" for number in range(groups)]
    firing = [a_record(an_alert(starts=now), tenant=tenant, group=name, received=now) for name in names]
    await worker.take(*firing)
    await worker.due.advance(worker.rules(tenant), [key_of(name).group_id for name in names])


async def go_on(worker: Worker, seconds: int) -> None:
    """Both tenants have their turns, ten times a second."""
    for _ in range(10 * seconds):
        for tenant in (ACME, BETA):
            await worker.serve(tenant)
        worker.site.pass_time(0.1)
