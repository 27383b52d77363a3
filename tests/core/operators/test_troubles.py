"""What is wrong now, by tenant: the worst first, and what lasts apart from what happens."""

from router.core.model.instant import NEVER, Instant
from router.core.operators.troubles import (
    LASTS,
    QUIET,
    Kind,
    Row,
    Tally,
    digest_of,
    faded_before,
    present,
    rows_of,
    trouble,
)
from tests.adapters.builders import NOON, after

DEAD = Tally(trouble(Kind.TOKENS, "acme", "token_dead"), 1, NOON)
LOST = Tally(trouble(Kind.TOKENS, "beta", "secret_not_found"), 1, after(60))
OLD = Tally(trouble(Kind.DEAD_LETTERS, "acme", "not_json"), 2, NOON)
NEW = Tally(trouble(Kind.DEAD_LETTERS, "beta", "too_old"), 5, after(60))


def test_what_lasts_is_over_for_each_tenant_alone() -> None:
    assert present(Kind.TOKENS, [DEAD, LOST, OLD], after(60)) == [DEAD, LOST]
    assert present(Kind.TOKENS, [DEAD, LOST], Instant(NOON + LASTS)) == [LOST]
    assert faded_before(Kind.TOKENS, [DEAD, LOST], Instant(NOON + LASTS)) == NOON


def test_what_is_counted_goes_on_until_none_of_it_happens_any_more() -> None:
    while_new = Instant(NOON + QUIET)
    assert present(Kind.DEAD_LETTERS, [OLD, NEW, DEAD], while_new) == [OLD, NEW]
    assert faded_before(Kind.DEAD_LETTERS, [OLD, NEW], while_new) == NEVER

    quiet = Instant(after(60) + QUIET)
    assert present(Kind.DEAD_LETTERS, [OLD, NEW], quiet) == []
    assert faded_before(Kind.DEAD_LETTERS, [OLD, NEW], quiet) == after(60)


def test_a_tenant_has_one_row_with_its_reasons_and_channels() -> None:
    dead = [Tally(trouble(Kind.RECEIVERS, "acme", "channel_dead", name), 1, NOON) for name in ("#b", "#a")]
    refused = Tally(trouble(Kind.RECEIVERS, "acme", "message_refused", "C0ffee"), 1, NOON)
    more = Tally(trouble(Kind.RECEIVERS, "beta", "message_refused", "f00d"), 9, NOON)

    assert rows_of([*dead, refused, more]) == [
        Row("beta", 9, [("message_refused", 9)]),
        Row("acme", 3, [("channel_dead", 2), ("message_refused", 1)], ("#a", "#b")),
    ]


def test_the_digest_follows_what_is_shown_and_not_when_it_was_met() -> None:
    again = Tally(DEAD.trouble, 1, after(9))
    assert digest_of(rows_of([DEAD])) == digest_of(rows_of([again]))
    assert digest_of(rows_of([DEAD])) != digest_of(rows_of([LOST]))


def test_names_are_cut_to_what_can_be_stored_for_many() -> None:
    one = trouble(Kind.TOKENS, "t" * 999, "r" * 999, "p" * 999)
    assert (len(one.tenant), len(one.reason), len(one.place)) == (80, 80, 80)
