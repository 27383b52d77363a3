"""What somebody asks about is read from what they have at hand."""

import pytest

from router.control.explain.asked import Asked, read_asked
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState
from router.core.model.group import AlertGroup, MessageRef
from router.errors import ConfigurationError
from tests.adapters.builders import an_alert_state
from tests.core.builders import a_group, a_key

LINK = "https://acme.slack.com/archives/C0123456/p1732354800000100"


def test_labels_a_fingerprint_a_group_and_the_link_of_a_message() -> None:
    assert read_asked(["alertname=A", "x=a=b"]) == Asked({"alertname": "A", "x": "a=b"})
    assert read_asked(["053381b7611c5ada"]) == Asked(fingerprint="053381b7611c5ada")
    assert read_asked(["f" * 32]).group == "f" * 32
    assert read_asked([LINK]).message == MessageRef("C0123456", "1732354800.000100")


def test_the_link_of_a_reply_leads_to_the_message_above_it() -> None:
    reply = f"{LINK}?thread_ts=1732354700.000200&cid=C0123456"

    assert read_asked([reply]).message == MessageRef("C0123456", "1732354700.000200")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ([], "name what to explain"),
        (["DiskFull"], "neither LABEL=VALUE"),
        (["=x"], "neither LABEL=VALUE"),
        (["https://acme.slack.com/archives/C0123456"], "not the link of a message"),
    ],
)
def test_anything_else_is_refused_with_what_to_give(words: list[str], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        read_asked(words)


def test_all_that_is_given_must_fit() -> None:
    alert, shown = an_alert_state(), a_group(message=MessageRef("C1", "1.0"))
    assert alert.content is not None
    labels = dict(alert.content.labels)

    assert Asked(labels).fits(AlertId("f-1"), alert)
    assert not Asked({**labels, "other": "x"}).fits(AlertId("f-1"), alert)
    assert not Asked(labels, fingerprint="0" * 16).fits(AlertId("f-1"), alert)
    assert Asked(message=MessageRef("C1", "1.0")).fits_group(shown)
    assert not Asked(message=MessageRef("C1", "2.0")).fits_group(shown)
    assert not Asked(group="0" * 32).fits_group(shown)


BIG = AlertGroup(a_key(alertname="Big"))
UNKEPT = AlertState()
FINGERPRINT = AlertId("053381b7611c5ada-1")


def test_an_alert_whose_labels_are_not_kept_fits_no_labels_for_sure() -> None:
    for labels in ({"alertname": "Big"}, {"instance": "n-1"}, {"instance": ""}):
        assert not Asked(labels).fits(FINGERPRINT, UNKEPT)
        assert Asked(labels).may_fit(BIG, FINGERPRINT, UNKEPT)
    assert Asked(fingerprint="053381b7611c5ada").fits(FINGERPRINT, UNKEPT)


def test_it_is_not_meant_where_its_group_or_its_fingerprint_is_another() -> None:
    assert not Asked({"alertname": "Small"}).may_fit(BIG, FINGERPRINT, UNKEPT)
    assert not Asked({"instance": "n-1"}, fingerprint="0" * 16).may_fit(BIG, FINGERPRINT, UNKEPT)
    assert not Asked(fingerprint="053381b7611c5ada").may_fit(BIG, FINGERPRINT, UNKEPT)
    assert not Asked({"instance": "n-1"}).may_fit(BIG, FINGERPRINT, an_alert_state())
