"""What goes wrong again and again is one line when it begins, and one a minute."""

from router.observe.incident import MAX_KINDS, Incident, Incidents
from tests.bounds import tries


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_is_reported_when_it_begins_then_once_a_minute_with_how_often_it_happened() -> None:
    clock = Clock()
    incident = Incident(clock)
    reported = []
    for second in range(122):
        clock.now = 100.0 + second
        if incident.happens("CommitFailedError"):
            reported.append((second, incident.times))

    assert reported == [(0, 1), (60, 61), (120, 121)]
    assert incident.ends() == 122


def test_another_kind_and_another_incident_are_reported_at_once() -> None:
    incident = Incident(Clock())

    assert [incident.happens(kind) for kind in ("a", "a", "b", "b")] == [True, False, True, False]
    assert incident.ends() == 4
    assert incident.ends() == 0
    assert incident.happens("b")


def test_each_of_many_kinds_is_reported_once_a_minute_with_how_often_it_happened() -> None:
    clock = Clock()
    incidents = Incidents(clock)
    reported = []
    for second in range(125):
        clock.now = 100.0 + second
        reported += [(second, kind, times) for kind in "ab" if (times := incidents.happens(kind))]

    assert reported == [(second, kind, times) for second, times in ((0, 1), (60, 60), (120, 60)) for kind in "ab"]


@tries("kinds of incidents that are kept apart")
def test_so_many_kinds_are_kept_apart_and_more_are_one_together(beyond: int) -> None:
    incidents = Incidents(Clock())

    reported = [incidents.happens(str(kind)) for kind in range(MAX_KINDS + beyond)]
    besides = [incidents.happens(f"more {kind}") for kind in range(10)]

    assert sum(map(bool, reported)) == MAX_KINDS + beyond
    assert sum(map(bool, besides)) == (1 if beyond <= 0 else 0) + (1 if beyond < 0 else 0)
