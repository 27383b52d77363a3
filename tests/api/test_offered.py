"""The contract of what commands ask: the record here and the control API answer the same."""

from contextlib import suppress

import pytest

from router.app.offered import open_audit, open_keys, open_secrets, open_silences, open_tenants, open_tokens
from router.config.parts import read_platform
from router.config.read import document_of, parse
from router.config.stored import StoredDocument
from router.control.keys import KeyRequest
from router.control.offered import Configurations
from router.control.parts import WrittenPlatform, WrittenRules
from router.control.silences import SilenceRequest
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, NEVER, Span
from router.core.model.rules.names import SecretName
from router.core.model.rules.silence import SilenceState
from router.core.model.token import token_id
from router.errors import ChangedMeanwhileError, ConfigurationError, OperationError
from router.ports.provenance import Part, Provenance
from tests.api.offering import BY_API, HERE, Offer, offer
from tests.api.serving import Asking
from tests.config.samples import SMALL, changed
from tests.waiting import eventually

ACME = TenantId("acme")
OTHER = changed("matchers: ['a=\"b\"']", "matchers: ['a=\"c\"']")
RULES = "".join(line for line in OTHER.splitlines(keepends=True) if not line.startswith("platform"))
PLATFORM = 'version: 1\ntenant: acme\nplatform: {slack: {token: {secret: slack}, channels: ["#alerts", C0123456]}}\n'

pytestmark = pytest.mark.usefixtures("in_force")


@pytest.fixture(params=[HERE, BY_API])
async def offered(request: pytest.FixtureRequest, api: Asking, emptied: str) -> Offer:
    return await offer(request.param, api, emptied)


def content(text: str) -> StoredDocument:
    return StoredDocument(document_of(parse(text, "acme.yaml")), text)


async def applied(tenants: Configurations, text: str, message: str = "") -> int:
    change = await tenants.plan(content(text), "acme.yaml")
    await tenants.publish(change, Provenance(message=message))
    return change.after


async def test_a_change_is_planned_and_made_and_another_of_the_same_version_is_refused(offered: Offer) -> None:
    async with open_tenants(offered.settings) as tenants:
        new = await tenants.plan(content(SMALL), "acme.yaml")
        assert (new.before, new.after, new.unchanged, new.part) == (0, 1, False, Part.BOTH)
        await tenants.publish(new)

        same, other = await tenants.plan(content(SMALL), "a.yaml"), await tenants.plan(content(OTHER), "b.yaml")
        assert (same.unchanged, same.summary) == (True, "unchanged")
        assert (other.before, other.after, other.part) == (1, 2, Part.TENANT)
        assert other.diff.splitlines()[:2] == ["--- acme version 1", "+++ b.yaml"]
        await tenants.publish(same)
        late = await tenants.plan(content("# 2\n" + SMALL), "c.yaml")
        await tenants.publish(other)
        with pytest.raises(ChangedMeanwhileError, match="version 2 is active"):
            await tenants.publish(late)
        with pytest.raises(ChangedMeanwhileError):
            await tenants.publish(new)


async def test_versions_are_listed_shown_and_one_comes_back(offered: Offer) -> None:
    async with open_tenants(offered.settings) as tenants:
        await applied(tenants, SMALL)
        await applied(tenants, OTHER, "more")
        newest, oldest = await tenants.history(ACME)
        assert [(one.kept.version, one.kept.active, one.kept.altered) for one in (newest, oldest)] == [
            (2, True, False), (1, False, False)
        ]  # fmt: skip
        assert newest.kept.recorded is not None
        origin = newest.kept.recorded.provenance
        assert (origin.source, origin.message, origin.part) == ("acme.yaml", "more", Part.TENANT)
        assert newest.summary != oldest.summary

        shown = await tenants.show(ACME)
        assert (shown.source_text, shown.kept.version, shown.kept.digest) == (OTHER, 2, newest.kept.digest)
        assert (await tenants.show(ACME, 1)).source_text == SMALL

        back = await tenants.plan_rollback(ACME)
        assert (back.before, back.after, back.part) == (2, 3, Part.TENANT)
        await tenants.publish(back)
        again = await tenants.plan_rules_rollback(ACME)
        await tenants.publish(again)
        assert ('a="b"' in SMALL, 'a="c"' in (await tenants.show(ACME)).source_text) == (True, True)


async def test_a_part_is_applied_beside_the_other(offered: Offer) -> None:
    rules, platform = parse(RULES, "rules.yaml"), parse(PLATFORM, "platform.yaml")
    async with open_tenants(offered.settings) as tenants:
        with pytest.raises(OperationError, match="no operator's part yet"):
            await tenants.plan_part(WrittenRules(ACME, rules))
        first = await tenants.plan_part(WrittenPlatform(read_platform(platform).tenant, platform))
        await tenants.publish(first)
        second = await tenants.plan_part(WrittenRules(ACME, rules))
        await tenants.publish(second)
        assert (first.before, second.before, second.part) == (0, 1, Part.TENANT)

        wrong = parse(RULES.replace('"#alerts"', '"#secret"'), "wrong.yaml")
        with pytest.raises(ConfigurationError) as refused:
            await tenants.plan_part(WrittenRules(ACME, wrong))
    [one] = refused.value.diagnostics
    assert str(one).startswith("wrong.yaml:8:38: receivers[0].slack.channel: ")
    assert "#secret" in str(one)


async def test_tenants_are_listed_by_name_with_their_versions(offered: Offer) -> None:
    async with open_tenants(offered.settings) as tenants:
        for name in ("globex", "acme"):
            text = SMALL.replace("acme", name)
            await tenants.publish(await tenants.plan(content(text), "f"))

    async def are_listed() -> bool:
        async with open_tenants(offered.settings) as tenants:
            found = [(one.tenant, one.version, one.suspended_since) for one in await tenants.all_active()]
            return (found, await tenants.held_since()) == ([("acme", 1, NEVER), ("globex", 1, NEVER)], NEVER)

    await eventually(are_listed)


async def test_what_is_not_there_is_named(offered: Offer) -> None:
    async with open_tenants(offered.settings) as tenants:
        for asked in (tenants.history(ACME), tenants.show(ACME), tenants.plan_rollback(ACME)):
            with pytest.raises(OperationError, match="acme"):
                await asked
        await applied(tenants, SMALL)
        for asked in (tenants.show(ACME, 9), tenants.plan_rollback(ACME, 9)):
            with pytest.raises(OperationError, match="no version 9"):
                await asked


async def test_tokens_are_made_listed_rotated_and_revoked(offered: Offer) -> None:
    async with open_tenants(offered.settings) as tenants:
        await applied(tenants, SMALL)
    async with open_tokens(offered.settings) as tokens:
        first = await tokens.create(ACME)
        second = (await tokens.rotate(ACME, force=False)).token
        assert [one.id for one in await tokens.live(ACME)] == [token_id(first), token_id(second)]
        with pytest.raises(OperationError, match="2 live tokens"):
            await tokens.create(ACME)
        assert (await tokens.rotate(ACME, force=False)).revoked == token_id(first)
        assert (await tokens.is_live(ACME, first), await tokens.is_live(ACME, second)) == (False, True)
        await tokens.revoke(ACME, token_id(second))
        with pytest.raises(OperationError, match="no token of that id"):
            await tokens.revoke(ACME, token_id(second))


async def test_secrets_are_set_listed_and_deleted(offered: Offer) -> None:
    slack, other = SecretName("slack"), SecretName("other")
    async with open_tenants(offered.settings) as tenants:
        await applied(tenants, SMALL)
    async with open_secrets(offered.settings) as secrets:
        assert (await secrets.prepare(ACME, slack)).tenant_is_configured
        for name in (slack, other):
            await secrets.put(ACME, name, "xoxb-1-secret")
        assert await secrets.names(ACME) == [other, slack]
        with pytest.raises(OperationError, match="named by its configuration"):
            await secrets.delete(ACME, slack, force=False)
        await secrets.delete(ACME, slack, force=True)
        assert await secrets.names(ACME) == [other]
        await secrets.delete(ACME, other, force=False)
        with pytest.raises(OperationError, match="has no"):
            await secrets.delete(ACME, other, force=False)


async def test_silences_are_added_listed_and_ended(offered: Offer) -> None:
    async with open_tenants(offered.settings) as tenants:
        await applied(tenants, SMALL)
    request = SilenceRequest([['a="b"', "c=~d.*"], ["e=f"]], "ana", "new disks", Span(2 * HOUR))

    async def is_known() -> bool:
        async with open_silences(offered.settings) as silences:
            with suppress(OperationError):
                return await silences.listed(ACME, expired=True) == []
        return False

    await eventually(is_known)
    async with open_silences(offered.settings) as silences:
        made = await silences.add(ACME, request)
        assert made.ends_at - made.starts_at == 2 * HOUR
        [one] = await silences.listed(ACME, expired=False)
        assert (one.silence, one.state) == (made, SilenceState.ACTIVE)
        assert [len(some) for some in made.matcher_sets] == [2, 1]
        assert await silences.expire(ACME, made.silence_id)
        assert await silences.listed(ACME, expired=False) == []
        assert [one.state for one in await silences.listed(ACME, expired=True)] == [SilenceState.EXPIRED]
        with pytest.raises(OperationError):
            await silences.expire(ACME, "another")


async def test_keys_are_made_listed_and_revoked(offered: Offer) -> None:
    async with open_tenants(offered.settings) as tenants:
        await applied(tenants, SMALL)
    request = KeyRequest(ACME, "editor", "ci", ("10.0.0.0/8",), Span(24 * HOUR))
    async with open_keys(offered.settings) as keys:
        if offered.by_api:
            with pytest.raises(OperationError, match="denied"):  # a key makes no keys
                await keys.create(request)
            return
        text, made = await keys.create(request)
        assert text.startswith("ark_")
        assert [(one.id, one.role, one.name, one.networks) for one in await keys.live(ACME)] == [
            (made.id, "editor", "ci", ("10.0.0.0/8",))
        ]
        assert [await keys.revoke(ACME, made.id) for _ in range(2)] == [True, False]


async def test_the_audit_log_is_read_newest_first_a_page_at_a_time(offered: Offer) -> None:
    async with open_tenants(offered.settings) as tenants:
        for number in range(3):
            await applied(tenants, f"# {number}\n{SMALL}")
    async with open_audit(offered.settings) as audit:
        newest = await audit.newest(ACME, None, 2)
        rest = await audit.newest(None, newest[-1].seq, 10)
    last = newest[0].seq
    assert [one.seq for one in (*newest, *rest)] == list(range(last, -1, -1))
    assert {one.tenant for one in newest} == {ACME}
    assert b'"action":"tenant.apply"' in newest[0].entry
