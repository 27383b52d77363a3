"""What single values may be, at their borders."""

import functools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from router.config.values import (
    ChannelText,
    DurationText,
    LocaleText,
    MentionText,
    RateText,
    ReceiverText,
    SecretText,
    TenantText,
    TimeZoneText,
)


@functools.cache
def adapter(kind: Any) -> TypeAdapter[str]:
    return TypeAdapter(kind)


def taken(kind: Any, value: str) -> bool:
    try:
        adapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (
            TenantText,
            ["a", "1", "acme", "acme-eu-1", "a" * 63],
            ["", "-a", "a-", "a--b", "a_b", "a__b", "Acme", "a.b", "é", "a\n", "٣", "a" * 64],
        ),
        (
            SecretText,
            ["slack", "slack-2"],
            ["", "-slack", "slack-", "slack--2", "slack_2", "Slack", "s" * 64],
        ),
        (
            ReceiverText,
            ["default", "On call, 2nd line", "équipe/données"],
            ["", "  ", "a\nb", "a\x00", "x" * 201],
        ),
        (
            ChannelText,
            [
                "#a",
                "#alerts-2_x",
                "#" + "a" * 80,
                "#données",
                "#日本語",
                "#हिन्दी",
                "C0123456",
                "G0123456",
                "D0123456789",
            ],
            ["", "#", "alerts", "#Alerts", "#É", "#a b", "#a:b", "#a.b", "##a", "#" + "a" * 81, "#a\n", "C01234"],
        ),
        (
            ChannelText,
            ["C0123456A", "G000000", "D0123456789"],
            ["c0123456", "U0123456", "C0123456\n", "@me", "C-123456", "Cé12345", " C0123456"],
        ),
        (
            MentionText,
            ["<@U012>", "<@W012>", "<!subteam^S012>", "<!here>", "<!channel>", "<!everyone>"],
            ["", "@here", "<!here|x>", "<@u012>", "<@B012>", "<!subteam^U1>", "<!here> ", "<@U1><@U2>", "<#C012>"],
        ),
        (
            LocaleText,
            ["en", "fr", "de", "es", "it", "fr-FR", "fr-CA", "es-419", "de-CH", "fr-Latn-FR", "de-DE-1996"],
            ["", "pt", "fr_FR", "fr-fr", "FR", "fra", "fr-", "fr-XX", "e", "en-", "frr"],
        ),
        (
            TimeZoneText,
            ["UTC", "Europe/Paris", "America/Argentina/Buenos_Aires"],
            ["", "Europe", "europe/paris", "CET+1", "../etc/passwd", "/etc/localtime", "Europe/Paris\n"],
        ),
        (
            RateText,
            ["60/m", "1/h", "0.5/s", "1000000/s", "1.25/m"],
            ["", "60", "/m", "60/d", "60 / m", "-1/m", "0/m", "0.0/s", "1e3/s", "0.9/h", "3000000/s", "1/m\n", "٦/m"],
        ),
        (
            DurationText,
            ["0", "0s", "30s", "1h30m", "500ms", "1y", "365d"],
            ["", "30", "-5s", "1.5h", "30 s", "1m1h", "366d", "9" * 5000 + "s", "s", "1h\n"],
        ),
    ],
)
def test_a_value_is_taken_or_refused(kind: Any, right: list[str], wrong: list[str]) -> None:
    assert [value for value in right if not taken(kind, value)] == []
    assert [value for value in wrong if taken(kind, value)] == []


names = st.from_regex(r"\A[a-z0-9][a-z0-9_-]{0,7}\Z").filter(lambda name: taken(TenantText, name))


def variable(tenant: str, secret: str) -> str:
    """The environment variable of a secret, as docs/settings.md names it."""
    return f"ALERT_ROUTER_SECRET__{tenant}__{secret}".upper().replace("-", "_")


@given(names, names, names, names)
def test_no_two_tenants_secrets_meet_in_the_environment(one: str, its: str, other: str, others: str) -> None:
    assert (variable(one, its) == variable(other, others)) == ((one, its) == (other, others))


@pytest.mark.parametrize(
    ("one", "its", "other", "others"),
    [
        ("a", "b--c", "a--b", "c"),
        ("a", "b__c", "a__b", "c"),
        ("a-b", "c", "a_b", "c"),
        ("a-", "-c", "a--", "c"),
        ("acme", "s", "Acme", "s"),
    ],
)
def test_names_that_would_meet_in_the_environment_are_refused(one: str, its: str, other: str, others: str) -> None:
    assert variable(one, its) == variable(other, others), "the row shows a collision"
    assert not (
        taken(TenantText, one) and taken(SecretText, its) and taken(TenantText, other) and taken(SecretText, others)
    )
