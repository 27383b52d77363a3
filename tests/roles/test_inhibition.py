"""What a source holds back is shown when the last one ends, in whatever order records come and whoever folds them."""

from collections.abc import Sequence
from typing import Final

import pytest

from router.core.model.instant import HOUR, SECOND, Instant
from router.core.model.muted import MutedBy
from router.core.model.phase import Held, Waiting
from tests.adapters.builders import ACME, BETA
from tests.roles.builders import a_document, a_record, an_alert, key_of
from tests.roles.worker import Site, Worker, a_worker

RULES: Final = """\
inhibit_rules:
  - {name: down, source_matchers: ['alertname="S"'], target_matchers: ['alertname=~"T|U"'], equal: [zone]}
"""
NOWHERE: Final = """\
  routes:
    - {matchers: ['alertname="S"'], receiver: nowhere}
"""
INHIBITING: Final = a_document(receivers=RULES)
TARGETS: Final = key_of("targets")


async def a_place(document: str = INHIBITING) -> tuple[Site, Worker]:
    site = Site()
    await site.open(ACME, document)
    return site, await a_worker(site)


async def see(worker: Worker, name: str, status: str = "firing", group: str = "", zone: str = "1") -> None:
    """One alert is observed now; all targets are in one group, each source in its own."""
    now = worker.site.clock.time
    alert = an_alert(name, status, starts=now, zone=zone)
    mine = group or ("targets" if name in "TU" else f"{name}{zone}")
    await worker.take(a_record(alert, group=mine, received=now))


async def after(worker: Worker, seconds: float) -> None:
    """What happens within so many seconds."""
    until = Instant(worker.site.clock.time + round(seconds * SECOND))
    for _ in range(200):
        next_at = await worker.serve()
        if next_at == 0 or next_at > until:
            break
        worker.site.clock.advance(max(0, next_at - worker.site.clock.time))
    else:
        raise AssertionError("the tenant never comes to rest")
    worker.site.clock.advance(until - worker.site.clock.time)


def shown(site: Site) -> Sequence[str]:
    """The alerts whose groups have messages, by the beginning of their texts."""
    return sorted(one.text.split()[0] for one in site.slack.messages.values())


def is_held(site: Site) -> bool:
    phase = site.group(TARGETS).phase
    return isinstance(phase, Held) and (phase.muted.by, phase.muted.name) == (MutedBy.INHIBITED, "down")


async def test_a_target_of_a_source_that_fires_is_held_back() -> None:
    site, worker = await a_place()
    await see(worker, "S")
    await after(worker, 10)
    await see(worker, "T")
    await after(worker, 600)

    assert (shown(site), is_held(site)) == (["S"], True)
    assert (await site.books.read(ACME))["pending"] == 1


async def test_a_source_that_comes_a_moment_after_its_target_is_in_time() -> None:
    site, worker = await a_place()
    await see(worker, "T")
    assert isinstance(site.group(TARGETS).phase, Waiting)
    await after(worker, 4)
    await see(worker, "S")
    await after(worker, 600)

    assert (shown(site), is_held(site)) == (["S"], True)


@pytest.mark.parametrize("zone", ["", "2"])
async def test_a_target_without_a_source_is_shown_after_its_grace(zone: str) -> None:
    site, worker = await a_place()
    if zone:
        await see(worker, "S", zone=zone)
        await after(worker, 60)
    await see(worker, "T")
    await after(worker, 4)
    assert "T" not in shown(site)
    await after(worker, 2)

    assert shown(site) == ["S"] * bool(zone) + ["T"]


async def test_a_target_is_shown_at_once_when_its_source_resolves() -> None:
    site, worker = await a_place()
    await see(worker, "S")
    await see(worker, "T")
    await after(worker, 600)
    assert is_held(site)

    await see(worker, "S", "resolved")
    await after(worker, 1)

    assert shown(site) == ["S", "T"]


async def test_a_target_is_shown_when_nobody_has_reported_its_source_for_long() -> None:
    site, worker = await a_place()
    await see(worker, "S")
    await after(worker, 60)
    await see(worker, "T")
    for _ in range(11):
        await after(worker, HOUR / SECOND)
        await see(worker, "T")
    assert (shown(site), is_held(site)) == (["S"], True)

    await after(worker, HOUR / SECOND)

    assert shown(site) == ["S", "T"]


async def test_a_source_that_is_reported_again_holds_back_for_longer() -> None:
    site, worker = await a_place()
    await see(worker, "S")
    await see(worker, "T")
    for _ in range(15):
        await after(worker, HOUR / SECOND)
        await see(worker, "S")
        await see(worker, "T")

    assert is_held(site)


async def test_of_two_sources_the_last_one_to_end_frees_the_target() -> None:
    site, worker = await a_place()
    await see(worker, "S", group="one")
    now = site.clock.time
    await worker.take(a_record(an_alert("S", starts=now, zone="1", host="b"), group="two", received=now))
    await see(worker, "T")
    await after(worker, 60)
    await see(worker, "S", "resolved", group="one")
    await after(worker, 60)
    assert is_held(site)

    now = site.clock.time
    ends = an_alert("S", "resolved", starts=now, zone="1", host="b")
    await worker.take(a_record(ends, group="two", received=now))
    await after(worker, 1)

    assert shown(site) == ["S", "S", "T"]


async def test_a_source_that_makes_no_message_holds_back_as_well() -> None:
    site, worker = await a_place(a_document(route=NOWHERE, receivers=f"  - {{name: nowhere}}\n{RULES}"))
    await see(worker, "S")
    await see(worker, "T")
    await after(worker, 60)
    assert (shown(site), is_held(site)) == ([], True)

    await see(worker, "S", "resolved")
    await after(worker, 1)

    assert shown(site) == ["T"]


async def test_an_old_record_of_a_source_that_comes_again_holds_nobody_back() -> None:
    site, worker = await a_place()
    fired = a_record(an_alert("S", starts=site.clock.time, zone="1"), group="S1", received=site.clock.time)
    await worker.take(fired)
    await after(worker, 60)
    await see(worker, "S", "resolved")
    await worker.take(fired)
    await see(worker, "T")
    await after(worker, 10)

    assert shown(site) == ["S", "T"]


async def test_a_target_that_ends_while_it_is_held_back_is_suppressed_by_name() -> None:
    site, worker = await a_place()
    await see(worker, "S")
    await see(worker, "T")
    await after(worker, 60)
    await see(worker, "T", "resolved")
    await after(worker, 60)

    books = await site.books.read(ACME)
    assert (shown(site), books["suppressed:inhibited"], books["pending"]) == (["S"], 1, 0)


async def test_what_no_rule_concerns_is_shown_without_what_is_held_back_in_its_group() -> None:
    site, worker = await a_place()
    await see(worker, "S")
    await after(worker, 60)
    await see(worker, "T")
    await see(worker, "A", group="targets")
    await after(worker, 60)
    assert shown(site) == ["A", "S"]

    await see(worker, "S", "resolved")
    await after(worker, 60)

    texts = [text for one in site.slack.messages.values() for text in (one.text, *one.replies)]
    assert any("T" in text.split() for text in texts), texts


async def test_a_tenants_sources_hold_back_nothing_of_another() -> None:
    site, worker = await a_place()
    await site.open(BETA, replace_tenant(INHIBITING))
    await worker.tenants.load()
    await worker.knock(BETA)
    await see(worker, "S")
    now = site.clock.time
    await worker.take(a_record(an_alert("T", starts=now, zone="1"), tenant=BETA, group="targets", received=now))
    site.pass_time(6)
    await worker.settle_down(BETA)

    assert "T" in shown(site)


def replace_tenant(document: str) -> str:
    return document.replace("acme", "beta")


async def test_what_fires_already_holds_back_by_a_rule_that_is_new() -> None:
    site, worker = await a_place(a_document())
    await see(worker, "S")
    await after(worker, 60)

    await reconfigure(worker, INHIBITING)
    await see(worker, "T")
    await after(worker, 60)

    assert (shown(site), is_held(site)) == (["S"], True)


async def test_sources_are_stated_once_for_a_version_whatever_else_changes() -> None:
    site, worker = await a_place()
    await see(worker, "S")
    await after(worker, 60)
    await reconfigure(worker, INHIBITING)
    site.sources.faults.asked.clear()
    rev = site.group(key_of("S1")).rev

    await worker.reconfiguration.configuration_changed(ACME)

    assert (site.sources.faults.asked["keep_only"], site.group(key_of("S1")).rev) == (0, rev)


async def test_a_rule_that_is_gone_holds_nobody_back_and_nor_do_its_sources_when_it_is_back() -> None:
    site, worker = await a_place()
    await see(worker, "S")
    await see(worker, "T")
    await after(worker, 60)
    assert is_held(site)

    await reconfigure(worker, a_document())
    await after(worker, 1)
    assert shown(site) == ["S", "T"]

    await see(worker, "S", "resolved")
    await after(worker, HOUR / SECOND)
    await reconfigure(worker, INHIBITING)
    await see(worker, "U", group="others")
    await after(worker, 60)
    assert shown(site) == ["S", "T", "U"]


async def reconfigure(worker: Worker, document: str) -> None:
    await worker.site.tenants.publish(ACME, document)
    await worker.tenants.load()
    await worker.reconfiguration.configuration_changed(ACME)


@pytest.mark.parametrize(("document", "asks"), [(a_document(), False), (INHIBITING, True)])
async def test_a_tenant_without_rules_asks_for_no_sources(document: str, asks: bool) -> None:
    site, worker = await a_place(document)
    await see(worker, "T")
    await after(worker, 60)

    assert (shown(site), site.sources.faults.asked["latest"] > 0) == (["T"], asks)


async def test_a_target_in_a_group_of_which_another_was_shown_is_shown_when_its_source_ends() -> None:
    site, worker = await a_place()
    await see(worker, "T")
    await see(worker, "S")
    await after(worker, 60)
    now = site.clock.time
    both = [an_alert("T", starts=now, zone=zone) for zone in "12"]
    await worker.take(a_record(*both, group="targets", received=now))
    await after(worker, 6)
    assert shown(site) == ["S", "T"]

    await see(worker, "S", "resolved")
    await after(worker, 31)

    assert (await site.books.read(ACME))["pending"] == 0


async def test_a_source_that_moved_with_a_new_configuration_ends_where_it_is_now() -> None:
    site, worker = await a_place()
    await see(worker, "S")
    await after(worker, 60)
    elsewhere = '  - {name: elsewhere, slack: {channel: "C0765432"}}\n'
    moves = "  routes:\n    - {matchers: ['alertname=\"S\"'], receiver: elsewhere}\n"
    await reconfigure(worker, a_document(route=moves, receivers=elsewhere + RULES))
    await see(worker, "T")
    await after(worker, 60)
    assert is_held(site)

    await see(worker, "S", "resolved")
    await after(worker, 1)

    assert "T" in shown(site)
