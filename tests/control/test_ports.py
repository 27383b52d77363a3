"""What control asks of stored versions, tokens and sealed texts: the same of Redis and of the fakes in memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from router.adapters.redis.connection import Connection
from router.adapters.redis.secrets import SecretRepository
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.core.model.instant import NEVER
from router.core.model.rules.names import SecretName
from router.errors import ChangedMeanwhileError, OperationError
from router.ports.control import ConfigurationVersions, Recorded, StoredTokens
from router.ports.provenance import UNKNOWN, Part, Provenance, digest_of
from router.ports.secrets import SealedSecrets, SealedTexts
from router.ports.tenants import Absence
from tests.adapters.builders import ACME, BETA
from tests.control.fakes import FakeTexts, FakeTokens, FakeVersions

SLACK = SecretName("slack")


@dataclass
class Ports:
    """One implementation of each."""

    versions: ConfigurationVersions
    tokens: StoredTokens
    texts: SealedTexts


class Promises:
    """What every implementation keeps."""

    async def test_versions_are_kept_newest_first_and_the_newest_is_active(self, ports: Ports) -> None:
        for text in ("a", "b", "b"):
            await ports.versions.publish(ACME, text)

        kept = await ports.versions.versions(ACME)
        active = await ports.versions.active(ACME)

        assert [(one.version, one.text, one.active) for one in kept] == [(2, "b", True), (1, "a", False)]
        assert kept[0].applied_at >= kept[1].applied_at > NEVER
        assert active is not None
        assert (active.version, active.text, active.suspended_since) == (2, "b", NEVER)
        assert await ports.versions.versions(BETA) == []

    async def test_a_version_is_kept_with_where_it_comes_from_and_the_digest_of_its_document(
        self, ports: Ports
    ) -> None:
        first = Provenance("Ana", "root@ci-7", "acme.yaml", "quieter nights", Part.TENANT)
        await ports.versions.publish(ACME, "a", provenance=first)
        await ports.versions.publish(ACME, "a", provenance=replace(first, author="Ben"))
        await ports.versions.publish(ACME, "b")

        newer, older = await ports.versions.versions(ACME)

        assert older.recorded == Recorded(first, digest_of("a"))
        assert newer.recorded == Recorded(UNKNOWN, digest_of("b"))
        assert (older.digest, older.altered) == (digest_of("a"), False)

    async def test_a_version_is_published_onto_the_one_that_was_looked_at_and_no_other(self, ports: Ports) -> None:
        await ports.versions.publish(ACME, "a", onto=0)
        with pytest.raises(OperationError, match="version 1 is active"):
            await ports.versions.publish(ACME, "b", onto=0)

        assert await ports.versions.publish(ACME, "a", onto=0) == 1
        assert await ports.versions.publish(ACME, "b", onto=1) == 2

    async def test_only_the_version_that_was_looked_at_is_removed(self, ports: Ports) -> None:
        await ports.versions.publish(ACME, "a")
        await ports.versions.publish(ACME, "b")
        for other in (0, 1, 3):
            with pytest.raises(ChangedMeanwhileError, match="version 2 is active"):
                await ports.versions.remove(ACME, other)
        assert [one.version for one in await ports.versions.versions(ACME)] == [2, 1]

        await ports.versions.remove(ACME, 2)
        with pytest.raises(ChangedMeanwhileError, match="no version is active"):
            await ports.versions.remove(ACME, 2)
        await ports.versions.remove(ACME, 0)
        assert await ports.versions.absence(ACME) is Absence.REMOVED

    async def test_every_publication_and_suspension_is_announced_even_if_it_changes_nothing(
        self, ports: Ports
    ) -> None:
        await ports.versions.publish(BETA, "b")
        await ports.versions.publish(ACME, "a")
        _, number = await ports.versions.changed_since(0)

        await ports.versions.publish(ACME, "a")
        assert (await ports.versions.changed_since(number))[0] == [ACME]

        assert [await ports.versions.suspend(BETA), await ports.versions.suspend(BETA)] == [True, False]
        suspended = await ports.versions.active(BETA)
        assert suspended is not None
        assert suspended.suspended_since > NEVER
        assert sorted((await ports.versions.changed_since(number))[0]) == [ACME, BETA]

        assert [await ports.versions.resume(BETA), await ports.versions.resume(BETA)] == [True, False]

    async def test_a_tenant_gets_as_many_tokens_as_it_may_have_and_another_its_own(self, ports: Ports) -> None:
        added = [await ports.tokens.add(ACME, digest * 8, 2) for digest in ("11", "22", "33")]
        theirs = await ports.tokens.add(BETA, "44" * 8, 2)

        assert (added, theirs) == ([True, True, False], True)
        assert [one.id for one in await ports.tokens.live(ACME)] == ["11111111", "22222222"]
        assert await ports.tokens.tenant_of("22" * 8) == ACME
        assert await ports.tokens.tenant_of("33" * 8) is None

    async def test_a_token_is_revoked_by_its_tenant_alone(self, ports: Ports) -> None:
        await ports.tokens.add(ACME, "11" * 8, 2)

        assert not await ports.tokens.revoke(BETA, "11111111")
        assert await ports.tokens.revoke(ACME, "11111111")
        assert not await ports.tokens.revoke(ACME, "11111111")
        assert await ports.tokens.tenant_of("11" * 8) is None

    async def test_a_sealed_text_is_replaced_only_if_nobody_changed_it(self, ports: Ports) -> None:
        one, two = SealedSecrets({SLACK: "one"}, "m1"), SealedSecrets({SLACK: "two"}, "m2")
        assert await ports.texts.replace(ACME, SealedSecrets(), one)

        for changed in (SealedSecrets(), replace(one, manifest=""), replace(one, texts={SLACK: "another"})):
            assert not await ports.texts.replace(ACME, changed, two)
        assert await ports.texts.of(ACME) == one
        assert await ports.texts.replace(ACME, one, two)
        assert await ports.texts.of(ACME) == two
        assert await ports.texts.of(BETA) == SealedSecrets()

    async def test_a_sealed_text_that_is_not_there_after_a_change_is_removed(self, ports: Ports) -> None:
        both = SealedSecrets({SecretName("other"): "kept", SLACK: "gone"}, "m1")
        left = SealedSecrets({SecretName("other"): "kept"}, "m2")
        await ports.texts.replace(ACME, SealedSecrets(), both)

        assert await ports.texts.replace(ACME, both, left)
        assert await ports.texts.of(ACME) == left
        assert await ports.texts.replace(ACME, left, SealedSecrets())
        assert await ports.texts.of(ACME) == SealedSecrets()

    async def test_sealed_texts_are_listed_by_tenant_in_the_order_of_their_names(self, ports: Ports) -> None:
        for tenant, names in ((BETA, ["z"]), (ACME, ["slack", "other"])):
            texts = {SecretName(name): f"{tenant}/{name}" for name in names}
            await ports.texts.replace(tenant, SealedSecrets(), SealedSecrets(texts, "m"))

        assert await ports.texts.tenants() == [ACME, BETA]
        found = await ports.texts.of(ACME)
        assert list(found.texts.items()) == [("other", "acme/other"), ("slack", "acme/slack")]


class TestInMemory(Promises):
    @pytest.fixture
    def ports(self) -> Ports:
        return Ports(FakeVersions(), FakeTokens(), FakeTexts())


class TestOnRedis(Promises):
    @pytest.fixture
    async def ports(self, redis: Connection, raw: Any) -> AsyncIterator[Ports]:
        yield Ports(TenantRepository(redis), TokenRepository(redis), SecretRepository(redis))
        for tenant in (ACME, BETA):
            await raw.delete(f"alert-router:{{{tenant}}}:secrets")
