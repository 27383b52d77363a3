"""What an erasure certifies, by the registry of kinds."""

from typing import Final

from router.control.kinds.erasing import after_step, certificate, next_step
from router.control.kinds.kind import Ending, Place
from router.control.kinds.kind import Erasure as Fate
from router.control.kinds.registry import KINDS, kinds_in
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, NEVER, Instant, Span
from router.ports.erasure import Erasure, Step

NOON: Final = Instant(1_795_694_400_000_000)
BEGUN: Final = Erasure(TenantId("acme"), NOON)
KEPT: Final = {
    one.name: Span((48 if "inbound" in one.kept.setting else 336) * HOUR)
    for one in kinds_in(Place.TOPICS)
    if one.kept.ending is Ending.TOPIC
}


def test_steps_are_done_in_their_order_and_the_last_one_ends_it() -> None:
    erasure, done = BEGUN, list[Step]()
    while (step := next_step(erasure)) is not None:
        assert not erasure.is_over
        done.append(step)
        erasure = after_step(erasure, step, Instant(NOON + HOUR))

    assert done == list(Step)
    assert erasure.ended_at == NOON + HOUR


def test_rows_go_before_keys_which_a_projector_would_bring_back_and_messages_before_their_token() -> None:
    order = list(Step)

    assert order.index(Step.ROWS) < order.index(Step.KEYS)
    assert order.index(Step.SUSPEND) < order.index(Step.LAST_EDIT) < order.index(Step.ROWS)
    assert order[-1] is Step.CERTIFY


def test_every_kind_that_may_hold_something_of_a_tenant_is_certified_as_deleted_or_as_left() -> None:
    done = certificate(BEGUN, KEPT, NOON)
    named = [*done.deleted, *(one.kind for one in done.left)]

    kinds = [f"{one.place}:{one.name}" for one in KINDS if one.erasure is not Fate.UNTOUCHED]
    assert sorted(named) == sorted([*kinds, "Redis:files", "PostgreSQL:files", "backups"])


def test_records_end_with_their_retention_and_what_may_become_of_them_after_that() -> None:
    left = {one.kind: one.until for one in certificate(BEGUN, KEPT, NOON).left}

    assert left["Kafka:kafka.inbound_topic"] == NOON + 48 * HOUR
    assert left["Kafka:kafka.bound_topics"] == NOON + 48 * HOUR
    assert left["Kafka:kafka.dead_letter_topic"] == NOON + (48 + 336) * HOUR
    assert left["PostgreSQL:audit"] == NEVER
