"""What each group adds to the counts of a digest."""

from router.core.digest.share import MAX_ROWS, count_again
from router.core.model.group import Digest, Row
from router.core.model.instant import Instant
from router.core.model.key import GroupId
from tests.bounds import tries
from tests.core.digest.storm import Storm, totals

ONE, TWO = GroupId("1"), GroupId("2")


def a_row(name: str = "A", severity: str = "warning", **counts: int) -> Row:
    return Row(name, severity, Instant(1), **counts)


def test_a_group_that_is_counted_again_counts_once() -> None:
    first, noted = count_again(Digest(), {}, {ONE: [a_row(firing=5)]})
    again, _ = count_again(first, noted, {ONE: [a_row(firing=2, resolved=3)]})

    assert (again.groups, again.rows) == (1, (a_row(firing=2, resolved=3),))


def test_a_group_that_leaves_is_not_counted_any_more() -> None:
    both, noted = count_again(Digest(), {}, {ONE: [a_row(firing=5)], TWO: [a_row(firing=1)]})
    left, _ = count_again(both, {ONE: noted[ONE]}, {ONE: ()})

    assert (left.groups, left.rows) == (1, (a_row(firing=1),))


def test_the_newest_start_of_a_name_stays_its_newest() -> None:
    old, _ = count_again(Digest(), {}, {ONE: [Row("A", "", Instant(9), firing=1)]})
    more, _ = count_again(old, {}, {TWO: [Row("A", "", Instant(5), firing=1)]})

    assert more.rows == (Row("A", "", Instant(9), firing=2),)


@tries("names and severities that one digest tells apart")
def test_so_many_names_are_distinct_and_the_others_are_counted_together(beyond: int) -> None:
    names = [GroupId(f"{number:04}") for number in range(MAX_ROWS + beyond)]
    shares = {name: [a_row(name, firing=1)] for name in names}

    counted, noted = count_again(Digest(), {}, shares)
    gone, _ = count_again(counted, noted, dict.fromkeys(names, ()))

    together = [row for row in counted.rows if not row.name]
    assert sum(row.firing for row in counted.rows) == len(names)
    assert [row.firing for row in together] == ([beyond] if beyond > 0 else [])
    assert (gone.groups, gone.rows) == (0, ())


def test_alerts_are_counted_by_what_the_group_shows_of_them() -> None:
    storm = Storm().fire(*range(20)).look().call().end(0, 1).wait(6).advance().call()

    assert totals(storm.counts.rows) == storm.truth()
    assert storm.truth()["A0", "warning", "resolved"] == 1


def test_what_is_not_reported_is_counted_apart_and_keeps_the_digest_open() -> None:
    counted, noted = count_again(Digest(), {}, {ONE: [a_row(firing=1, unreported=2)]})
    ended, _ = count_again(counted, noted, {ONE: [a_row(resolved=1, unreported=2)]})

    assert (counted.firing, counted.unreported) == (1, 2)
    assert (ended.firing, ended.unreported, ended.rows[0].total) == (0, 2, 3)
