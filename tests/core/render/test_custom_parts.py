"""Messages with a tenant's own parts: as sound as ours, whatever alerts say, and there even if the parts fail."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.decide.notification import Notification
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.rules.names import LANGUAGES, ReceiverName
from router.core.model.rules.receiver import Layout, Style
from router.core.render.localizer import Localizer
from router.core.render.render import render, render_plain
from router.core.render.request import RenderRequest
from router.core.render.samples import SAMPLES, sample_messages, template_failures
from router.core.slack.message import SlackMessage
from router.core.template.compile import Report, unreported
from router.core.template.language import PARTS
from tests.catalogue import CATALOGUE
from tests.core.builders import a_receiver, a_tenant, at, hours
from tests.core.render.test_hostile import VALUE, assert_sound, notified
from tests.core.render.test_render import a_loaded, a_notification, a_state, card_texts, disk
from tests.examples import examples

TENANT = a_tenant()
RECEIVER = a_receiver(mention=("<!subteam^S012>",))
OWN = {
    "title": "{{ mention }} {{ [state | bold, level, subject | bold] | join(' · ') }} <!channel>\n"
    "{% for name, value in labels | dictsort %}{{ (name ~ '=' ~ value) | code }} {% endfor %}",
    "counts": "{{ counts.firing }} {{ t.firing }} & {{ total }}",
    "alert": "{{ labels.instance | default('?') | bold }} {{ annotations.summary | truncate(99) }} {{ period }} "
    "{{ value }} {{ t.runbook | link(links.runbook) }} <https://evil.example|x> {{ own_labels | sort | join(' ') }}",
    "links": "{{ 'Go' | link(links.dashboard) }}",
    "footer": "{{ tenant | upper }} · {{ receiver }} · {{ updated }}",
    "reply": "{{ mention }} {{ news | bold }} {{ totals }} {{ since }} {{ name | upper }}",
    "text": "{{ mention }} {{ heading }}: {{ subject }} {{ tally }} {{ alerts | join('; ') }} "
    "{{ more }} {{ rerouted }}",
    "alert_text": "{{ name }} {{ severity }} {{ summary }} {{ until }}",
}


def localizer(parts: Mapping[str, str], locale: str = "en", report: Report = unreported) -> Localizer:
    layout = Layout(Style.DEFAULT, tuple(parts.items()))
    made = CATALOGUE.localizer(locale, "Asia/Kathmandu", layout)
    return replace(made, custom=replace(made.custom, report=report))


def test_the_tenants_parts_stand_where_ours_would() -> None:
    loaded = a_loaded(a_state(disk("n1"), annotations={"summary": "full"}), a_state(disk("n2")))
    parts = {part: f"{part} of {{{{ tenant }}}}" for part in PARTS}

    card = render(RenderRequest(loaded, a_notification(loaded), RECEIVER, TENANT, localizer(parts), at(hours(1))))

    assert card.text == "text of acme"
    assert card_texts(card) == [
        *("title of acme", "counts of acme", "alert of acme\nalert of acme", "links of acme", "footer of acme")
    ]


def test_a_part_that_may_be_empty_leaves_its_place_and_another_does_not() -> None:
    loaded = a_loaded(a_state(disk("n1")))
    ours = render(RenderRequest(loaded, a_notification(loaded), RECEIVER, TENANT, localizer({}), at(hours(1))))

    card = render(
        RenderRequest(
            loaded, a_notification(loaded), RECEIVER, TENANT, localizer(dict.fromkeys(PARTS, " ")), at(hours(1))
        )
    )

    title, alert, *_ = card_texts(ours)
    assert card_texts(card) == [title, alert]
    assert card.text.startswith("FIRING, warning: DiskFull")


def test_labels_are_there_by_name_also_where_all_alerts_share_them() -> None:
    loaded = a_loaded(a_state(disk("n1"), annotations={"summary": "full", "summary_fr": "plein"}))
    parts = {
        "alert": "{{ labels.instance }} {{ annotations.summary }} {{ level }} {{ severity }} {{ own_labels | join }}"
    }

    card = render(
        RenderRequest(loaded, a_notification(loaded), RECEIVER, TENANT, localizer(parts, "fr"), at(hours(1)))
    )

    assert card_texts(card)[1] == "n1 plein warning avertissement"


FAILING = {
    "title": "{{ labels }}",
    "counts": "{{ name < 1 }}",
    "alert": "{% for one in summary %}{{ one }}{% endfor %}",
    "links": "{{ links }}",
    "footer": "{{ receiver | join }}",
    "reply": "{{ news.x }}",
    "text": "{{ alerts }}",
    "alert_text": "{{ name.__class__ }}",
}


def test_where_parts_fail_the_message_is_ours_and_each_failure_is_shown() -> None:
    loaded = a_loaded(a_state(disk("n1")), a_state(disk("n2")))
    shown: set[tuple[str, str]] = set()
    theirs = localizer(FAILING, report=lambda part, tenant, _error: shown.add((part, tenant)))
    for op in ("post", "reply_broadcast"):
        notification = replace(a_notification(loaded), op=type(a_notification(loaded).op)(op))
        message = render(RenderRequest(loaded, notification, RECEIVER, TENANT, theirs, at(hours(1))))
        assert message == render(RenderRequest(loaded, notification, RECEIVER, TENANT, localizer({}), at(hours(1))))
    assert shown == {(part, "acme") for part in PARTS}


def test_the_plain_message_is_always_ours() -> None:
    loaded = a_loaded(a_state(disk("n1")))
    plain = render_plain(
        RenderRequest(loaded, a_notification(loaded), RECEIVER, TENANT, localizer(OWN), at(hours(1)))
    )
    assert plain == render_plain(
        RenderRequest(loaded, a_notification(loaded), RECEIVER, TENANT, localizer({}), at(hours(1)))
    )


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_sample_is_sound_in_every_language(locale: str) -> None:
    for name in SAMPLES:
        for message in sample_messages(name, RECEIVER, TENANT, localizer(OWN, locale)):
            assert message.faults == ()
            assert_sound(message, mentions=True)
    assert template_failures(RECEIVER, TENANT, localizer(OWN, locale)) == []


def test_the_trial_names_each_part_that_fails_once() -> None:
    failures = template_failures(RECEIVER, TENANT, localizer(FAILING))
    assert sorted(one.part for one in failures) == sorted(PARTS)
    assert {one.sample for one in failures} == {"firing"}


def test_the_trial_finds_what_fails_for_a_few_samples_only() -> None:
    parts = {"alert": "{% if not annotations.summary %}{{ labels }}{% endif %}x"}
    assert [one.sample for one in template_failures(RECEIVER, TENANT, localizer(parts))] == ["without annotations"]


TEMPLATES = st.one_of(
    st.just(OWN),
    st.dictionaries(st.sampled_from(sorted(PARTS)), st.sampled_from([*OWN.values(), "{{ subject }}", "*`_~>", ""])),
)


@examples(150)
@given(case=notified(), name=VALUE, parts=TEMPLATES, locale=st.sampled_from(LANGUAGES))
def test_no_alert_can_ping_link_or_break_a_message_of_a_tenants_own(
    case: tuple[AlertGroup, Notification], name: str, parts: Mapping[str, str], locale: str
) -> None:
    loaded, notification = case
    receiver = replace(RECEIVER, name=ReceiverName(name))
    tenant = replace(TENANT, tenant_id=TenantId(name))
    message: SlackMessage = render(
        RenderRequest(loaded, notification, receiver, tenant, localizer(parts, locale), at(hours(3)))
    )
    assert message.faults == ()
    assert_sound(message, mentions=notification.mentions)
