"""The operators' channel shows one message a kind, whatever fails meanwhile, and keeps nobody waiting."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from router.core.budget.buckets import WorkspaceRates
from router.core.model.instant import SECOND, Span
from router.core.model.rules.limits import Rate
from router.core.model.rules.receiver import Layout
from router.core.operators.notice import Phase
from router.core.operators.troubles import Kind
from router.core.slack.answer import Ambiguous, HoldScope, Limited, TokenDead, Unreached
from router.errors import UnavailableError
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.roles.operators.calls import OperatorCalls, Place, SlackSide
from router.roles.operators.channel import OperatorChannel, OperatorStore
from router.roles.operators.notes import OperatorNotes
from tests.catalogue import CATALOGUE
from tests.fakes.limiter import FakeLimiter
from tests.fakes.operators import FakeOperatorMessages, FakeTroubles
from tests.fakes.slack import Done, FakeSlack
from tests.fakes.store import FakeStore
from tests.fakes.tenants import FakeWorkspaces
from tests.waiting import eventually

CHANNEL = "#operators"
RATES = WorkspaceRates(Rate(Span(SECOND), 1), Rate(Span(SECOND), 20), Rate(Span(SECOND), 8))
LEASE = Span(30 * SECOND)


@dataclass
class Process:
    """A worker, as far as it has to do with the operators."""

    metrics: Metrics
    notes: OperatorNotes
    channel: OperatorChannel

    @property
    def failing(self) -> float | None:
        return self.metrics.registry.get_sample_value("alert_router_operator_channel_failing")

    def meets(self, tenant: str, problem: TenantProblem, why: str = "", times: int = 1) -> None:
        for _ in range(times):
            self.metrics.problems.count(tenant, problem, why)

    async def look(self, times: int = 1) -> None:
        for _ in range(times):
            await self.notes.note()
            await self.channel.look()


@dataclass
class Site:
    """Slack and Redis, and processes that share them."""

    store: FakeStore = field(default_factory=FakeStore)
    slack: FakeSlack = field(default_factory=FakeSlack)

    def __post_init__(self) -> None:
        self.troubles, self.messages = FakeTroubles(self.store), FakeOperatorMessages(self.store)
        self.limiter = FakeLimiter(self.store.clock, self.store.faults)
        self.slack.channel_ids[CHANNEL] = "C1"

    def process(self) -> Process:
        metrics = Metrics(CollectorRegistry())
        side = SlackSide(self.slack, self.slack, self.limiter, FakeWorkspaces(self.store))
        calls = OperatorCalls(Place(CHANNEL, "xoxb-operators", RATES, LEASE, patience_s=0), side, metrics)
        localizer = CATALOGUE.localizer("en", "UTC", Layout())
        store = OperatorStore(self.troubles, self.messages, self.store.clock)
        notes = OperatorNotes(metrics.problems.occurrences, self.troubles, self.store.clock)
        return Process(metrics, notes, OperatorChannel(calls, store, localizer, metrics))

    def pass_time(self, seconds: float) -> None:
        self.store.clock.advance(round(seconds * SECOND))

    @property
    def texts(self) -> Mapping[str, list[str]]:
        """Each message's text and replies, by its first word."""
        return {one.text.split()[0]: [one.text, *one.replies] for one in self.slack.messages.values()}


@pytest.fixture
def site() -> Site:
    return Site()


async def test_each_kind_has_one_message_with_all_tenants(site: Site) -> None:
    first, second = site.process(), site.process()
    first.meets("acme", TenantProblem.DEAD_LETTER, "not_json", times=3)
    second.meets("beta", TenantProblem.DEAD_LETTER, "too_old")
    second.metrics.problems.begin("acme", TenantProblem.TOKEN_DEAD)
    second.metrics.problems.begin("beta", TenantProblem.CHANNEL_DEAD, "#alerts")
    await second.notes.note()

    for _ in range(4):
        await first.look()
        await second.look()
        site.pass_time(2)

    assert sorted(site.texts) == ["DEAD", "RECEIVERS", "SLACK"]
    assert "acme* \N{EN DASH} `not_json` \N{MULTIPLICATION SIGN}3" in site.texts["DEAD"][0]
    assert "beta* \N{EN DASH} `too_old` \N{MULTIPLICATION SIGN}1" in site.texts["DEAD"][0]
    assert "beta* \N{EN DASH} `channel_dead` \N{MULTIPLICATION SIGN}1 · #alerts" in site.texts["RECEIVERS"][0]
    assert {one.token for one in site.slack.calls} == {"xoxb-operators"}


async def test_it_is_edited_while_it_changes_and_not_all_the_time(site: Site) -> None:
    worker = site.process()
    for _ in range(20):
        worker.meets("acme", TenantProblem.BODY_REFUSED, "not_json")
        await worker.look()
        site.pass_time(5)

    assert site.slack.only.edits == 6
    assert "`not_json` \N{MULTIPLICATION SIGN}19" in site.slack.only.text


async def test_what_is_repaired_in_another_process_is_over_with_a_reply(site: Site) -> None:
    one, other = site.process(), site.process()
    one.metrics.problems.begin("acme", TenantProblem.TOKEN_DEAD)
    await one.look()
    await other.look()

    other.metrics.problems.end("acme", TenantProblem.TOKEN_DEAD)
    for _ in range(3):
        await other.look()
        site.pass_time(2)

    assert site.slack.only.text == "SLACK TOKENS DO NOT WORK · over"
    assert site.slack.only.replies == ["SLACK TOKENS DO NOT WORK · over"]


async def test_what_comes_back_soon_is_shown_by_the_same_message_and_later_by_another(site: Site) -> None:
    worker = site.process()
    for pause in (60, 60, 3600):
        worker.metrics.problems.begin("acme", TenantProblem.TOKEN_DEAD)
        for _ in range(4):
            await worker.look()
            site.pass_time(2)
        worker.metrics.problems.end("acme", TenantProblem.TOKEN_DEAD)
        for _ in range(3):
            await worker.look()
            site.pass_time(2)
        site.pass_time(pause)
    over, again = "SLACK TOKENS DO NOT WORK · over", "SLACK TOKENS DO NOT WORK · again"
    assert site.slack.only.replies == [over, again, over, again, over]

    worker.metrics.problems.begin("acme", TenantProblem.TOKEN_DEAD)
    await worker.look()
    assert len(site.slack.messages) == 2


async def test_dead_letters_are_counted_until_none_comes_and_then_from_one_again(site: Site) -> None:
    worker = site.process()
    worker.meets("", TenantProblem.DEAD_LETTER, "no_tenant", times=2)
    await worker.look()
    site.pass_time(10 * 60)
    for _ in range(3):
        await worker.look()
        site.pass_time(2)
    assert "DEAD LETTERS · over" in site.slack.only.text
    assert "unknown tenant \N{EN DASH} `no_tenant` \N{MULTIPLICATION SIGN}2" in site.slack.only.text

    site.pass_time(3600)
    await worker.look()
    worker.meets("", TenantProblem.DEAD_LETTER, "no_tenant")
    await worker.look()
    assert (
        "unknown tenant \N{EN DASH} `no_tenant` \N{MULTIPLICATION SIGN}1"
        in list(site.slack.messages.values())[-1].text
    )


async def test_workers_that_look_at_once_post_once(site: Site) -> None:
    workers = [site.process() for _ in range(5)]
    workers[0].meets("acme", TenantProblem.OVER_QUOTA, "quota_exceeded")
    await workers[0].notes.note()

    async def others_first() -> None:
        await asyncio.sleep(0)

    site.store.faults.pause = others_first
    await asyncio.gather(*(one.channel.look() for one in workers))

    assert len(site.slack.messages) == 1


async def test_after_a_worker_was_killed_between_post_and_note_there_is_at_most_a_second_message(site: Site) -> None:
    killed, next_one = site.process(), site.process()
    killed.meets("acme", TenantProblem.OVER_QUOTA, "quota_exceeded")
    await killed.notes.note()
    site.slack.decide = lambda _: site.messages.faults.refuse("keep")
    with pytest.raises(UnavailableError):
        await killed.channel.look()
    site.slack.decide = None

    await next_one.look()
    assert len(site.slack.messages) == 1
    for _ in range(5):
        site.pass_time(31)
        await next_one.look()
    assert len(site.slack.messages) == 2


async def test_where_slack_may_be_read_the_post_is_found_instead(site: Site) -> None:
    worker = site.process()
    worker.meets("acme", TenantProblem.OVER_QUOTA, "quota_exceeded")
    site.slack.readable = None
    site.slack.script.append(Done(Ambiguous("timeout")))
    await worker.look()

    for _ in range(3):
        site.pass_time(31)
        await worker.look()

    assert len(site.slack.messages) == 1
    assert (await site.messages.all())[Kind.QUOTAS].phase is Phase.SHOWN


@pytest.mark.parametrize("answer", [Unreached("connect"), Limited(Span(20 * SECOND), HoldScope.CHANNEL)])
async def test_what_was_not_sent_is_sent_later_as_it_is_then(site: Site, answer: Unreached | Limited) -> None:
    worker = site.process()
    worker.meets("acme", TenantProblem.BODY_REFUSED, "not_json")
    site.slack.script.append(answer)
    await worker.look()
    assert (worker.failing, site.slack.messages) == (1, {})

    worker.meets("acme", TenantProblem.BODY_REFUSED, "not_json")
    await worker.look()
    assert len(site.slack.calls) == 1
    site.pass_time(31)
    await worker.look()

    assert "\N{MULTIPLICATION SIGN}2" in site.slack.only.text
    assert worker.failing == 0


async def test_a_dead_token_of_its_own_is_logged_and_tried_every_five_minutes(site: Site) -> None:
    worker = site.process()
    site.slack.decide = lambda _: TokenDead("token_revoked")
    with capture_logs() as logs:
        for _ in range(60):
            worker.meets("acme", TenantProblem.BODY_REFUSED, "not_json")
            await worker.look()
            site.pass_time(10)

    assert len(site.slack.calls) == 2
    found = [one for one in logs if one["event"] == "operator_channel_failing"]
    assert [(one["log_level"], one["error"]) for one in found] == [("error", "token_revoked")] * 2


async def test_a_channel_that_works_again_for_one_worker_fails_for_none(site: Site) -> None:
    first, second = site.process(), site.process()
    site.slack.script.append(TokenDead("token_revoked"))
    first.meets("acme", TenantProblem.BODY_REFUSED, "not_json")
    await first.look()
    site.pass_time(301)
    await first.notes.note()
    await second.look()
    assert (first.failing, second.failing) == (1, 0)

    await first.look()
    assert first.failing == 0


async def test_a_token_that_nobody_knows_shows_nothing_and_is_not_asked_about_at_each_look(site: Site) -> None:
    worker = site.process()
    site.slack.identity = TokenDead("invalid_auth")
    worker.meets("acme", TenantProblem.BODY_REFUSED, "not_json")

    await worker.look(5)

    assert (len(site.slack.identified), site.slack.calls, worker.failing) == (1, [], 1)


async def test_while_redis_is_away_nothing_is_called_and_nothing_is_lost(site: Site) -> None:
    worker = site.process()
    worker.meets("acme", TenantProblem.DEAD_LETTER, "not_json", times=2)
    site.store.faults.away = True
    with pytest.raises(UnavailableError):
        await worker.notes.note()
    with pytest.raises(UnavailableError):
        await worker.channel.look()
    worker.meets("acme", TenantProblem.DEAD_LETTER, "not_json")

    site.store.faults.away = False
    await worker.look()

    assert "\N{MULTIPLICATION SIGN}3" in site.slack.only.text


async def test_calls_keep_to_the_budgets_of_the_workspace(site: Site) -> None:
    worker = site.process()
    for problem in (TenantProblem.DEAD_LETTER, TenantProblem.BODY_REFUSED, TenantProblem.OVER_QUOTA):
        worker.meets("acme", problem)
    shown = list[int]()
    for _ in range(4):
        await worker.look()
        shown.append(len(site.slack.messages))
        site.pass_time(0.5)

    assert shown == [1, 1, 2, 2]


async def test_a_fault_of_ours_ends_no_worker(site: Site) -> None:
    worker = site.process()
    worker.meets("acme", TenantProblem.BODY_REFUSED)
    await worker.notes.note()
    site.slack.faults.fail("send", ValueError("ours"))
    running = asyncio.create_task(worker.channel.run())
    with capture_logs() as logs:

        async def logged() -> bool:
            return any(one["event"] == "operator_channel_failed" for one in logs)

        await eventually(logged)

    assert not running.done()
    running.cancel()
    assert worker.failing == 1


async def test_a_call_that_was_begun_ends_after_the_look_is_cancelled(site: Site) -> None:
    worker = site.process()
    worker.meets("acme", TenantProblem.BODY_REFUSED)
    await worker.notes.note()
    answered, began = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        began.set()
        await answered.wait()

    site.slack.faults.just_before("send", slow)
    running = asyncio.create_task(worker.channel.run())
    await began.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    answered.set()
    await worker.channel.finished()

    assert (await site.messages.all())[Kind.BODIES].phase is Phase.SHOWN


async def test_that_a_second_tenant_is_concerned_is_a_reply_that_the_channel_sees(site: Site) -> None:
    worker = site.process()
    worker.metrics.problems.begin("acme", TenantProblem.TOKEN_DEAD)
    await worker.look()
    site.pass_time(301)
    worker.metrics.problems.begin("acme", TenantProblem.TOKEN_DEAD)
    worker.metrics.problems.begin("beta", TenantProblem.TOKEN_DEAD)
    for _ in range(3):
        await worker.look()
        site.pass_time(2)

    assert site.slack.only.replies == ["SLACK TOKENS DO NOT WORK · 2 tenants"]
    assert site.slack.calls[-1].call.arguments["reply_broadcast"] is True
