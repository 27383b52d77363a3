"""Events of Alertmanager's recorder: who mutes what, and nothing else."""

import json
from collections import Counter
from typing import Any, Final

import pytest

from router.core.model.alert import Fingerprint
from router.core.model.instant import parse_rfc3339
from router.core.model.muted import MutedBy
from router.core.parse.bounds import BodyBounds
from router.core.parse.upstream import Muting, SilenceChange, read_event
from tests.docs.pages import TOP

RECORDING: Final = (TOP / "tests/data/alertmanager-0.35-events.jsonl").read_bytes().split(b"\n")
DB_1: Final = Fingerprint(f"{7599045750018581986:016x}")


def an_event(kind: str, **event: Any) -> bytes:
    return json.dumps({"data": {kind: event}}).encode()


def an_alert(**labels: str) -> dict[str, Any]:
    return {"labels": labels, "fingerprint": "1"}


def test_the_recording_holds_mutes_by_a_silence_and_by_a_rule() -> None:
    found = [read_event(line) for line in RECORDING if line.strip()]
    mutings = [one for one in found if isinstance(one, Muting)]
    [made] = [one for one in found if isinstance(one, SilenceChange)]

    assert {one.muted.by for one in mutings} == {MutedBy.SILENCED, MutedBy.INHIBITED}
    assert {one.labels["instance"] for one in mutings if one.muted.author == "ana"} == {"db-2"}
    assert Counter(one.muted.name for one in mutings if one.fingerprint == DB_1) == {"cluster-down": 4}
    assert (made.muted.author, made.muted.comment) == ("ana", "replacing the disk")
    assert made.muted.until == parse_rfc3339("2026-11-26T00:21:17.006Z")


def test_a_rule_without_a_name_is_none_that_is_known() -> None:
    found = read_event(an_event("inhibitionMutedAlert", mutedAlert=an_alert(a="b")))

    assert isinstance(found, Muting)
    assert (found.muted.by, found.muted.name, found.labels) == (MutedBy.INHIBITED, "", {"a": "b"})


@pytest.mark.parametrize("kind", ["alertmanagerStartupEvent", "somethingNew"])
def test_any_other_event_says_nothing(kind: str) -> None:
    assert read_event(an_event(kind)) is None


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"data": 5}',
        an_event("silenceCreated", silence=5),
        an_event("silenceMutedAlert", silence={"id": "s"}),
        an_event("inhibitionMutedAlert", mutedAlert={"labels": {"a": "b"}}),
        an_event("inhibitionMutedAlert", mutedAlert={"labels": {"a": "b"}, "fingerprint": "x"}),
        an_event("inhibitionMutedAlert", mutedAlert=an_alert(a="b"), inhibitRules=[5]),
    ],
)
def test_what_is_no_event_of_alertmanager_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_event(body)


def test_labels_beyond_the_bounds_are_refused() -> None:
    body = an_event("inhibitionMutedAlert", mutedAlert=an_alert(**{f"l{number}": "x" for number in range(99)}))

    with pytest.raises(ValueError, match="labels"):
        read_event(body, BodyBounds(labels=3))
