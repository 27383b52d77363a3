"""What goes wrong again and again is one line when it begins, and one a minute."""

from router.observe.incident import Incident


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
