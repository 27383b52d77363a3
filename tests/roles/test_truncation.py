"""Whoever leaves alerts out is named once, with what to do about it."""

from structlog.testing import capture_logs

from router.core.model.alert import TenantId
from router.roles.ingest.truncation import Truncations
from tests.core.builders import a_webhook, an_alert


def test_each_sender_group_that_leaves_alerts_out_is_warned_of_once() -> None:
    truncations, acme = Truncations(), TenantId("acme")
    whole = a_webhook(an_alert("A"), sender_group="g")
    cut = a_webhook(an_alert("A"), sender_group="h", unsent=37)
    with capture_logs() as logs:
        for webhook in (whole, cut, cut):
            truncations.note(acme, webhook)
    (warning,) = logs
    assert (warning["event"], warning["log_level"]) == ("alerts_not_sent", "warning")
    assert (warning["tenant"], warning["alert"], warning["unsent"]) == ("acme", "A", 37)
    assert "max_alerts" in warning["remedy"]
