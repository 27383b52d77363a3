"""What mutes an alert in Alertmanager is in its card, in every language and style, without what the tenant hides."""

from dataclasses import replace

import pytest

from router.core.model.alert_state import ShownState
from router.core.model.instant import NEVER
from router.core.model.muted import Muted, MutedBy, Sight, Upstream
from router.core.model.rules.appearance import Redaction
from router.core.model.rules.receiver import Layout, Style
from router.core.render.card import bar
from router.core.render.render import render
from router.core.render.request import RenderRequest
from router.core.slack.message import SlackMessage
from tests.catalogue import CATALOGUE
from tests.core.builders import a_receiver, at, hours
from tests.core.render.test_render import NOW, TENANT, a_loaded, a_notification, a_state, card_texts, disk

BY_ANA = Muted(MutedBy.SILENCED, "s1", at(hours(2)), "ana & co", "replacing <the> disk, call 1234567890123456")
WORDS = {
    "en": "silenced in Alertmanager by ana &amp; co until ",
    "fr": "masquée dans Alertmanager par ana &amp; co jusqu\N{RIGHT SINGLE QUOTATION MARK}au ",
    "de": "in Alertmanager stummgeschaltet von ana &amp; co bis ",
    "es": "silenciada en Alertmanager por ana &amp; co hasta ",
    "it": "silenziato in Alertmanager da ana &amp; co, fine: ",
}


def show(muted: Muted, locale: str = "en", style: Style = Style.DEFAULT) -> SlackMessage:
    known = Upstream(Sight.MUTED, NOW, NOW, muted)
    loaded = a_loaded(replace(a_state(disk("n1"), ShownState.MUTED), upstream=known), a_state(disk("n2")))
    layout = Layout(style)
    receiver = replace(a_receiver(locale=locale), layout=layout)
    tenant = replace(TENANT, redaction=Redaction(patterns=(r"\b\d{16}\b",)))
    localizer = CATALOGUE.localizer(locale, "UTC", layout)
    message = render(RenderRequest(loaded, a_notification(loaded), receiver, tenant, localizer, NOW))
    assert not message.faults
    return message


@pytest.mark.parametrize("style", list(Style))
@pytest.mark.parametrize("locale", list(WORDS))
def test_by_whom_and_until_when_it_is_silenced(locale: str, style: Style) -> None:
    texts = "\n".join(card_texts(show(BY_ANA, locale, style)))
    assert WORDS[locale] + "<!date^" in texts
    assert "replacing &lt;the&gt; disk" in texts
    assert "1234567890123456" not in texts


@pytest.mark.parametrize(
    ("muted", "words"),
    [
        (Muted(MutedBy.SILENCED, "s1"), "silenced in Alertmanager"),
        (Muted(MutedBy.SILENCED, "s1", NEVER, "ana"), "silenced in Alertmanager by ana"),
        (Muted(MutedBy.INHIBITED, ""), "inhibited in Alertmanager"),
        (Muted(MutedBy.INHIBITED, "cluster-down"), "inhibited in Alertmanager by cluster-down"),
        (Muted(MutedBy.MUTE_TIME_INTERVAL, "nights"), "muted in Alertmanager by the time interval nights"),
    ],
)
def test_as_much_as_is_known(muted: Muted, words: str) -> None:
    assert f"{words} · since" in "\n".join(card_texts(show(muted)))


def test_no_state_of_an_alert_that_nobody_reports_is_green() -> None:
    green = bar(ShownState.RESOLVED, "", 3)
    unseen = (ShownState.UNREPORTED, ShownState.MUTED, ShownState.ENDED, ShownState.STALE)
    assert green not in {bar(state, "critical", 0) for state in unseen}
