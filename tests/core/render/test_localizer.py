"""Dates, durations and languages, as readers of each locale expect them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from jinja2 import UndefinedError

from router.core.model.instant import HOUR, MINUTE, NEVER, SECOND, Instant, Span, from_datetime
from router.core.render.localizer import Localizer, babel_locale, language_names, negotiate
from router.core.render.words.templates import environment
from router.core.slack.markup import Safe

NOON = from_datetime(datetime(2026, 11, 23, 12, 0, 41, tzinfo=UTC))


def a_wording(locale: str = "en", zone: str = "Europe/Paris") -> Localizer:
    return Localizer(Locale.parse(locale, sep="_"), ZoneInfo(zone), language_names(locale), {})


def plain_spaces(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("locale", "hours", "days"),
    [
        ("en", "1 hr 35 min", "1 day 2 hr"),
        ("fr", "1 h 35 min", "1 j 2 h"),
        ("de", "1 Std. 35 Min.", "1 Tag 2 Std."),
        ("es", "1 h 35 min", "1 d 2 h"),
        ("it", "1 h 35 min", "1 g 2 h"),
    ],
)
def test_a_duration_has_two_units(locale: str, hours: str, days: str) -> None:
    localizer = a_wording(locale)
    assert plain_spaces(localizer.duration(Span(95 * MINUTE + 7 * SECOND))) == hours
    assert plain_spaces(localizer.duration(Span(26 * HOUR))) == days


@pytest.mark.parametrize(
    ("span", "shown"),
    [(0, ""), (-5 * SECOND, ""), (999_999, ""), (SECOND, "1 sec"), (HOUR, "1 hr"), (HOUR + SECOND, "1 hr")],
)
def test_a_duration_leaves_out_what_is_nothing(span: int, shown: str) -> None:
    assert a_wording().duration(Span(span)) == shown


@pytest.mark.parametrize(
    ("locale", "zone", "shown"),
    [
        ("en", "UTC", "Nov 23, 2026, 12:00 PM UTC"),
        ("en_GB", "Europe/London", "23 Nov 2026, 12:00 GMT"),
        ("fr", "Europe/Paris", "23 nov. 2026, 13:00 CET"),
        ("fr_CA", "America/Toronto", "23 nov. 2026, 07 h 00 EST"),
        ("de", "Europe/Berlin", "23.11.2026, 13:00 MEZ"),
        ("es", "America/Sao_Paulo", "23 nov 2026, 9:00 UTC-03"),
        ("it", "Europe/Rome", "23 nov 2026, 13:00 CET"),
        ("it", "Asia/Kathmandu", "23 nov 2026, 17:45 UTC+05:45"),
    ],
)
def test_a_moment_is_shown_in_the_tenants_zone(locale: str, zone: str, shown: str) -> None:
    assert plain_spaces(a_wording(locale, zone).moment(NOON)) == shown


@pytest.mark.parametrize("instant", [NEVER, Instant(253_402_300_799 * SECOND), Instant(10**18)])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_ends_of_time_can_be_shown(instant: Instant, zone: str) -> None:
    localizer = a_wording("en", zone)
    assert localizer.moment(instant)
    assert localizer.token(instant).endswith(">")


def test_numbers_and_lists_follow_the_language() -> None:
    assert a_wording("de").number(12345) == "12.345"
    assert a_wording("fr").listing(["a", "b", "c"]) == "a, b et c"
    assert a_wording("fr").listing([]) == ""


@pytest.mark.parametrize(
    ("tag", "names"),
    [
        ("fr-CA", ("fr_CA", "fr")),
        ("fr_FR.UTF-8", ("fr_FR", "fr")),
        ("ca@valencia", ("ca",)),
        ("en", ("en",)),
        ("", ()),
    ],
)
def test_a_locale_has_names_from_special_to_common(tag: str, names: tuple[str, ...]) -> None:
    assert language_names(tag) == names


@pytest.mark.parametrize(
    ("tag", "catalogue", "locale"),
    [
        ("fr-CA", "fr", "fr_CA"),
        ("fr-XX", "fr", "fr"),
        ("FR", "fr", "fr"),
        ("de-AT", "de", "de_AT"),
        ("pt-BR", "en", "en"),
        ("zh-Hant-TW", "en", "en"),
        ("klingon!", "en", "en"),
        ("", "en", "en"),
    ],
)
def test_a_locale_falls_back_to_its_language_then_to_english(tag: str, catalogue: str, locale: str) -> None:
    found = negotiate(tag, {"en", "fr", "de"})
    assert found == catalogue
    assert str(babel_locale(tag, found)) == locale


@pytest.mark.parametrize("locale", ["fr", "fr_CA"])
def test_an_annotation_in_the_readers_language_wins(locale: str) -> None:
    annotations = {"summary": "down", "summary_fr": "en panne", "summary_de": "gestört"}
    assert a_wording(locale).localized(annotations, "summary") == "en panne"
    assert a_wording("es").localized(annotations, "summary") == "down"
    assert a_wording("fr").localized({"summary_fr": " ", "summary": "down"}, "summary") == "down"
    assert a_wording("fr").localized({}, "summary") == ""


def test_a_template_escapes_every_value_once() -> None:
    made = environment({})
    source = (
        "{{ a }} {% trans b=a %}is {{ b }}{% endtrans %} {{ s }} {{ [a, s] | join }} {{ [a] | map('code') | join }}"
    )
    printed = made.from_string(source).render(a="<!here>", s=Safe("<@U1>"))
    assert printed == "&lt;!here&gt; is &lt;!here&gt; <@U1> &lt;!here&gt;, <@U1> `&lt;!here&gt;`"


def test_a_template_says_a_percent_sign() -> None:
    assert environment({}).from_string("{% trans %}100% sure{% endtrans %}").render() == "100% sure"


def test_a_template_that_names_what_is_not_there_fails() -> None:
    with pytest.raises(UndefinedError):
        environment({}).from_string("{{ nowhere }}").render()


@pytest.mark.parametrize(
    ("locale", "zone", "shown"),
    [
        ("en", "UTC", "Nov 23, 2026, 12:00-1:35 PM UTC"),
        ("fr", "Europe/Paris", "23 nov. 2026, 13:00-14:35 CET"),
        ("de", "Europe/Berlin", "23.11.2026, 13:00-14:35 Uhr MEZ"),
        ("es", "Europe/Madrid", "23 nov 2026, 13:00-14:35 CET"),
        ("it", "Europe/Rome", "23 nov 2026, 13:00-14:35 CET"),
    ],
)
def test_a_range_within_a_day_names_the_date_once(locale: str, zone: str, shown: str) -> None:
    localizer, end = a_wording(locale, zone), Instant(NOON + 95 * MINUTE)
    assert localizer.same_day(NOON, end)
    assert plain_spaces(localizer.words.span(NOON, end)).replace("\N{EN DASH}", "-") == shown
    assert "^{time}|" in localizer.tokens.span(NOON, end)


def test_a_range_over_noon_names_both_halves_of_the_day() -> None:
    start = Instant(NOON - 5 * MINUTE)
    shown = plain_spaces(a_wording("en", "UTC").words.span(start, NOON)).replace("\N{EN DASH}", "-")
    assert shown == "Nov 23, 2026, 11:55 AM-12:00 PM UTC"


def test_the_day_is_that_of_the_zone() -> None:
    end = Instant(NOON + 11 * HOUR + 30 * MINUTE)
    assert a_wording(zone="UTC").same_day(NOON, end)
    assert not a_wording(zone="Europe/Paris").same_day(NOON, end)


def test_summer_time_has_its_german_name() -> None:
    july = from_datetime(datetime(2026, 7, 1, 12, 0, tzinfo=UTC))
    assert a_wording("de", "Europe/Berlin").moment(july) == "01.07.2026, 14:00 MESZ"


@pytest.mark.parametrize(
    ("locale", "text", "shown"),
    [
        ("de", "1.100", "1,1"),
        ("fr", "0.61", "0,61"),
        ("en", "0.61", "0.61"),
        ("es", "97.24999999999997", "97,25"),
        ("it", "-12345.5", "-12.345,5"),
        ("de", "1e+09", "1.000.000.000"),
        ("de", "0.00001234", "0,00001234"),
        ("de", "1.5 GB", "1.5 GB"),
        ("de", "10.0.0.1", "10.0.0.1"),
        ("de", "NaN", "NaN"),
        ("de", "1e99", "1e99"),
        ("de", "", ""),
    ],
)
def test_a_measured_value_is_a_number_of_the_language_or_stays(locale: str, text: str, shown: str) -> None:
    assert a_wording(locale).value(text) == shown
