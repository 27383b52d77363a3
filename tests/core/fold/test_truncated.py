"""A truncated body is taken as such: what its sender left out is counted, and may still fire."""

from router.core.decide.notification import Notification
from router.core.deliver.claim import Claim
from router.core.model.instant import NEVER, Instant
from router.core.model.operation import Op, Reason
from router.core.render.render import render
from router.core.render.request import RenderRequest
from router.core.slack.message import SlackMessage
from tests.catalogue import CATALOGUE
from tests.core.builders import START, Story, a_receiver, a_resolve, a_tenant, an_alert, minutes, seconds

RED, GREEN, SLATE = "#D0021B", "#2EB67D", "#5B7083"


def crash(*, unsent: int) -> Story:
    """Three of forty crash, and their message is there."""
    story = Story()
    story.see(*(an_alert(name, starts=START, severity="critical") for name in "ABC"), unsent=unsent)
    story.notify_all()
    return story


def ended(story: Story, *, unsent: int) -> Notification:
    """The same three end a while later."""
    story.wait(minutes(10)).see(*(a_resolve(name, ends=story.now) for name in "ABC"), unsent=unsent)
    return story.notify()


def shown(story: Story, locale: str = "en", made: Notification | None = None) -> SlackMessage:
    """The card as it is now, or a notification as it was made."""
    states = {fp: alert.last_shown.state for fp, alert in story.state.alerts.items()}
    now = made or Notification(Op.EDIT, Reason.REFRESH, states)
    wording = CATALOGUE.localizer(locale, "UTC")
    return render(RenderRequest(story.state, now, a_receiver(locale=locale), a_tenant(), wording, story.now))


def test_the_card_counts_what_was_not_sent() -> None:
    words = {
        "en": "+37 not sent",
        "de": "+37 nicht gesendet",
        "fr": "+37 non envoyées",
        "es": "+37 no enviadas",
        "it": "+37 non inviati",
    }
    story = crash(unsent=37)
    for locale, line in words.items():
        message = shown(story, locale)
        assert line in str(message.arguments())
        assert line in message.text


def test_nothing_is_all_resolved_while_the_newest_body_is_truncated() -> None:
    story = crash(unsent=37)
    assert ended(story, unsent=37).reason is Reason.SOME_RESOLVED
    message = shown(story)
    assert message.attachments[0].color not in {GREEN, RED}
    assert message.text.startswith("FIRING: ")
    reply = story.notify()
    assert reply.op is Op.REPLY_THREAD
    assert "All resolved" not in shown(story, made=reply).text


def test_a_later_whole_body_turns_it_green() -> None:
    story = crash(unsent=37)
    ended(story, unsent=37)
    story.notify_all()
    story.wait(minutes(5)).see(*(a_resolve(name, ends=story.now) for name in "ABC"))
    edit = story.notify()
    assert (edit.op, edit.reason) == (Op.EDIT, Reason.REFRESH)
    assert shown(story).attachments[0].color == GREEN
    assert story.state.closed


def test_all_are_resolved_when_the_last_body_is_whole() -> None:
    story = crash(unsent=37)
    assert ended(story, unsent=0).reason is Reason.ALL_RESOLVED
    assert shown(story).attachments[0].color == GREEN


def test_another_number_is_shown_by_an_edit_alone() -> None:
    story = crash(unsent=37)
    story.wait(minutes(5)).see(*(an_alert(name, starts=START) for name in "ABC"), unsent=38)
    assert [one.op for one in story.notify_all()] == [Op.EDIT]
    assert "+38 not sent" in shown(story).text


def test_a_number_that_changes_while_the_call_is_made_is_shown_after_it() -> None:
    story = Story().see(an_alert("A", starts=START), unsent=1)
    made: Claim = story.look().begin()
    story.wait(seconds(1)).see(an_alert("A", starts=START), unsent=2)
    story.finish(made)
    assert [one.op for one in story.notify_all()] == [Op.EDIT]
    assert story.state.unsent == 2


def test_a_body_out_of_order_changes_nothing() -> None:
    story = crash(unsent=0).wait(minutes(5))
    story.see(an_alert("A", starts=START), unsent=37, when=Instant(START - minutes(1)))
    assert story.state.unsent == 0


def test_what_a_former_sender_left_out_no_longer_counts() -> None:
    """The other Alertmanager of a pair has taken over, and sends all."""
    story = crash(unsent=37).wait(minutes(10))
    story.see(*(a_resolve(name, ends=story.now) for name in "ABC"), sender_group="other")
    assert story.notify().reason is Reason.ALL_RESOLVED


def test_of_a_truncated_and_a_whole_body_at_one_time_the_whole_one_counts_in_either_order() -> None:
    for first, second in ((37, 0), (0, 37)):
        story = Story().see(an_alert("A"), unsent=first)
        story.see(an_alert("A"), unsent=second)
        assert story.state.unsent == 0
        assert story.state.senders["g"].truncated_at == NEVER


def test_of_two_truncated_bodies_at_one_time_the_larger_number_counts_in_either_order() -> None:
    for first, second in ((37, 38), (38, 37)):
        story = Story().see(an_alert("A"), unsent=first)
        story.see(an_alert("A"), unsent=second)
        assert story.state.unsent == 38


def test_an_older_truncated_body_does_not_replace_a_newer_one() -> None:
    story = crash(unsent=37).wait(minutes(5)).see(an_alert("A", starts=START), unsent=3)
    story.see(an_alert("A", starts=START), unsent=99, when=START)
    assert story.state.unsent == 3
    assert story.state.senders["g"].truncated_at == story.now
