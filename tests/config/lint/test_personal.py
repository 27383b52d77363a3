"""Labels that name a person are not used where their values outlive the person's erasure."""

from tests.config.lint.documents import HEAD, RECEIVERS, warnings, with_routes

KNOWN_BY = "is what alerts are known by, also in logs and metrics; name another label"
ROUTE = "route: {receiver: a, group_by: []}\n"


def personal(labels: str, more: str = "") -> list[str]:
    return warnings(f"{HEAD}{ROUTE}{RECEIVERS}personal: {{labels: {labels}}}\n{more}")


def test_a_label_that_names_alerts_or_their_severity_names_no_person() -> None:
    assert personal("[user, alertname, level]", "severity: {label: level}\n") == [
        f"6:27: personal.labels[1]: `alertname` {KNOWN_BY}",
        f"6:38: personal.labels[2]: `level` {KNOWN_BY}",
    ]


def test_a_label_that_is_ignored_is_never_stored() -> None:
    assert personal("[user]", "ignore_labels: [user]\n") == [
        "6:21: personal.labels[0]: `user` is in `ignore_labels`, so that it is never stored; remove it"
    ]


def test_a_route_that_groups_by_a_person_is_doubtful_wherever_it_is() -> None:
    text = with_routes("{matchers: [x=y], group_by: [service, user]}", more="personal: {labels: [user]}\n")

    assert warnings(text) == [
        "8:45: route.routes[0].group_by[1]: `user` names a person: its value stays in what the alert group is known "
        "by until that ends, also after an erasure; group by another label"
    ]


def test_labels_that_nothing_keeps_longer_are_fine() -> None:
    assert personal("[user, email]") == []
