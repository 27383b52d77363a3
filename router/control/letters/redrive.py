"""A dead letter appended again to the topic that it came from, with the time by which its alerts count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from router.control.letters.letter import DeadLetter
from router.core.decide.policy import REPLAY_HORIZON
from router.core.model.alert import TenantId
from router.core.model.instant import Instant, to_rfc3339
from router.ports.dead_letter import REDRIVEN
from router.ports.kafka import OBSERVED_AT, SOURCE, Headers


class Outcome(StrEnum):
    """What becomes of a letter that is to be redriven."""

    REDRIVEN = "redriven"
    ALREADY = "already_redriven"
    CUT = "cut"
    BATCH = "batch"
    TOO_OLD = "too_old"
    OTHER_TOPIC = "other_topic"
    OTHER_TENANT = "other_tenant"
    TENANT_MISSING = "tenant_missing"
    UNKNOWN_TENANT = "unknown_tenant"
    ERASED = "erased"
    NOT_APPENDED = "not_appended"
    NOT_THERE = "not_there"


WHY: Final[Mapping[Outcome, str]] = {
    Outcome.ALREADY: "it was redriven before; --force does it again",
    Outcome.CUT: "all of it was too large, so that only its first bytes are here; it is at its origin",
    Outcome.BATCH: "it is a whole batch that could not be read; send it again in smaller ones",
    Outcome.TOO_OLD: "its alerts were observed longer ago than alerts are remembered (24 hours)",
    Outcome.OTHER_TOPIC: "workers do not read the topic of its origin; see ALERT_ROUTER_KAFKA__BOUND_TOPICS",
    Outcome.OTHER_TENANT: "its topic is bound to another tenant than when it was set aside",
    Outcome.TENANT_MISSING: "it names no tenant, and its topic is bound to none",
    Outcome.UNKNOWN_TENANT: "its tenant has no configuration; apply one first",
    Outcome.ERASED: "it names a person whose data was erased; have its alerts sent again",
    Outcome.NOT_APPENDED: "Kafka did not take it",
    Outcome.NOT_THERE: "there is no such dead letter",
}


@dataclass(frozen=True, slots=True)
class Redriven:
    """What became of one letter, and why if it was not redriven."""

    id: str
    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """The topics that workers read: those of pools, the shared one's first, and those that belong to one tenant."""

    own: Sequence[str]
    bound: Mapping[str, str]

    def topic_of(self, letter: DeadLetter) -> str | None:
        """Where it is appended again; None where workers read no such topic.

        What they made of an event of Alertmanager is a body, and goes to their own topic.
        """
        if any(name == SOURCE for name, _ in letter.headers):
            return self.own[0]
        return letter.origin.topic if letter.origin.topic in {*self.own, *self.bound} else None

    def tenant_of(self, letter: DeadLetter) -> TenantId | None:
        """Whose it would be."""
        bound = self.bound.get(letter.origin.topic)
        return TenantId(bound) if bound else letter.tenant

    def hindrance(self, letter: DeadLetter, now: Instant) -> Outcome | None:
        """Why the letter cannot be redriven; None if it can, as far as it shows."""
        if letter.is_batch:
            return Outcome.BATCH
        if not letter.is_whole:
            return Outcome.CUT
        if letter.observed_at < now - REPLAY_HORIZON:
            return Outcome.TOO_OLD
        if self.topic_of(letter) is None:
            return Outcome.OTHER_TOPIC
        tenant = self.tenant_of(letter)
        if tenant is None:
            return Outcome.TENANT_MISSING
        return None if letter.owner in {None, tenant} else Outcome.OTHER_TENANT


def headers_again(letter: DeadLetter) -> Headers:
    """The record's own headers, and its time, which is never taken for new."""
    kept = [one for one in letter.headers if one[0] != REDRIVEN]
    return [
        *kept,
        (OBSERVED_AT, to_rfc3339(letter.observed_at).encode()),
        (REDRIVEN, letter.id.encode(errors="replace")),
    ]
