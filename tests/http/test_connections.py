"""Which connection gives way when one more comes, and whom that leaves alone."""

from collections import Counter
from dataclasses import dataclass

import pytest

from router.http.connections import ConnectionLimits, Connections, Ended, peer_of
from tests.bounds import tries

ONE, OTHER, THIRD = "192.0.2.1", "192.0.2.2", "192.0.2.3"


@dataclass(eq=False)
class Line:
    """A connection that waits, or is at work."""

    waits: bool = True
    closed: bool = False

    def give_way(self) -> None:
        self.closed = True


class House:
    """All connections, and how many were cut off for what."""

    def __init__(self) -> None:
        self.ended: Counter[Ended] = Counter()
        self.connections = Connections(ConnectionLimits(6, 4), lambda reason: self.ended.update([reason]))

    def come(self, peer: str, count: int = 1, *, waits: bool = True) -> list[Line]:
        """So many connections of a peer."""
        lines = [Line(waits) for _ in range(count)]
        for line in lines:
            line.closed = not self.connections.admit(peer, line)
        return lines


def closed(lines: list[Line]) -> list[int]:
    return [number for number, line in enumerate(lines) if line.closed]


@tries("connections of one peer at a gateway")
def test_beyond_what_one_peer_may_have_its_own_that_has_waited_longest_gives_way(beyond: int) -> None:
    house = House()

    neighbours, lines = house.come(OTHER), house.come(ONE, 4 + beyond)

    assert closed(lines) == ([0] if beyond > 0 else [])
    assert closed(neighbours) == []
    assert house.ended == ({Ended.GAVE_WAY: 1} if beyond > 0 else {})


@tries("connections at a gateway")
def test_beyond_what_all_may_have_one_of_the_peer_that_has_most_gives_way(beyond: int) -> None:
    house = House()
    few, many = house.come(OTHER), house.come(ONE, 4)

    newest = house.come(THIRD, 1 + beyond)

    assert closed(many) == ([0] if beyond > 0 else [])
    assert closed(few) == closed(newest) == []
    assert house.connections.count == 6 + min(beyond, 0)


def test_one_with_a_request_in_hand_never_gives_way() -> None:
    house = House()
    at_work, waiting = house.come(ONE, 3, waits=False), house.come(ONE)

    house.come(ONE)

    assert (closed(at_work), closed(waiting)) == ([], [0])


def test_where_all_are_at_work_the_new_one_is_refused() -> None:
    house = House()
    lines = [*house.come(ONE, 4, waits=False), *house.come(OTHER, 2, waits=False)]

    newest = [*house.come(ONE), *house.come(THIRD)]

    assert closed(lines) == []
    assert closed(newest) == [0, 1]
    assert house.ended == {Ended.REFUSED: 2}
    assert house.connections.count == 6


def test_who_has_just_asked_gives_way_last() -> None:
    house = House()
    lines = house.come(ONE, 4)
    house.connections.asks(ONE, lines[0])

    house.come(ONE, 3)

    assert closed(lines) == [1, 2, 3]


def test_what_is_gone_makes_room_and_is_counted_once() -> None:
    house = House()
    lines = house.come(ONE, 4)
    for _ in range(2):
        house.connections.gone(ONE, lines[0])
    house.connections.gone(OTHER, lines[1])

    house.come(ONE)

    assert closed(lines) == []
    assert house.connections.count == 4


def test_whoever_opens_connections_without_end_takes_them_from_himself() -> None:
    house = House()
    victims = house.come(OTHER, 2)

    house.come(ONE, 1_000)

    assert closed(victims) == []
    assert house.connections.count == 6


@pytest.mark.parametrize(
    ("address", "peer"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_a_peer_is_an_address_or_the_network_that_one_site_is_given(address: str, peer: str) -> None:
    assert peer_of(address) == peer
