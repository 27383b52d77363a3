"""A file with one part alone: no form of YAML brings in the other part, or another tenant."""

import pytest

from router.config.joined import rules_text
from router.config.parts import NOBODY_TEXT, platform_of, read_platform, read_rules, rules_of
from router.config.read import Beside, parse, read_document
from router.core.model.alert import TenantId
from router.errors import ConfigurationError
from tests.config.samples import EXAMPLE, SMALL, changed

ACME = TenantId("acme")
RULES = rules_text(SMALL)
GREEDY = "{slack: {token: {secret: other}}, limits: {inbound: {rate: 1000000/s, burst: 1000000}}}"
PLATFORM = platform_of(read_document(SMALL, ""), "the operator's part")


def refused(text: str, platform: Beside | None = PLATFORM) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_rules(parse(text, "acme.yaml"), ACME, platform)
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        f"{RULES}platform: {GREEDY}\n",
        f"{RULES}'platform': {GREEDY}\n",
        f'{RULES}"pl\\u0061tform": {GREEDY}\n',
        f"{RULES}? platform\n: {GREEDY}\n",
        f"{RULES}<<: {{platform: {GREEDY}}}\n",
        f"{RULES}<<: [{{platform: {GREEDY}}}, {{locale: en}}]\n",
        f"{RULES}platform: null\n",
        f"{RULES}platform: []\n",
        f"{RULES}platform: *nowhere\n",
        f"{RULES}? [platform]\n: {GREEDY}\n",
        f"{RULES}platform: {GREEDY}\nplatform: {GREEDY}\n",
        f"{RULES}---\nplatform: {GREEDY}\n",
        f"{RULES}Platform: {GREEDY}\n",
        f'{RULES}"platform ": {GREEDY}\n',
        f"{RULES}pl\u0430tform: {GREEDY}\n",
    ],
)
@pytest.mark.parametrize("platform", [PLATFORM, None], ids=["beside an operator's part", "alone"])
def test_nothing_of_an_operators_part_is_taken_from_a_tenant(text: str, platform: Beside | None) -> None:
    assert "acme.yaml:" in refused(text, platform)


@pytest.mark.parametrize(
    "name",
    ["globex", "Acme", "acme ", "'acme '", "\u0430cme", "null", "[acme]", "{acme: 1}", "7", "&a globex", "!!str x"],
)
def test_no_other_tenants_name_is_taken(name: str) -> None:
    text = changed("tenant: acme", f"tenant: {name}", RULES)
    if name == "acme ":
        assert read_rules(parse(text, "acme.yaml"), ACME, PLATFORM).tenant == "acme"
    else:
        assert "acme.yaml:2:" in refused(text)


def test_a_file_without_a_name_is_nobodys() -> None:
    assert "tenant: missing" in refused(changed("tenant: acme\n", "", RULES))


def test_all_mistakes_are_named_at_once_with_those_of_the_tenants_own_words() -> None:
    text = changed("receiver: oncall", "receiver: nobody", changed("acme", "globex", RULES)) + f"platform: {GREEDY}\n"

    lines = refused(text).splitlines()

    assert [line.split(": ")[1] for line in lines] == ["tenant", "route.routes[0].receiver", "platform"]


def test_a_part_means_the_same_beside_the_other_as_in_one_file() -> None:
    whole = read_document(EXAMPLE, "")

    assert read_rules(parse(rules_text(EXAMPLE), ""), ACME, platform_of(whole, "")) == whole
    platform = parse("tenant: acme\n" + EXAMPLE[EXAMPLE.index("platform:") : EXAMPLE.index("locale:")], "")
    assert read_platform(platform, rules_of(whole, "")) == whole


def test_rules_alone_may_choose_channels_by_a_label_among_those_that_they_name() -> None:
    by_label = '{label: team, matching: "#team-.*", else: "#alerts"}'
    text = changed('{channel: "#alerts"}', f"{{channel: {by_label}}}", RULES)

    assert read_rules(parse(text, "")).platform.slack.channels == ("C0123456", "#alerts")


def test_a_mistake_in_the_other_part_is_named_with_where_that_comes_from() -> None:
    narrow = Beside({"platform": {"slack": {"token": {"secret": "slack"}, "channels": ["alerts"]}}}, "version 7")

    assert "version 7: platform.slack.channels[0]: `alerts` is not a valid channel" in refused(RULES, narrow)


def test_a_tenant_without_rules_notifies_nobody() -> None:
    document = read_rules(parse(NOBODY_TEXT.format(tenant="acme"), ""), ACME, PLATFORM)

    assert [(one.name, one.slack) for one in document.receivers] == [("nobody", None)]
