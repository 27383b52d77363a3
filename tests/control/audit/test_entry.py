"""An entry is bytes that are read as what was written, and that name nobody in the clear."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.control.audit.appending import Appending
from router.control.audit.canonical import MAX_DIFFERENCES, MAX_TEXT, canonical
from router.control.audit.personal import sealed
from router.control.audit.reading import Stamp, placed, stamp_of
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.ports.audit import (
    Action,
    Actor,
    ActorKind,
    AuditHead,
    Difference,
    Entry,
    Interface,
    Origin,
    Outcome,
    Ruling,
    Version,
)
from tests.bounds import tries
from tests.control.audit.builders import BEGINNING, an_entry, hidden

TEXT = st.sampled_from(["", "a", '\0\n"\\', "\udc80 half a pair", "\u2028é😀", "null"])
SOME = st.none() | st.builds(Version, st.integers(1, 99), st.just("ab"))
ENTRIES = st.builds(
    Entry,
    id=TEXT,
    action=st.sampled_from(Action),
    actor=st.builds(Actor, st.sampled_from(ActorKind), TEXT, TEXT, TEXT, TEXT, TEXT),
    origin=st.builds(Origin, st.sampled_from(Interface), TEXT, TEXT),
    decision=st.builds(Ruling, st.booleans(), TEXT),
    outcome=st.sampled_from(Outcome),
    tenant=st.none() | st.just(TenantId("acme")),
    resource=TEXT,
    before=SOME,
    after=SOME,
    diff=st.lists(st.builds(Difference, TEXT, st.none() | TEXT, st.none() | TEXT), max_size=3).map(tuple),
    reason=TEXT,
    request_id=TEXT,
    trace=TEXT,
    error=TEXT,
)


@given(ENTRIES, st.integers(0, 2**60))
def test_an_entry_is_read_as_it_was_written(entry: Entry, seq: int) -> None:
    content = canonical(entry, seq, BEGINNING, hidden)

    assert placed(content).entry == sealed(entry, hidden)
    assert placed(content).stamp == stamp_of(content) == Stamp(seq, BEGINNING, entry.tenant)
    assert b"\n" not in content


def test_the_bytes_are_always_the_same() -> None:
    content = canonical(an_entry(7, None), 7, BEGINNING, hidden)

    assert content == json.dumps(json.loads(content), sort_keys=True, separators=(",", ":")).encode()
    assert content == canonical(an_entry(7, None), 7, BEGINNING, hidden)
    assert content.startswith(
        b'{"action":"tenant.apply","actor":{"display":"<None:actor.display:3>","issuer":"login","kind":"user"'
    )


def test_name_and_address_of_a_person_are_sealed_by_the_tenants_key() -> None:
    content = canonical(an_entry(), 0, BEGINNING, hidden)

    assert b"Ana" not in content
    assert b"192.0.2.7" not in content
    assert b"<acme:actor.display:3>" in content
    assert b"<acme:from.ip:9>" in content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"seq":0}',
        b'{"seq":"x","time":"y"}',
        b'{"seq":0,"time":"2026-01-01T00:00:00"}',
        b'{"seq":1e999,"time":"2026-01-01T00:00:00Z"}',
        b"[" * 100_000,
    ],
)
def test_what_is_not_an_entry_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|entry|place"):
        stamp_of(content)
    with pytest.raises(ValueError, match=r"JSON|entry|place"):
        placed(content)


def test_an_entry_of_a_later_release_has_a_place_and_is_not_read() -> None:
    content = canonical(an_entry(), 3, BEGINNING, hidden).replace(b'"v":1', b'"v":2')

    assert stamp_of(content).seq == 3
    with pytest.raises(ValueError, match="form 2"):
        placed(content)


def test_an_entry_without_its_parts_is_not_read() -> None:
    with pytest.raises(ValueError, match="not an entry"):
        placed(b'{"v":1,"seq":0,"time":"2026-01-01T00:00:00Z"}')


def test_each_entry_stands_behind_the_one_before() -> None:
    append, head = Appending(hidden), AuditHead(0, b"")
    for number in range(3):
        row, head = append(head, an_entry(number), Instant(BEGINNING + number))
        assert (row.seq, head.size, row.tenant, row.at) == (number, number + 1, "acme", BEGINNING + number)


@tries("text in an audit entry")
def test_a_text_is_cut_at_the_bound(beyond: int) -> None:
    reason = "x" * (MAX_TEXT + beyond)
    entry = placed(canonical(an_entry(reason=reason), 0, BEGINNING, hidden)).entry

    assert (entry.reason == reason) == (beyond <= 0)
    assert len(entry.reason) <= MAX_TEXT


@tries("differences in an audit entry")
def test_differences_beyond_the_bound_are_counted(beyond: int) -> None:
    many = tuple(Difference(f"route.{number}", None, "a") for number in range(MAX_DIFFERENCES + beyond))
    entry = Entry(
        "1", Action.TENANT_APPLY, an_entry().actor, an_entry().origin, Ruling(True, ""), Outcome.DONE, diff=many
    )
    content = canonical(entry, 0, BEGINNING, hidden)

    assert len(placed(content).entry.diff) == min(len(many), MAX_DIFFERENCES)
    assert (b'"diff_left_out":1' in content) == (beyond > 0)
