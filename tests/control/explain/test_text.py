"""What people read of an explanation."""

from dataclasses import replace

import pytest

from router.control.explain.explanation import Explanation, Place
from router.control.explain.text import lines
from router.core.context.undrawn import Undrawn
from router.core.decide.standing import Outcome, Standing
from router.core.model.alert_state import ShownState
from router.core.model.instant import HOUR, NEVER, SECOND, Instant, Span
from router.core.model.muted import Muted, MutedBy
from router.core.model.operation import Op, Reason
from router.core.model.rules.limits import Rate
from router.core.model.rules.names import LANGUAGES
from tests.catalogue import CATALOGUE
from tests.core.builders import a_group, a_policy, at

ENGLISH = CATALOGUE.localizer("en", "UTC")
BUDGET = Rate(Span(SECOND), 20)
SHOWN = Standing(Outcome.SHOWN, firing=True, shown_as=ShownState.FIRING, notified_at=at(0))


def never_seen(last_record: Instant = NEVER) -> list[str]:
    """Of a fingerprint or a link that nobody knows, so that there are no labels."""
    budget = Rate(Span(SECOND), 20)
    unknown = Explanation(at(0), "", {}, firing=None, budget=budget, tried=None, places=(), last_record=last_record)
    return [line.strip() for line in lines(unknown, ENGLISH)]


def test_what_nobody_knows_is_no_heartbeat() -> None:
    assert not any("heartbeat" in line for line in never_seen())


def test_where_no_record_ever_came_none_is_named() -> None:
    with_one, without = never_seen(at(5)), never_seen()

    assert len(with_one) == len(without) + 1
    assert "?" not in "".join(without)


def explained(standing: Standing, *calls: tuple[Op, Reason], language: str = "en", now: int = 0) -> str:
    """Of one alert in one group."""
    place = Place(a_group(), {}, a_policy(), standing, calls)
    one = Explanation(at(now), "", {"alertname": "A"}, firing=True, budget=BUDGET, tried=None, places=(place,))
    return "\n".join(lines(one, CATALOGUE.localizer(language, "UTC")))


@pytest.mark.parametrize("by", MutedBy)
def test_what_ends_nobody_knows_when_names_no_time(by: MutedBy) -> None:
    held = explained(replace(SHOWN, outcome=Outcome.HELD, muted=Muted(by, "nights", author="ana")))

    assert "Not sent: " in held
    assert "?" not in held
    assert "until" not in held


def test_what_an_earlier_message_showed_names_no_time() -> None:
    earlier = explained(replace(SHOWN, notified_at=NEVER), now=HOUR)

    assert "Shown in C1 by an earlier message, as firing" in earlier


def test_what_nobody_reports_any_more_is_not_called_unchanged() -> None:
    assert "unchanged since" in explained(SHOWN, now=HOUR)

    left_out = explained(replace(SHOWN, unreported_since=at(0)), now=HOUR)
    assert "unchanged since" not in left_out
    assert f"Not reported since {ENGLISH.moment(at(0))}" in left_out


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_calls_reasons_and_budgets_are_named_in_every_language(language: str) -> None:
    def of(op: Op, reason: Reason, language: str) -> str:
        return explained(SHOWN, (op, reason), language=language)

    for op, reason in [*((op, Reason.FIRST) for op in Op), *((Op.EDIT, reason) for reason in Reason)]:
        english, own = (set(of(op, reason, one).splitlines()) for one in ("en", language))
        assert not any("Sent:" in line or "notifications a minute" in line for line in english & own)


def test_a_budget_is_a_sentence_with_the_name_of_its_setting() -> None:
    assert "At most 60 notifications a minute for this tenant, 20 at once (limits.notifications)" in explained(SHOWN)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_reason_why_there_is_no_chart_has_words_of_its_own(language: str) -> None:
    def named(reason: Undrawn | None) -> str:
        place = Place(a_group(), {}, a_policy(), SHOWN, undrawn=reason)
        one = Explanation(at(0), "", {"alertname": "A"}, firing=True, budget=BUDGET, tried=None, places=(place,))
        return "\n".join(lines(one, CATALOGUE.localizer(language, "UTC")))

    found = [named(reason) for reason in (None, *Undrawn)]
    assert len({*found}) == len(found)
    assert all(len(one.splitlines()) == len(found[0].splitlines()) + 1 for one in found[1:])
