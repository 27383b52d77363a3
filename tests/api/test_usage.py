"""What a tenant uses of what is bounded, and how far it is kept apart, over HTTP."""

from pathlib import Path

import pytest

from router.app.isolation_file import isolation_of
from router.core.budget.uses import Quota
from router.errors import ConfigurationError
from router.settings import ControlSettings, KafkaSettings, Settings
from tests.api.serving import OPERATOR, Asking
from tests.config.samples import SMALL

POLICY = "version: 1\nlevels: [{name: shared}, {name: bound, topic: own}]\ndefault: shared\ntenants: {acme: bound}\n"


async def test_usage_counts_what_there_is_against_what_there_may_be(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    waits = await api.ask("viewer@acme", "GET", "/tenants/acme/usage")
    await api.ask(OPERATOR, "POST", "/tenants/acme/tokens")
    await api.in_force()
    silence = {"matcher_sets": [["a=~b.*"]], "comment": "c"}
    await api.ask(OPERATOR, "POST", "/tenants/acme/silences", silence)
    items = (await api.ask("viewer@acme", "GET", "/tenants/acme/usage")).json["items"]
    found = {one["name"]: (one["used"], one["limit"]) for one in items}

    assert (waits.status, waits.problem) == (409, "not-possible")
    assert (found["tokens"], found["silences"], found["active_alerts"]) == ((1, 2), (1, 1_000), (0, 100_000))
    assert found["silence_patterns"][0] > 0
    assert {one["name"] for one in items} == set(Quota)
    assert found["receivers"] == (2, 1_000)
    assert (
        next(one for one in items if one["name"] == "active_alerts")["raised_by"] == "platform.limits.active_alerts"
    )
    assert found["inbound_alerts"][0] == 0 < found["inbound_alerts"][1]


async def test_without_a_policy_there_is_none(api: Asking) -> None:
    await api.apply(OPERATOR, "acme", SMALL)
    for path in ("/isolation", "/tenants/acme/isolation"):
        answer = await api.ask(OPERATOR, "GET", path)
        assert (answer.status, answer.problem) == (404, "no-isolation-policy")


def test_a_policy_that_the_settings_do_not_keep_is_not_in_force(tmp_path: Path) -> None:
    file = tmp_path / "isolation.yaml"
    file.write_text(POLICY)
    settings = Settings(control=ControlSettings(isolation_file=file))
    with pytest.raises(ConfigurationError, match="no topic is bound to acme"):
        isolation_of(settings)
    bound = settings.model_copy(update={"kafka": KafkaSettings(bound_topics={"acme-in": "acme"})})
    kept = isolation_of(bound)
    assert kept is not None
    assert kept.text == POLICY
