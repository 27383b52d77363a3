"""What a message says, in which order, and what it leaves out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from router.core.decide.notification import Notification
from router.core.match.labels import Labels
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertContent, AlertState, LastShown, ShownState
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.operation import Op, Reason
from router.core.model.registers import Registers
from router.core.model.rules.severity import Severity
from router.core.render.render import render, render_plain
from router.core.render.reply import News, news_kind
from router.core.render.request import RenderRequest
from router.core.slack.message import Block, SlackMessage
from tests.catalogue import CATALOGUE
from tests.core.builders import a_key, a_receiver, a_tenant, at, minutes

WORDING = CATALOGUE.localizer("en", "UTC")
TENANT = a_tenant()
NOON, NOW = at(0), at(minutes(10))
F, S, R = ShownState.FIRING, ShownState.STALE, ShownState.RESOLVED


def a_state(
    labels: Labels,
    shown_as: ShownState = F,
    *,
    annotations: Labels | None = None,
    url: str = "",
    start: Instant = NOON,
) -> AlertState:
    """An alert whose registers are what it is shown as."""
    end = at(minutes(5)) if shown_as is R else NEVER
    registers = Registers(start, end, NOW if shown_as is F else start, end)
    return AlertState(
        registers, LastShown(shown_as, registers), content=AlertContent(labels, annotations or {}, url, NOW)
    )


def a_loaded(*alerts: AlertState, group: Mapping[str, str] | None = None, **changes: Any) -> AlertGroup:
    known = {AlertId(str(number)): alert for number, alert in enumerate(alerts)}
    firing = sum(alert.last_shown.state is F for alert in alerts)
    made = AlertGroup(a_key(**(group or {})), alerts=known, firing=firing)
    return replace(made, **changes)


def a_notification(
    loaded: AlertGroup, op: Op = Op.POST, reason: Reason = Reason.FIRST, **changes: Any
) -> Notification:
    shown = {fp: alert.last_shown.state for fp, alert in loaded.alerts.items()}
    return replace(Notification(op, reason, shown), **changes)


def show(
    loaded: AlertGroup, notification: Notification | None = None, *, mention: tuple[str, ...] = ()
) -> SlackMessage:
    message = render(
        RenderRequest(
            loaded, notification or a_notification(loaded), a_receiver(mention=mention), TENANT, WORDING, NOW
        )
    )
    assert not message.faults
    return message


def blocks_of(message: SlackMessage) -> list[Block]:
    """All blocks, in order."""
    return [*message.blocks, *(block for attachment in message.attachments for block in attachment.blocks)]


def card_buttons(message: SlackMessage) -> dict[str, str]:
    """Where the buttons lead, by their labels."""
    rows: list[Any] = [block["elements"] for block in blocks_of(message) if block["type"] == "actions"]
    return {button["text"]["text"]: button["url"] for row in rows for button in row}


def card_texts(message: SlackMessage) -> list[str]:
    """The texts of all blocks but buttons and pictures, in order."""
    objects: list[Any] = []
    for block in blocks_of(message):
        elements: Any = block.get("elements") or [block.get("text")]
        objects += elements if block["type"] in {"section", "context"} else []
    assert all(one["verbatim"] is True and one["type"] == "mrkdwn" for one in objects)
    return [one["text"] for one in objects]


def disk(instance: str, severity: str = "warning", **more: str) -> dict[str, str]:
    return {"alertname": "DiskFull", "cluster": "eu", "instance": instance, "severity": severity, **more}


def test_the_card_is_a_title_and_one_coloured_attachment() -> None:
    arguments: dict[str, Any] = show(a_loaded(a_state(disk("n1")))).arguments()
    assert set(arguments) == {"text", "blocks", "attachments", "parse", "link_names"}
    assert (arguments["parse"], arguments["link_names"]) == ("none", False)
    (attachment,) = arguments["attachments"]
    assert set(attachment) == {"color", "fallback", "blocks"}


def test_what_alerts_share_is_replied_once() -> None:
    loaded = a_loaded(a_state(disk("n1")), a_state(disk("n2")), group={"cluster": "eu"})
    title, counts, first, second, *_ = card_texts(show(loaded))
    assert title == "*FIRING* · warning · *DiskFull*\n`cluster=eu`"
    assert counts == "2 firing"
    assert first.startswith("`instance=n1`\nsince ")
    assert second.startswith("`instance=n2`\nsince ")


def test_the_worst_come_first_then_the_stale_then_the_resolved() -> None:
    states = [
        a_state(disk("n0"), R),
        a_state(disk("n1", "info")),
        a_state(disk("n2", "critical"), S),
        a_state(disk("n3", "critical")),
        a_state(disk("n4", "critical"), start=at(minutes(1))),
    ]
    _, counts, *alerts = card_texts(show(a_loaded(*states)))
    assert counts == "3 firing · 1 no longer reported · 1 resolved"
    assert [text.split("instance=")[1][:2] for text in alerts[:5]] == ["n4", "n3", "n1", "n2", "n0"]
    assert alerts[3].startswith("no longer reported · *critical*")
    assert alerts[4].startswith("resolved · instance=n0 \N{EN DASH} <!date^")
    assert "*" not in alerts[4]


@pytest.mark.parametrize(
    ("shown", "severity", "state", "color"),
    [
        (F, "critical", "*FIRING* · critical", "#D0021B"),
        (F, "error", "*FIRING* · error", "#F57C00"),
        (F, "warning", "*FIRING* · warning", "#F2C744"),
        (F, "info", "*FIRING* · info", "#5B7083"),
        (F, "p1<", "*FIRING* · p1&lt;", "#5B7083"),
        (S, "critical", "*NO LONGER REPORTED* · critical", "#A0A4A8"),
        (R, "critical", "*RESOLVED* · *DiskFull*", "#2EB67D"),
    ],
)
def test_state_and_severity_are_words_and_a_colour(shown: ShownState, severity: str, state: str, color: str) -> None:
    message = show(a_loaded(a_state(disk("n1", severity), shown)))
    assert card_texts(message)[0].startswith(state)
    assert message.attachments[0].color == color


def test_a_severity_of_the_tenants_own_is_coloured_by_its_rank() -> None:
    tenant = replace(TENANT, severity=replace(TENANT.severity, order=("P1", "P2")))
    loaded = a_loaded(a_state(disk("n1", "P2")))
    message = render(RenderRequest(loaded, a_notification(loaded), a_receiver(), tenant, WORDING, NOW))
    assert message.attachments[0].color == "#F57C00"


def test_what_does_not_fit_is_counted() -> None:
    loaded = a_loaded(*(a_state(disk(f"n{number}")) for number in range(25)))
    texts = card_texts(show(loaded))
    assert sum("instance=" in text for text in texts) == 10
    assert "+15 more" in texts
    assert "+15 more." in show(loaded).text


def test_alerts_of_which_only_registers_are_kept_count() -> None:
    bare = replace(a_state({}), content=None)
    texts = card_texts(show(a_loaded(a_state(disk("n1")), bare, bare)))
    assert texts[1] == "3 firing"
    assert "+2 more" in texts


def test_nothing_but_registers_is_shown_by_the_group() -> None:
    bare = replace(a_state({}), content=None)
    message = show(a_loaded(bare, group={"alertname": "DiskFull", "cluster": "eu"}))
    assert message.text.startswith("FIRING: DiskFull, cluster=eu. +1 more.")


def test_alerts_of_several_names_are_counted_in_the_title() -> None:
    message = show(a_loaded(a_state({"alertname": "A"}), a_state({"alertname": "B"})))
    assert card_texts(message)[0] == "*FIRING* · *2 alerts*"
    assert card_texts(message)[2].startswith("*A*\n")


@pytest.mark.parametrize("name", ["\u3164", "\u2800", "\u200d\ufe0f", "\u115f \u2800"], ids=ascii)
def test_a_name_that_nobody_sees_is_no_title(name: str) -> None:
    unseen = show(a_loaded(a_state({"alertname": name, "instance": "n1"}, annotations={"summary": name})))
    without = show(a_loaded(a_state({"instance": "n1"})))
    assert card_texts(unseen)[0] == card_texts(without)[0]
    assert unseen.text == without.text


def test_big_messages_lose_alerts_until_they_fit() -> None:
    big = {f"label_{number}": "&" * 200 for number in range(12)}
    states = (
        a_state({**disk(f"n{n}"), **big, "own": f"{n}" + "<" * 200}, annotations={"summary": f"{n}" + "<" * 900})
        for n in range(10)
    )
    message = show(a_loaded(*states))
    assert message.serialized_chars <= 10_000
    assert any(text.endswith(" more") for text in card_texts(message))


def test_links_that_are_common_stand_below_and_others_at_the_first_alert() -> None:
    book = {"runbook_url": "https://rb.example/x", "dashboard_url": "javascript:alert(1)"}
    states = [a_state(disk(f"n{n}"), annotations=book, url=f"https://p.example/?q=a&n={n}") for n in (1, 2)]
    message = show(a_loaded(*states))
    texts = card_texts(message)
    assert texts[2].endswith("· <https://p.example/?q=a&amp;n=1|Query>")
    assert "Query" not in texts[3]
    assert card_buttons(message) == {"Runbook": "https://rb.example/x"}
    assert "Dashboard" not in "".join(texts)


def test_the_summary_in_the_readers_language_wins_and_a_description_stands_in() -> None:
    french = CATALOGUE.localizer("fr-CA", "UTC")
    loaded = a_loaded(
        a_state(disk("n1"), annotations={"summary": "full", "summary_fr": "plein"}),
        a_state(disk("n2"), annotations={"description": "long " * 200}),
    )
    texts = card_texts(render(RenderRequest(loaded, a_notification(loaded), a_receiver(), TENANT, french, NOW)))
    assert texts[2].split("\n")[1] == "plein"
    assert texts[3].split("\n")[1].endswith("…")
    assert len(texts[3].split("\n")[1]) <= 300


def test_times_are_since_and_from_to() -> None:
    firing, resolved = a_state(disk("n1")), a_state(disk("n2"), R)
    texts = card_texts(show(a_loaded(firing, resolved)))
    assert "since <!date^1795435200^{date_short_pretty} {time}|Nov 23, 2026, 12:00\u202fPM UTC>" in texts[2]
    assert "10 min" not in texts[2]
    assert "PM UTC>\N{EN DASH}<!date^1795435500^{time}|12:05\u202fPM UTC> (5 min)" in texts[3]


def test_a_reopened_message_says_how_often() -> None:
    loaded = a_loaded(a_state(disk("n1")), reopened=1)
    assert card_texts(show(loaded))[1] == "reopened 1 time"
    assert card_texts(show(loaded, a_notification(loaded, Op.EDIT, reopens=True)))[1] == "reopened 2 times"


def test_mentions_stand_in_front_where_the_notification_wants_them() -> None:
    loaded = a_loaded(a_state(disk("n1")))
    mention = ("<!subteam^S012>", "@here", "<https://x.example>")
    loud = show(loaded, a_notification(loaded, mentions=True), mention=mention)
    assert loud.text.startswith("<!subteam^S012> FIRING")
    assert card_texts(loud)[0].startswith("<!subteam^S012> *FIRING*")
    assert loud.attachments[0].fallback.startswith("FIRING")
    assert "@here" not in loud.text
    assert "subteam" not in show(loaded, mention=mention).text


def test_a_refused_message_is_shown_in_words_alone() -> None:
    annotations = {"summary": "a\n> *b*", "runbook_url": "https://rb.example"}
    loaded = a_loaded(a_state(disk("n1"), annotations=annotations), use_plain_text=True)
    message = show(loaded)
    assert message == render_plain(RenderRequest(loaded, a_notification(loaded), a_receiver(), TENANT, WORDING, NOW))
    assert not message.blocks
    assert not message.attachments
    assert "<" not in message.text
    assert "rb.example" not in message.text
    assert message.arguments()["blocks"] == message.arguments()["attachments"] == []


def test_a_notification_of_nothing_still_says_what_is_known() -> None:
    loaded = a_loaded(group={"alertname": "DiskFull"})
    assert show(loaded, Notification(Op.EDIT, Reason.REFRESH, {})).text == "RESOLVED: DiskFull."
    assert show(loaded, Notification(Op.REPLY_THREAD, Reason.REFRESH, {})).text == "All resolved: DiskFull."


@pytest.mark.parametrize(
    ("shown", "changes", "known", "news"),
    [
        ((), {}, (F,), News.STILL_FIRING),
        ((), {}, (R,), News.ALL_RESOLVED),
        ((F,), {}, (F,), News.CHANGES),
        ((R, None), {}, (R, F), News.CHANGES),
        ((R, R), {}, (R, R), News.ALL_RESOLVED),
        ((R, S), {}, (R, S), News.CHANGES),
        ((F,), {"reopens": True}, (F,), News.REOPENED),
        ((F,), {"escalates": True}, (F,), News.ESCALATED),
    ],
)
def test_a_reply_says_what_is_new(
    shown: tuple[ShownState | None, ...], changes: dict[str, Any], known: tuple[ShownState, ...], news: News
) -> None:
    loaded = a_loaded(*(a_state(disk(f"n{n}"), state) for n, state in enumerate(known)), reopened=1)
    states = {AlertId(str(n)): state for n, state in enumerate(shown) if state}
    assert news_kind(loaded, Notification(Op.REPLY_BROADCAST, Reason.NEW_ALERTS, states, **changes)) is news


def test_a_reply_shows_only_of_the_unreplied_by_what_sets_them_apart_from_all() -> None:
    loaded = a_loaded(a_state(disk("n1")), a_state(disk("n2", "critical")), a_state(disk("n3"), R))
    shown = {AlertId("1"): F, AlertId("2"): R}
    message = show(loaded, Notification(Op.REPLY_BROADCAST, Reason.NEW_ALERTS, shown))
    assert card_texts(message)[0] == "*1 new alert · 1 resolved* · *DiskFull*\n`cluster=eu`\n2 firing"
    assert card_texts(message)[1].startswith("*critical* · `instance=n2`")
    assert card_texts(message)[2].startswith("resolved · instance=n3 \N{EN DASH} ")
    assert "n1" not in message.text


def test_a_repeat_says_how_many_still_fire_and_since_when() -> None:
    loaded = a_loaded(a_state(disk("n1")), a_state(disk("n2"), start=at(minutes(3))))
    message = show(loaded, Notification(Op.REPLY_BROADCAST, Reason.REPEAT, {}))
    assert message.text == ("Still firing: DiskFull, cluster=eu. 2 firing. Since Nov 23, 2026, 12:00\u202fPM UTC.")


def test_an_escalation_names_the_severity() -> None:
    loaded = a_loaded(a_state(disk("n1")), a_state(disk("n2", "critical")))
    notification = Notification(
        Op.REPLY_BROADCAST, Reason.NEW_ALERTS, {AlertId("1"): F}, escalates=True, mentions=True
    )
    assert show(loaded, notification).text.startswith("Severity raised to critical · 1 new alert: DiskFull")


@pytest.mark.parametrize("name", ["DatasourceNoData", "DatasourceError"])
def test_what_grafana_says_of_a_rule_is_headed_by_the_rules_name(name: str) -> None:
    labels = {"alertname": name, "rulename": "Orders per minute", "ref_id": "A"}
    loaded = a_loaded(a_state(labels), group={"alertname": name})
    title, *_ = card_texts(show(loaded))
    assert title == f"*FIRING* · *Orders per minute ({name})*\n`ref_id=A`"


def test_a_rule_name_is_a_label_like_any_other_on_every_other_alert() -> None:
    title, *_ = card_texts(show(a_loaded(a_state({"alertname": "Down", "rulename": "x"}), group={})))
    assert title == "*FIRING* · *Down*\n`rulename=x`"


def test_a_severity_is_headed_by_its_name_in_whatever_words_it_was_sent() -> None:
    severity = Severity("severity", ("critical", "warning"), (("page", "critical"),))
    loaded = a_loaded(a_state(disk("n1", "Warning")), a_state(disk("n2", "PAGE")))
    request = RenderRequest(
        loaded, a_notification(loaded), a_receiver(), replace(TENANT, severity=severity), WORDING, NOW
    )
    title, _, first, second, *_ = card_texts(render(request))
    assert title.startswith("*FIRING* · critical")
    assert first.startswith("*critical* · `instance=n2`")
    assert second.startswith("*warning* · `instance=n1`")
    assert render(request).attachments[0].color == "#D0021B"
