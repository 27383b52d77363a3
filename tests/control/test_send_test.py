"""A test message goes to the receiver's channel, or there is a diagnosis of why it does not."""

from dataclasses import replace

import pytest

from router.config import stored
from router.control.diagnosis import Diagnosis
from router.control.send_test import send_test_message
from router.control.toolbox import Toolbox
from router.core.slack.answer import Accepted, ChannelDead
from router.errors import OperationError
from tests.adapters.builders import ACME, BETA
from tests.config.samples import EXAMPLE
from tests.control.fakes import FakeSecrets, FakeSlack, FakeVersions, a_toolbox, content


@pytest.fixture
async def toolbox() -> Toolbox:
    versions = FakeVersions()
    await versions.publish(ACME, stored.dump(content().document, EXAMPLE))
    return a_toolbox(versions)


async def test_it_is_posted_with_the_tenants_token_in_the_receivers_language(toolbox: Toolbox) -> None:
    slack = FakeSlack()

    outcome = await send_test_message(replace(toolbox, slack=slack), ACME, "default")

    assert outcome == Accepted("#alerts", "1.000001")
    [(token, call)] = slack.calls
    assert token == "xoxb-acme"
    assert "Tout va bien" in str(call.arguments["text"])


async def test_a_refusal_is_diagnosed(toolbox: Toolbox) -> None:
    slack = FakeSlack(ChannelDead("not_in_channel"))

    outcome = await send_test_message(replace(toolbox, slack=slack), ACME, "oncall")

    assert isinstance(outcome, Diagnosis)
    assert outcome.problem == "the bot is not in the channel (not_in_channel)"
    assert "/invite" in outcome.remedy


async def test_a_missing_secret_is_diagnosed_before_anything_is_sent(toolbox: Toolbox) -> None:
    slack = FakeSlack()

    outcome = await send_test_message(replace(toolbox, slack=slack, secrets=FakeSecrets(None)), ACME, "oncall")

    assert outcome == Diagnosis("secret 'slack' not found", "set it")
    assert slack.calls == []


async def test_a_receiver_that_there_is_not_is_refused_with_the_nearest_or_all(toolbox: Toolbox) -> None:
    with pytest.raises(OperationError, match="no receiver 'onkall', did you mean `oncall`"):
        await send_test_message(toolbox, ACME, "onkall")
    with pytest.raises(OperationError, match="it has default, oncall, storage"):
        await send_test_message(toolbox, ACME, "x")


async def test_a_receiver_without_a_destination_sends_none_and_it_says_what_to_do(toolbox: Toolbox) -> None:
    text, versions, slack = EXAMPLE + '  - {name: "null"}\n', FakeVersions(), FakeSlack()
    await versions.publish(ACME, stored.dump(content(text).document, text))

    outcome = await send_test_message(replace(a_toolbox(versions), slack=slack), ACME, "null")

    assert outcome == Diagnosis("receiver 'null' has no destination", "give it one: slack: {channel: ...}")
    assert slack.calls == []


async def test_a_tenant_that_nobody_knows_is_refused(toolbox: Toolbox) -> None:
    with pytest.raises(OperationError, match="'beta' has no configuration"):
        await send_test_message(toolbox, BETA, "oncall")
