"""Whether turns are taken, and whose fail, is known without being asked."""

from prometheus_client import CollectorRegistry

from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.roles.notify.pulse import STILL_S, Pulse
from tests.adapters.builders import ACME
from tests.roles.builders import a_record, an_alert
from tests.roles.worker import Site, Worker


def test_a_process_that_takes_no_turns_stands_still_until_it_does() -> None:
    now = [100.0]
    pulse = Pulse(Metrics(CollectorRegistry()), lambda: now[0])

    now[0] += STILL_S
    at_most = pulse.stands_still
    now[0] += 1
    beyond = pulse.stands_still
    pulse.beats()

    assert (at_most, beyond, pulse.stands_still) == (False, True, False)


async def test_a_tenant_whose_turns_fail_is_named_with_the_reason_until_one_goes_well(
    site: Site, worker: Worker
) -> None:
    await worker.take(a_record(an_alert()))
    site.schedule.faults.refuse("due")

    await worker.take_turn()

    failing = worker.metrics.problems.lasting(TenantProblem.TURNS_FAIL)
    assert failing == {ACME: "unavailable"}
    assert worker.metrics.registry.get_sample_value("alert_router_store_errors_total", {"role": "notifier"}) == 1
    site.pass_time(2)
    await worker.take_turn()
    assert not worker.metrics.problems.lasting(TenantProblem.TURNS_FAIL)
