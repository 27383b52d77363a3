"""Dead letters: which there are, what may be read of them, and what becomes of them when they are redriven."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import pytest

from router.config import stored
from router.config.read import read_document
from router.control.letters.body import MAX_REDACTED
from router.control.letters.dead_letters import DeadLetterControl, Engines, Filter, Place
from router.control.letters.letter import DeadLetter, Origin, read_letter
from router.control.letters.reading import NotShown, ReadableLetter, as_it_is
from router.control.letters.redrive import Inbound, Outcome, Redriven
from router.core.match.subject import subject_digest
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, NEVER, SECOND, Instant, to_rfc3339
from router.errors import OperationError, PayloadError
from router.ports.kafka import SOURCE, Record, Source, Stamped
from router.ports.subjects import ErasedSubject, SubjectList
from tests.adapters.builders import ACME, BETA, NOON, after
from tests.bounds import tries
from tests.roles.builders import DEAD, INBOUND, a_body, a_document, a_record, a_resolve, an_alert, id_of
from tests.roles.worker import Site, Worker, a_site, a_worker

SLACK_TOKEN: Final = "xoxb-1234567890-abc"
REDACTED: Final = """
version: 1
tenant: acme
platform: {slack: {token: {secret: slack}}}
route: {receiver: all}
receivers: [{name: all, slack: {channel: "#alerts"}}]
redact: {labels: [customer], annotations: [email], patterns: ['\\b\\d{16}\\b']}
"""


class FakeTopic:
    """The dead-letter topic of a site: its records in order, the first appended at noon, each a second later."""

    def __init__(self, site: Site) -> None:
        self._site = site

    @property
    def records(self) -> list[Record]:
        return [
            Record(DEAD, 0, offset, Instant(NOON + offset * SECOND), one.key, one.value, tuple(one.all_headers))
            for offset, one in enumerate(self._site.letters)
        ]

    async def read(self, since: Instant, take: Callable[[Record], Awaitable[None]]) -> None:
        for one in self.records:
            if one.timestamp >= since:
                await take(one)


class FakeRedriven:
    def __init__(self) -> None:
        self.noted: dict[str, Instant] = {}

    async def times(self, ids: Sequence[str]) -> list[Instant]:
        return [self.noted.get(one, NEVER) for one in ids]

    async def note(self, letter_id: str) -> None:
        self.noted[letter_id] = NOON


class Desk:
    """A worker that sets records aside, and an operator who looks at them."""

    def __init__(self, site: Site, worker: Worker) -> None:
        self.site = site
        self.worker = worker
        self.topic = FakeTopic(site)
        self.redriven = FakeRedriven()
        self.engines: Any = Engines(self.topic, site.records, self.redriven, site.tenants, site.books, site.clock)
        self.control = DeadLetterControl(self.engines, Inbound([INBOUND], {"alerts.bound": "acme"}))

    async def listed(self, limit: int = 100, **wanted: Any) -> list[str]:
        found = await self.control.newest(Filter(**wanted), limit)
        return [letter.id for letter, _ in found.letters]

    async def redrive(self, limit: int = 100, *, force: bool = False, **wanted: Any) -> list[Redriven]:
        done: list[Redriven] = []
        await self.control.redrive(Filter(**wanted), limit, done.append, force=force)
        return done

    async def outcomes(self, **wanted: Any) -> list[Outcome]:
        return [one.outcome for one in await self.redrive(**wanted)]

    async def shown(self) -> ReadableLetter:
        """What may be read of the only letter."""
        [letter] = letters(self)
        return (await self.control.shown(Filter(ids=frozenset({letter.id}))))[0]

    def again(self) -> list[Record]:
        """What was appended again, as the broker stamps it."""
        return [
            Record(INBOUND, 3, 1000 + number, self.site.clock.time, one.key, one.value, tuple(one.all_headers))
            for number, one in enumerate(self.site.records.records)
            if one.topic == INBOUND
        ]


@pytest.fixture
async def desk() -> Desk:
    site = await a_site(ACME)
    return Desk(site, await a_worker(site))


def letters(desk: Desk) -> list[DeadLetter]:
    return [letter for one in desk.topic.records if (letter := read_letter(one)) is not None]


async def redacting(desk: Desk) -> None:
    await desk.site.tenants.publish(ACME, stored.dump(read_document(REDACTED, "acme"), REDACTED))


async def late(desk: Desk, number: int = 0, **given: Any) -> Record:
    """A record of a tenant that is applied afterwards."""
    record = a_record(an_alert("A"), tenant="beta", offset=number, **given)
    await desk.worker.take(record)
    return record


async def test_a_letter_is_read_as_it_was_written(desk: Desk) -> None:
    record = replace(
        a_record(value=b"{", received=after(-3), offset=42), timestamp=after(-1), stamped=Stamped.BY_BROKER
    )
    await desk.worker.take(record)

    [letter] = letters(desk)

    assert letter == DeadLetter(
        id="alerts.inbound-3-42",
        tenant=ACME,
        reason="not_json",
        stage="parse",
        error=letter.error,
        origin=Origin(INBOUND, 3, 42),
        observed_at=after(-1),
        appended_at=NOON,
        key=b"key",
        value=b"{",
        headers=tuple((name, value) for name, value in record.headers if value is not None),
        is_whole=True,
        is_batch=False,
        owner=ACME,
    )


@pytest.mark.parametrize("name", ["reason", "origin_topic", "origin_partition", "origin_offset"])
async def test_what_no_worker_has_put_there_is_passed_over(desk: Desk, name: str) -> None:
    await desk.worker.take(a_record(value=b"{"))
    [record] = desk.topic.records

    assert read_letter(replace(record, headers=tuple(one for one in record.headers if one[0] != name))) is None


async def test_a_letter_of_an_earlier_release_has_the_id_and_time_that_it_would_have_now(desk: Desk) -> None:
    await desk.worker.take(a_record(an_alert("A"), {"labels": {}}, received=after(-3), offset=42))
    [record] = desk.topic.records
    new = {"dead_letter_id", "dead_letter_tenant", "observed_at"}
    old = replace(record, headers=tuple(one for one in record.headers if one[0] not in new))

    now = read_letter(record)

    assert now is not None
    assert read_letter(old) == replace(now, owner=None)  # nothing says that it was found out


async def test_letters_are_found_by_tenant_reason_time_and_id_newest_first(desk: Desk) -> None:
    await desk.worker.take(a_record(value=b"{", offset=1))
    await desk.worker.take(a_record(value=b"[0", offset=2))
    await late(desk, 3)
    ids = [f"alerts.inbound-3-{number}" for number in (3, 2, 1)]

    assert await desk.listed() == ids
    assert await desk.listed(tenant=ACME) == ids[1:]
    assert await desk.listed(reason="unknown_tenant") == ids[:1]
    assert await desk.listed(since=after(1)) == ids[:2]
    assert await desk.listed(until=after(1)) == ids[2:]
    assert await desk.listed(ids=frozenset(ids[1:2])) == ids[1:2]
    assert await desk.listed(tenant=TenantId("nobody")) == []


async def test_of_more_than_are_wanted_the_newest_are_shown_and_the_others_counted(desk: Desk) -> None:
    for number in range(5):
        await desk.worker.take(a_record(value=b"{", offset=number))

    found = await desk.control.newest(Filter(), 2)

    assert [letter.origin.offset for letter, _ in found.letters] == [4, 3]
    assert found.besides == 3


async def test_what_another_worker_has_set_aside_again_is_one_letter(desk: Desk) -> None:
    await desk.worker.take(a_record(value=b"{", offset=1))
    await (await a_worker(desk.site)).take(a_record(value=b"{", offset=1))

    assert len(desk.topic.records) == 2
    assert await desk.listed() == ["alerts.inbound-3-1"]


async def test_a_letter_that_is_not_there_is_named(desk: Desk) -> None:
    with pytest.raises(OperationError, match=r"alerts\.inbound-0-9"):
        await desk.control.find(Filter(ids=frozenset({"alerts.inbound-0-9"})))
    with pytest.raises(OperationError, match=r"alerts\.inbound-0-9"):
        await desk.redrive(ids=frozenset({"alerts.inbound-0-9"}))


async def test_a_redriven_record_is_the_record_with_the_time_that_it_had(desk: Desk) -> None:
    record = await late(desk, received=after(-3))
    await desk.site.open(BETA)

    [done] = await desk.redrive()

    assert done.outcome is Outcome.REDRIVEN
    [again] = desk.again()
    assert (again.topic, again.key, again.value) == (record.topic, record.key, record.value)
    assert dict(again.headers) == {
        **dict(record.headers),
        "observed_at": to_rfc3339(after(-3)).encode(),
        "redriven": b"alerts.inbound-3-0",
    }


async def test_it_is_folded_as_if_it_had_come_in_time(desk: Desk) -> None:
    """It fires by an observation that an end has overtaken: the end stays."""
    await late(desk, received=NOON)
    await desk.site.open(BETA)
    await desk.worker.take(a_record(a_resolve("A"), tenant="beta", received=after(0), offset=7))
    desk.site.pass_time(60)

    await desk.redrive()
    await desk.worker.take(*desk.again())

    alert = desk.site.group(tenant=BETA).alerts[id_of("A")]
    assert (alert.registers.seen_firing, alert.registers.firing) == (NOON, False)
    assert desk.worker.metrics.redriven._value.get() == 1


async def test_it_is_counted_beside_the_books_of_its_tenant(desk: Desk) -> None:
    await late(desk)
    await desk.site.open(BETA)

    await desk.redrive()

    assert (await desk.site.books.read(BETA))["redriven"] == 1


async def test_a_letter_is_redriven_once_unless_that_is_forced(desk: Desk) -> None:
    await late(desk)
    await desk.site.open(BETA)

    assert await desk.outcomes() == [Outcome.REDRIVEN]
    assert await desk.outcomes() == [Outcome.ALREADY]
    assert await desk.outcomes(force=True) == [Outcome.REDRIVEN]
    assert len(desk.again()) == 2


async def test_what_fails_again_is_another_letter_with_the_same_time(desk: Desk) -> None:
    await late(desk, received=after(-3))
    await desk.site.open(BETA)
    await desk.redrive()
    await desk.site.tenants.remove(BETA)
    await (await a_worker(desk.site)).take(*desk.again())

    first, second = letters(desk)

    assert first.id != second.id
    assert (first.observed_at, second.observed_at) == (after(-3), after(-3))


async def test_at_most_so_many_are_redriven_the_oldest_first(desk: Desk) -> None:
    for number in range(3):
        await late(desk, number)
    await desk.site.open(BETA)

    done = await desk.redrive(limit=2)

    assert [one.id for one in done] == ["alerts.inbound-3-0", "alerts.inbound-3-1"]
    assert [one.outcome for one in await desk.redrive(limit=2)] == [
        Outcome.ALREADY,
        Outcome.ALREADY,
        Outcome.REDRIVEN,
    ]


async def test_a_part_of_a_body_is_redriven_alone(desk: Desk) -> None:
    await desk.worker.take(a_record(an_alert("A"), {"labels": {}}))

    await desk.redrive()

    assert [one.value for one in desk.again()] == [b'{"labels": {}}']


async def test_what_had_no_key_has_none_again(desk: Desk) -> None:
    await desk.worker.take(replace(a_record(value=b"{"), key=None))

    await desk.redrive()

    assert [one.key for one in desk.again()] == [None]


@pytest.mark.parametrize(
    ("outcome", "record", "patched"),
    [
        pytest.param(Outcome.UNKNOWN_TENANT, a_record(an_alert(), tenant="nobody"), {}, id="unknown tenant"),
        pytest.param(Outcome.TENANT_MISSING, a_record(an_alert(), headers=[]), {}, id="no tenant"),
        pytest.param(
            Outcome.TOO_OLD,
            a_record(an_alert(), received=Instant(NOON - 25 * HOUR)),
            {},
            id="older than is remembered",
        ),
        pytest.param(Outcome.OTHER_TOPIC, a_record(value=b"{", topic="alerts.other"), {}, id="from somewhere else"),
        pytest.param(
            Outcome.BATCH,
            a_record(value=b"packed", headers=[("alert-router-unread", b"batch_too_large"), ("tenant", b"acme")]),
            {},
            id="a batch",
        ),
        pytest.param(Outcome.CUT, a_record(value=b"{" + b"x" * 20_000), {"max_value": 20_000}, id="cut"),
    ],
)
async def test_what_would_be_of_no_use_is_refused_with_the_reason(
    desk: Desk, outcome: Outcome, record: Record, patched: dict[str, int]
) -> None:
    for name, value in patched.items():
        setattr(desk.site.records, name, value)
    await desk.worker.take(record)

    [done] = await desk.redrive(force=True)

    assert done.outcome is outcome
    assert done.detail
    assert desk.again() == []


async def test_a_bound_topic_names_the_tenant(desk: Desk) -> None:
    await desk.worker.take(a_record(value=b"{", topic="alerts.bound", headers=[]))

    [letter] = letters(desk)
    [done] = await desk.redrive()

    assert (letter.tenant, letter.owner, done.outcome) == (ACME, ACME, Outcome.REDRIVEN)


async def test_what_was_made_of_an_event_goes_to_the_inbound_topic(desk: Desk) -> None:
    headers = [("tenant", b"acme"), (SOURCE, Source.PART.encode())]
    await desk.worker.take(a_record(value=b"{", topic="alertmanager.events", headers=headers))

    [done] = await desk.redrive()

    assert done.outcome is Outcome.REDRIVEN
    [again] = desk.again()
    assert (SOURCE, Source.PART.encode()) in again.headers


async def test_what_kafka_never_takes_is_reported_and_may_be_asked_for_again(desk: Desk) -> None:
    await desk.worker.take(a_record(value=b"{"))
    desk.site.records.faults.fail("append", PayloadError("too_large", "larger than a record may be"))

    [done] = await desk.redrive()

    assert (done.outcome, done.detail) == (Outcome.NOT_APPENDED, "larger than a record may be")
    assert desk.redriven.noted == {}


async def test_what_a_tenant_redacts_is_shown_nowhere(desk: Desk) -> None:
    await redacting(desk)
    alert = an_alert("A", customer="Wayne Corp")
    alert["annotations"] = {"email": "bruce@wayne.example", "summary": "Wayne Corp pays by 1234567812345678"}
    alert["generatorURL"] = "http://x.example/?q=Wayne%20Corp"
    body = a_body({**alert, "labels": {**alert["labels"], "alertname": 7}}, group="Wayne Corp")
    headers = [("tenant", b"acme"), ("x-customer", b"Wayne Corp"), ("Authorization", b"hunter2")]
    await desk.worker.dead_letters.add(
        a_record(value=body, headers=headers), ACME, PayloadError("not_json", "at 'Wayne Corp'")
    )

    shown = await desk.shown()

    everything = f"{shown.error} {shown.headers} {shown.key} {shown.body}"
    for secret in ("Wayne", "bruce", "1234567812345678", "hunter2"):
        assert secret not in everything
    assert "pays by" in shown.body
    assert json.loads(shown.body)["alerts"][0]["annotations"]["email"] == "•••"


async def test_who_was_erased_is_neither_shown_nor_redriven(desk: Desk) -> None:
    text = f"{REDACTED}personal: {{labels: [user]}}\n"
    await desk.site.tenants.publish(ACME, stored.dump(read_document(text, "acme"), text))
    alert = an_alert("A", user="eve@example.com") | {"annotations": {"summary": "Eve@example.com pays"}}
    record = a_record(value=a_body({**alert, "labels": {**alert["labels"], "number": 7}}), received=NOON)
    await desk.worker.dead_letters.add(record, ACME, PayloadError("internal_error", "at eve@example.com"))
    digest = subject_digest(b"k", "eve@example.com")
    subject = ErasedSubject("1f8e2c3a", digest, Instant(NOON + HOUR), NOON)
    desk.site.store.tenants[ACME].subjects = SubjectList(b"k", (subject,))

    shown, [done] = await desk.shown(), await desk.redrive(force=True)

    assert "eve@" not in f"{shown.error} {shown.body}"
    assert (done.outcome, desk.again()) == (Outcome.ERASED, [])


@pytest.mark.parametrize("value", [b"{", b"\xff", b"[" * 100_000])
async def test_a_body_in_which_that_cannot_be_found_is_hidden_whole(desk: Desk, value: bytes) -> None:
    await redacting(desk)
    await desk.worker.take(a_record(value=value))

    shown = await desk.shown()

    assert (shown.body, shown.error) == (NotShown.CANNOT_BE_REDACTED, "•••")


@tries("body of a dead letter that is shown redacted")
async def test_so_many_bytes_of_a_body_are_looked_through(desk: Desk, beyond: int) -> None:
    await redacting(desk)
    await desk.worker.dead_letters.add(
        a_record(value=b"{}".ljust(MAX_REDACTED + beyond)), ACME, PayloadError("not_a_webhook", "no")
    )

    assert ((await desk.shown()).body is NotShown.CANNOT_BE_REDACTED) is (beyond > 0)


async def test_a_body_of_nobody_is_hidden_since_nobodys_rules_are_known(desk: Desk) -> None:
    await desk.worker.take(a_record(an_alert("A"), tenant="nobody"))

    shown = await desk.shown()

    assert shown.body is NotShown.RULES_UNKNOWN
    assert {value for _, value in shown.headers} == {"•••"}


async def test_a_body_of_which_it_is_not_clear_whose_it_is_is_hidden(desk: Desk) -> None:
    await desk.worker.take(a_record(an_alert("A"), tenant="beta", topic="alerts.bound"))
    await desk.site.open(BETA)

    assert (await desk.shown()).body is NotShown.RULES_UNKNOWN


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (SLACK_TOKEN, "1234567890"),
        ("ar_0123456789012345678901234567890123456789012", "0123456789"),
        ("Bearer abcdef123456", "abcdef123456"),
        ("https://hooks.slack.com/services/T0/B0/XXXX", "XXXX"),
        ("postgres://root:hunter2@db.example/x", "hunter2"),
    ],
)
async def test_tokens_and_passwords_are_shown_nowhere(desk: Desk, text: str, secret: str) -> None:
    body = json.dumps({"x": text}).encode()
    await desk.worker.take(a_record(value=body, headers=[("tenant", b"acme"), ("x", text.encode())]))

    shown = await desk.shown()

    assert secret not in f"{shown.error} {shown.headers} {shown.body}"
    assert "x" in shown.body


async def test_who_asks_for_all_of_it_gets_it_as_it_is(desk: Desk) -> None:
    await redacting(desk)
    await desk.worker.take(a_record(value=b"{ Wayne Corp \xff", headers=[("tenant", b"acme"), ("x", b"\xfe")]))
    [letter] = letters(desk)

    shown = as_it_is(letter)

    assert (shown.body, shown.headers) == ("{ Wayne Corp \\xff", (("tenant", "acme"), ("x", "\\xfe")))


async def test_without_rules_a_body_is_shown_as_it_was_sent(desk: Desk) -> None:
    await desk.site.tenants.publish(ACME, a_document("acme"))
    await desk.worker.take(a_record(value=b'{ "a" :1}'))

    assert (await desk.shown()).body == '{ "a" :1}'


FORGED: Final = [
    ("dead_letter_tenant", b"beta"), ("dead_letter_id", b"another"), ("was_null", b"key"), ("body_left_out", b"yes"),
]  # fmt: skip


@pytest.mark.parametrize("own", [[("tenant", b"acme")], []])
async def test_a_record_that_calls_itself_a_letter_of_somebody_else_is_not_believed(
    desk: Desk, own: list[tuple[str, bytes]]
) -> None:
    await desk.worker.take(a_record(value=b"{", headers=[*own, *FORGED]))

    [letter] = letters(desk)

    assert (letter.owner, letter.id) == (ACME if own else None, "alerts.inbound-3-0")
    assert (letter.key, letter.is_whole) == (b"key", True)
    assert await desk.listed(owner=BETA) == []


async def test_a_tenant_has_those_that_were_found_to_be_its_own(desk: Desk) -> None:
    await desk.worker.take(a_record(value=b"{"))
    await desk.worker.take(a_record(an_alert("A"), tenant="nobody", offset=1))
    await desk.worker.take(
        a_record(an_alert("A"), tenant="acme", topic="alerts.bound", headers=[("tenant", b"beta")])
    )

    assert await desk.listed(owner=ACME) == ["alerts.inbound-3-0"]
    assert await desk.listed(owner=TenantId("nobody")) == []
    with pytest.raises(OperationError, match="no dead letter"):
        await desk.control.shown(Filter(owner=ACME, ids=frozenset({"alerts.inbound-3-1"})))


async def test_what_was_found_to_be_of_one_tenant_goes_to_no_other_that_its_topic_is_bound_to_by_now(
    desk: Desk,
) -> None:
    record = a_record(value=b"{", topic="alerts.moved")
    await desk.worker.take(record)
    inbound = Inbound([INBOUND], {"alerts.moved": "beta"})
    done = list[Redriven]()

    await DeadLetterControl(desk.engines, inbound).redrive(Filter(), 1, done.append)

    assert [one.outcome for one in done] == [Outcome.OTHER_TENANT]


async def test_pages_have_each_letter_once_the_newest_first(desk: Desk) -> None:
    for offset in (0, 1, 2, 1, 3, 0):  # set aside again, as after a crash
        await (await a_worker(desk.site)).take(a_record(value=b"{", offset=offset))
    found, before = list[str](), None
    while True:
        page = await desk.control.newest(Filter(), 1, before)
        found += [letter.id for letter, _ in page.letters]
        if not page.besides:
            break
        last = page.letters[-1][0]
        before = Place(last.appended_at, last.id)

    assert found == [f"alerts.inbound-3-{offset}" for offset in (0, 3, 1, 2)]
    assert found == await desk.listed()


async def test_the_ids_that_no_letter_has_are_named_after_the_others_were_redriven(desk: Desk) -> None:
    await desk.worker.take(a_record(value=b"{"))
    done = list[Redriven]()
    ids = frozenset({"alerts.inbound-3-0", "absent"})

    absent = await desk.control.redrive_there(Filter(ids=ids), 10, done.append)

    assert ([one.outcome for one in done], absent) == ([Outcome.REDRIVEN], frozenset({"absent"}))
