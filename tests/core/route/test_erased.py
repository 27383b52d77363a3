"""An alert that names a person whose data was erased is taken as ever, with a mark in the name's place."""

from typing import Final

from router.core.match.subject import Subjects, subject_digest
from router.core.model.alert import Alert
from router.core.model.instant import NEVER
from router.core.model.observation import Observations
from router.core.model.rules.appearance import NOBODY_ERASED, Erased, PersonalFields
from router.core.route.erased import without_erased
from tests.core.builders import START, an_alert

KEY: Final = b"k" * 32
EVE: Final = "eve@example.com"
FIELDS: Final = PersonalFields(frozenset({"user"}), frozenset({"contact"}))
ERASED: Final = Erased(FIELDS, Subjects(KEY, {subject_digest(KEY, EVE): "erased-1"}))


def named(**labels: str) -> Alert:
    return an_alert(
        labels={"alertname": "Login", **labels},
        annotations={"summary": f"{EVE} is locked out", "contact_fr": "personne"},
        fp="1",
    )


def seen(*alerts: Alert, **group_labels: str) -> Observations:
    return Observations(alerts, START, group_labels=group_labels)


def test_all_texts_of_the_alert_lose_the_name_and_it_stays_the_same_alert() -> None:
    found = without_erased(seen(named(user=EVE, pod=f"shell-{EVE}"), user=EVE), ERASED)

    [alert] = found.alerts
    assert dict(alert.labels) == {"alertname": "Login", "user": "erased-1", "pod": "shell-erased-1"}
    assert alert.annotations["summary"] == "erased-1 is locked out"
    assert found.group_labels == {"user": "erased-1"}
    assert (alert.alert_id, alert.starts_at, alert.ends_at) == ("1", START, NEVER)


def test_an_annotation_names_a_person_in_every_language() -> None:
    alert = an_alert(annotations={"contact_fr": f"demandez {EVE}"})

    [found] = without_erased(seen(alert), ERASED).alerts

    assert found.annotations == {"contact_fr": "demandez erased-1"}


def test_what_names_somebody_else_or_names_the_person_elsewhere_is_as_it_was() -> None:
    some = seen(named(user="bob@example.com"), named(owner=EVE))

    assert without_erased(some, ERASED) is some
    assert without_erased(seen(named(user=EVE)), NOBODY_ERASED).alerts == (named(user=EVE),)
