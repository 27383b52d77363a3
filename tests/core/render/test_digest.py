"""The message of a digest: counts, the worst and newest first, criticals by name, within Slack's limits."""

from dataclasses import replace
from typing import Any

import pytest

from router.core.decide.notification import Notification
from router.core.model.group import AlertGroup, Digest, Row
from router.core.model.instant import Instant
from router.core.model.key import GroupId, digest_key
from router.core.model.operation import Lane, Method, Op, Reason
from router.core.model.rules.appearance import Redaction
from router.core.model.rules.names import LANGUAGES, ReceiverName
from router.core.render.render import render, render_plain
from router.core.render.request import RenderRequest
from router.core.slack.message import MAX_TEXT, SlackMessage
from tests.catalogue import CATALOGUE
from tests.core.builders import a_receiver, a_tenant, at, minutes

TENANT = a_tenant()
ABSORBS = Lane("C1", Method.POST)
STORM = Digest(
    lane=ABSORBS,
    groups=1_000,
    rows=(
        Row("Slow", "warning", Instant(5), firing=2_000, resolved=10),
        Row("Newer", "warning", Instant(9), firing=3),
        Row("Over", "critical", Instant(9), resolved=7),
        Row("DiskFull", "critical", Instant(1), firing=40, stale=1),
        Row("", "", Instant(9), firing=5),
    ),
    criticals=((GroupId("1"), ("alertname", "DiskFull", "zone", "eu-1")),),
)


def a_request(digest: Digest = STORM, op: Op = Op.EDIT, language: str = "en", **changes: Any) -> RenderRequest:
    group = AlertGroup(digest_key(ReceiverName("default"), "C1"), firing=digest.firing, digest=digest)
    mentioned = replace(a_receiver(), mention=("<!here>",))
    notification = replace(Notification(op, Reason.REFRESH, {}), **changes)
    return RenderRequest(group, notification, mentioned, TENANT, CATALOGUE.localizer(language, "UTC"), at(minutes(1)))


def lines(message: SlackMessage) -> list[str]:
    """The lines beside the bar."""
    blocks = message.attachments[0].blocks
    texts = [block["text"] for block in blocks if block["type"] == "section"]
    return [line for text in texts for line in str(text["text"]).split("\n")]  # type: ignore[index]


def test_what_fires_comes_first_the_worst_before_the_newest_and_what_is_counted_together_last() -> None:
    counts, critical, *rows = lines(render(a_request()))

    assert counts == "2,048 firing · 1 no longer reported · 17 resolved"
    assert critical == "• DiskFull `zone=eu-1`"
    assert rows == [
        "• critical · DiskFull \N{EN DASH} 40 firing · 1 no longer reported",
        "• warning · Newer \N{EN DASH} 3 firing",
        "• warning · Slow \N{EN DASH} 2,000 firing · 10 resolved",
        "• other alerts \N{EN DASH} 5 firing",
        "• critical · Over \N{EN DASH} 7 resolved",
    ]


def test_the_text_is_the_same_in_sentences() -> None:
    text = render(a_request()).text

    assert text.startswith("FIRING, critical: 1,000 problems in one message. 2,048 firing")
    assert "critical · DiskFull \N{EN DASH} 40 firing" in text
    assert text.endswith("New problems come too fast for a message each: they are counted here.")


def test_it_calls_people_only_when_it_begins() -> None:
    assert "<!here>" in render(a_request(op=Op.POST, mentions=True)).text
    assert "<!here>" not in render(a_request()).text


def test_over_it_is_green_and_asks_for_nothing() -> None:
    message = render(a_request(Digest(groups=2, rows=(Row("A", "critical", Instant(1), resolved=9),))))

    assert message.attachments[0].color == "#2EB67D"
    assert message.text == "RESOLVED: 2 problems in one message. 9 resolved. critical · A \N{EN DASH} 9 resolved."


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_whole_in_every_language(language: str) -> None:
    for digest in (STORM, replace(STORM, lane=None)):
        message = render(a_request(digest, language=language))

        assert message.faults == ()
        assert "DiskFull" in message.text
        assert language == "en" or "problems" not in message.text


@pytest.mark.parametrize(("reopens", "words"), [(True, "New problems come too fast again"), (False, "All resolved")])
def test_a_reply_announces_that_it_begins_again_or_is_over(reopens: bool, words: str) -> None:
    message = render(a_request(op=Op.REPLY_BROADCAST, reopens=reopens, mentions=reopens))

    assert words in message.text
    assert ("<!here>" in message.text) is reopens


def test_where_its_message_takes_no_edits_a_reply_shows_all_of_it() -> None:
    assert "DiskFull" in render(a_request(op=Op.REPLY_FOR_EDIT)).text


def test_what_does_not_fit_is_counted() -> None:
    rows = tuple(Row(f"{number}" + "x" * 140, "warning", Instant(number), firing=2) for number in range(100))
    message = render(a_request(Digest(groups=100, rows=rows)))

    assert message.faults == ()
    assert len(message.text) <= MAX_TEXT
    listed = len(lines(message)) - 1
    assert 10 < listed < 20
    assert f"+{2 * (100 - listed)} more" in str(message.attachments[0].blocks[-1])


def test_what_alerts_are_called_is_text_to_slack_and_nothing_else() -> None:
    row = Row("<!channel> *A*", "<@U1>", Instant(1), firing=1)
    message = render(a_request(Digest(groups=1, rows=(row,), criticals=((GroupId("1"), ("alertname", "<!here>")),))))

    everything = f"{message.text}{message.blocks}{message.attachments}"
    assert "<!channel>" not in everything
    assert "<!here>" not in everything
    assert "<@U1>" not in everything


def test_what_the_tenant_hides_is_hidden_here_too() -> None:
    request = replace(
        a_request(), tenant=replace(TENANT, redaction=Redaction(labels=frozenset({"zone", "alertname"})))
    )
    message = render(request)

    everything = f"{message.text}{message.blocks}{message.attachments}"
    assert "eu-1" not in everything
    assert "DiskFull" not in everything


def test_the_plain_message_has_the_counts_and_no_blocks() -> None:
    message = render_plain(a_request())

    assert (message.blocks, message.attachments) == ((), ())
    assert "2,048 firing" in message.text
