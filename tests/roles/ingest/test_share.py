"""Who comes when of a batch: in turns, those with the least first, and nobody's own order is changed."""

from router.ports.kafka import Record
from router.roles.ingest.share import TURN, Company, in_turns, shares_of, split
from router.roles.offload import LARGE
from tests.roles.builders import a_record


def records(tenant: str, *sizes: int) -> list[Record]:
    return [a_record(value=b"x" * size, tenant=tenant, offset=place) for place, size in enumerate(sizes)]


def order(found: list[Record]) -> list[tuple[str, int]]:
    return [(dict(one.headers)["tenant"].decode(), one.offset) for one in found]  # type: ignore[union-attr]


def test_a_turn_is_bounded_in_bytes_and_holds_at_least_one_record() -> None:
    loud = records("loud", TURN // 2, TURN // 4, TURN // 2, 2 * TURN, 1)
    quiet = records("quiet", 1, TURN)

    assert order(in_turns([loud, quiet])) == [
        *(("quiet", 0), ("loud", 0), ("loud", 1)),
        *(("quiet", 1), ("loud", 2)),
        *(("loud", 3), ("loud", 4)),
    ]


def test_nothing_in_turns_is_nothing() -> None:
    assert in_turns([]) == []
    assert shares_of([], {}, []) == []


def test_small_records_share_steps_and_large_or_sick_ones_are_apart() -> None:
    a, b, large, sick = records("a", 1), records("b", 1), records("large", 1, LARGE + 1), records("sick", 1)

    shares = shares_of([*a, *large, *sick, *b], {}, ["sick", "nobody"])

    assert [share.owners for share in shares] == [("a", "b"), ("large",), ("sick",)]
    assert list(shares[1].left) == large


def test_strangers_are_waited_for_by_nobody_else() -> None:
    a, b, one, two = records("a", 1), records("b", 1), records("one", 1), records("two", 1, 1)
    large = records("large", LARGE + 1)

    shares = shares_of([*one, *a, *two, *b, *large], {}, [], ["one", "two", "large", "nobody"])

    assert [(share.owners, share.company) for share in shares] == [
        (("a", "b"), Company.SMALL),
        (("one", "two"), Company.STRANGERS),
        (("large",), None),
    ]


def test_one_owner_alone_is_in_no_company() -> None:
    shares = shares_of([*records("a", 1), *records("one", 1)], {}, [], ["one"])

    assert [(share.owners, share.company) for share in shares] == [(("a",), None), (("one",), None)]


def test_a_topic_that_is_bound_says_whose_its_records_are() -> None:
    bound = [a_record(tenant="a", topic="t"), a_record(headers=[], topic="t"), a_record(headers=[])]

    assert [share.owners for share in shares_of(bound, {"t": "acme"}, ["acme"])] == [("",), ("acme",)]


def test_a_share_is_split_by_tenant_and_keeps_its_order() -> None:
    [share] = shares_of([*records("a", 1, 1), *records("b", 1, 1)], {}, [])
    share.left.popleft()

    assert [(one.owners, order(list(one.left))) for one in split(share, {})] == [
        (("a",), [("a", 1)]),
        (("b",), [("b", 0), ("b", 1)]),
    ]


def test_a_step_takes_whom_it_may_in_their_order_and_keeps_the_others() -> None:
    [share] = shares_of([*records("a", 1, 1), *records("b", 2, 2), *records("c", 9)], {}, [])
    assert share.claims({}) == [(None, "a"), (None, "b"), (None, "c")]

    share.take_up(frozenset({(None, "b")}), {})
    assert (order(list(share.left)), order(share.rest())) == (
        [("b", 0), ("b", 1)],
        [("b", 0), ("b", 1), ("a", 0), ("a", 1), ("c", 0)],
    )
    share.left.clear()

    assert share.claims({}) == [(None, "a"), (None, "c")]
    share.take_up(frozenset(share.claims({})), {})
    assert order(list(share.left)) == [("a", 0), ("a", 1), ("c", 0)]


def test_strangers_are_taken_together_whoever_they_are() -> None:
    [share] = shares_of([*records("one", 1), *records("two", 1)], {}, [], ["one", "two"])

    assert share.claims({}) == [(Company.STRANGERS, "")]
