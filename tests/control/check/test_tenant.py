"""Checks of a tenant on ports in memory: what is fine, what is wrong, what could not be asked, and the remedies."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from router.config import stored
from router.control.check.result import CheckResult, State
from router.control.check.tenant import check_tenant
from router.control.toolbox import Toolbox
from router.core.model.token import token_digest
from router.core.slack.answer import Ambiguous, TokenDead, Unreached
from router.core.slack.new_block import NewBlock
from router.diagnostic import Diagnostic, Position
from router.errors import ConfigurationError, OperationError
from router.ports.control import Bot
from router.ports.slack import BlockTrial, Identity, Verdict
from router.ports.tenants import Localizations
from tests.adapters.builders import ACME, BETA, NOON, after, an_alert_state, waiting
from tests.config.samples import EXAMPLE
from tests.control.fakes import FakeDirectory, FakeSecrets, FakeVersions, a_toolbox, content

CHANNELS = ("channel #alerts", "channel C0123456", "channel #storage")


@pytest.fixture
async def versions() -> FakeVersions:
    versions = FakeVersions()
    await versions.publish(ACME, stored.dump(content().document, EXAMPLE))
    return versions


@pytest.fixture
def toolbox(versions: FakeVersions) -> Toolbox:
    return a_toolbox(versions)


async def results(toolbox: Toolbox) -> dict[str, CheckResult]:
    found = await check_tenant(toolbox, ACME)
    assert [one for one in found if one.state is State.WRONG and not one.remedy] == []
    return {one.name: one for one in found}


def states(found: dict[str, CheckResult], names: Sequence[str]) -> list[State]:
    return [found[name].state for name in names]


async def test_everything_is_checked_in_the_order_in_which_alerts_meet_it(toolbox: Toolbox) -> None:
    found = await results(toolbox)

    assert list(found) == [
        "configuration", "secret", "token", "scopes", "edits", *CHANNELS,
        "charts", "folded lists", "language fr-FR", "language en", "upstream",
    ]  # fmt: skip
    unknown = {name for name, one in found.items() if one.state is not State.OK}
    assert unknown == {"charts", "folded lists", "upstream"}


async def test_of_slacks_newer_blocks_it_names_what_workers_have_seen(toolbox: Toolbox) -> None:
    await toolbox.workspaces.remember(token_digest("xoxb-acme"), Identity("T1-B1"))
    await toolbox.workspaces.note_tried("T1-B1", [NewBlock.CONTAINER], BlockTrial(Verdict.TAKEN, NOON))
    await toolbox.workspaces.note_tried("T1-B1", [NewBlock.CHART], BlockTrial(Verdict.REFUSED, NOON))
    found = await results(toolbox)

    taken, refused = found["folded lists"], found["charts"]
    assert (taken.state, taken.detail) == (State.OK, "container: taken at 2026-11-26 12:00:00 UTC")
    assert (refused.state, refused.detail) == (
        State.UNKNOWN,
        "data_visualization: refused at 2026-11-26 12:00:00 UTC",
    )
    assert refused.remedy


async def test_a_missing_secret_leaves_slack_unasked(toolbox: Toolbox) -> None:
    found = await results(replace(toolbox, secrets=FakeSecrets(None)))

    assert found["secret"] == CheckResult("secret", State.WRONG, "secret 'slack' not found", "set it")
    assert set(states(found, ["token", "scopes", "edits", *CHANNELS])) == {State.UNKNOWN}


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (TokenDead("invalid_auth"), State.WRONG),
        (Unreached("connect"), State.UNKNOWN),
        (Ambiguous("unreadable_body"), State.UNKNOWN),
    ],
)
async def test_a_token_is_wrong_only_if_slack_refuses_it(
    toolbox: Toolbox, answer: TokenDead | Unreached | Ambiguous, state: State
) -> None:
    found = await results(replace(toolbox, directory=FakeDirectory(answer)))

    assert found["token"].state is state
    assert found["token"].remedy
    assert set(states(found, CHANNELS)) == {State.UNKNOWN}


async def test_without_the_scope_to_post_edits_are_wrong(toolbox: Toolbox) -> None:
    bot = Bot("acme", "T1", "alerts", "U1", frozenset({"channels:read", "groups:read"}))

    found = await results(replace(toolbox, directory=FakeDirectory(bot)))

    assert states(found, ["scopes", "edits"]) == [State.WRONG, State.WRONG]
    assert "lacking: chat:write" in found["scopes"].detail


async def test_channels_that_cannot_be_used_are_wrong_with_the_bots_name_to_invite(toolbox: Toolbox) -> None:
    directory = FakeDirectory(elsewhere=frozenset({"storage", "C0123456"}), archived=frozenset({"alerts"}))

    found = await results(replace(toolbox, directory=directory))

    assert set(states(found, CHANNELS)) == {State.WRONG}
    assert "archived" in found["channel #alerts"].detail
    assert "/invite @alerts" in found["channel C0123456"].remedy
    assert "/invite @alerts" in found["channel #storage"].remedy


async def test_what_the_bot_may_not_look_at_is_unknown(toolbox: Toolbox) -> None:
    bot = Bot("acme", "T1", "alerts", "U1", frozenset({"chat:write"}))

    found = await results(replace(toolbox, directory=FakeDirectory(bot)))

    assert set(states(found, CHANNELS)) == {State.UNKNOWN}
    assert "channels:read and groups:read" in found["channel #alerts"].remedy


async def test_a_suspended_tenant_is_wrong_with_the_way_back(versions: FakeVersions, toolbox: Toolbox) -> None:
    await versions.suspend(ACME)

    found = await results(toolbox)

    assert found["service"].remedy == "alert-router tenant resume acme"


async def test_a_hold_of_everybody_is_wrong_with_the_way_back(versions: FakeVersions, toolbox: Toolbox) -> None:
    versions.held = NOON

    found = await results(toolbox)

    assert found["service"].detail.startswith("on hold with everybody since 2026-")
    assert found["service"].remedy == "alert-router release"


async def test_broken_templates_are_wrong_in_every_language_with_their_place(toolbox: Toolbox) -> None:
    def load() -> Localizations:
        raise ConfigurationError(Diagnostic("unexpected end", source="title.j2", position=Position(3)))

    found = await results(replace(toolbox, load_localizations=load))

    assert set(states(found, ["language fr-FR", "language en"])) == {State.WRONG}
    assert found["language en"].detail == "title.j2:3: unexpected end"


async def test_a_configuration_that_cannot_be_read_is_wrong_and_only_the_sender_is_checked_besides(
    versions: FakeVersions, toolbox: Toolbox
) -> None:
    await versions.publish(ACME, "{}")

    found = await results(toolbox)

    assert list(found) == ["configuration", "upstream"]
    assert found["configuration"].state is State.WRONG
    assert "alert-router tenant rollback acme" in found["configuration"].remedy


@pytest.mark.parametrize(("age_h", "state"), [(1, State.OK), (5, State.WRONG)])
async def test_a_sender_that_repeats_too_seldom_is_wrong(versions: FakeVersions, age_h: int, state: State) -> None:
    alert = an_alert_state(after(-age_h * 3600))
    group = waiting()
    stored_group = replace(group, alerts=dict.fromkeys(group.alerts, alert))

    found = await results(a_toolbox(versions, [stored_group]))

    assert found["upstream"].state is state
    assert f"last heard {age_h} h ago" in found["upstream"].detail


async def test_a_tenant_that_nobody_knows_is_refused(toolbox: Toolbox) -> None:
    with pytest.raises(OperationError, match="no configuration"):
        await check_tenant(toolbox, BETA)


async def test_a_receiver_without_a_destination_needs_nothing_of_slack() -> None:
    text, versions = EXAMPLE + '  - {name: "null"}\n', FakeVersions()
    await versions.publish(ACME, stored.dump(content(text).document, text))

    found = await results(a_toolbox(versions))

    assert [name for name in found if name.startswith("channel")] == list(CHANNELS)
