"""What may be written of a tenant; only `changing` makes one of these, and appends the entry that belongs to it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Executable, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from router.adapters.postgres.reading import active_version, live_tokens, sealed_texts
from router.adapters.postgres.rows import MANIFEST, when
from router.adapters.postgres.tables import (
    ACCESS_DOCUMENT,
    ACTIVE,
    API_KEY,
    CONFIGURATION,
    ERASED_PERSON,
    IDEMPOTENCY,
    PROPOSAL,
    SECRET,
    TENANT,
    TENANT_KEY,
    TOKEN,
)
from router.config.placement import placement_changes
from router.config.stored import cell_of
from router.core.model.alert import TenantId
from router.core.model.token import ID_LENGTH
from router.errors import ChangedMeanwhileError, OperationError
from router.ports.audit import Difference, Entry, Version
from router.ports.control import check_active
from router.ports.proposals import ProposalState
from router.ports.provenance import Provenance, digest_of
from router.ports.record import RecordedToken, RecordedVersion, TenantState
from router.ports.secrets import SealedSecrets

_FOR_GOOD: Final = (TenantState.ERASING, TenantState.ERASED)


class Writing:
    """Writes rows of one tenant in one transaction, and remembers what its entry is to say."""

    def __init__(self, connection: AsyncConnection, tenant: TenantId) -> None:
        self._connection = connection
        self._tenant = tenant
        self._before: Version | None = None
        self._after: Version | None = None
        self._diff = list[Difference]()

    def noted(self, entry: Entry) -> Entry:
        """The entry with what was written."""
        return replace(
            entry,
            tenant=self._tenant,
            before=self._before or entry.before,
            after=self._after or entry.after,
            diff=(*entry.diff, *self._diff),
        )

    async def publish(self, new: RecordedVersion, onto: int | None = None) -> int:
        """Store the text as the next version and make it the active one; its number, which is at least that of `new`.

        A text that is active already stays as it is. With `onto` the active version must be that one (0: none).

        Raises:
            ChangedMeanwhileError: another version than `onto` is active.
        """
        await self.begin()
        active = await active_version(self._connection, self._tenant)
        if active is not None:
            self._before = Version(active.number, digest_of(active.text))
            if active.text == new.text:
                return active.number
        number = active.number if active else 0
        check_active(self._tenant, number, onto)
        following = max(number + 1, new.number)
        await self.store(replace(new, number=following))
        await self.activate(following)
        self._after = Version(following, digest_of(new.text))
        moved = placement_changes(active.text if active else None, new.text)
        self._diff += [Difference(*one) for one in moved]
        return following

    async def publish_access(self, text: str, onto: int, by: Provenance) -> int:
        """Store a text as the next version of the access document; its number. The same text stays as it is.

        Raises:
            ChangedMeanwhileError: another version than `onto` (0: none) is in force.
        """
        newest = select(ACCESS_DOCUMENT).order_by(ACCESS_DOCUMENT.c.version.desc()).limit(1)
        row = (await self._connection.execute(newest)).one_or_none()
        number = row.version if row else 0
        if row is not None:
            self._before = Version(number, row.digest)
            if row.document == text:
                return number
        if onto != number:
            problem = f"the access document was changed meanwhile: version {number} is active"
            raise ChangedMeanwhileError(problem, remedy="read it again, and apply your change to that")
        made = {"author": by.author, "login": by.login, "source": by.source, "source_ref": by.source_ref}
        await self._do(
            insert(ACCESS_DOCUMENT).values(
                version=number + 1, document=text, digest=digest_of(text), note=by.message, **made
            )
        )
        self._after = Version(number + 1, digest_of(text))
        return number + 1

    async def begin(self) -> None:
        """The tenant is there from now on, also where it was removed before.

        Raises:
            OperationError: it was erased, or is being: its id is never given again.
        """
        await self._appear(TenantState.ACTIVE)
        own = TENANT.c.tenant == self._tenant
        state = await self._connection.scalar(select(TENANT.c.state).where(own))
        if state in _FOR_GOOD:
            raise OperationError(
                f"tenant {self._tenant!r} was erased, or is being, and an id is never given twice",
                remedy="choose another id",
            )
        removed = own & (TENANT.c.state == TenantState.REMOVED)
        await self._do(TENANT.update().where(removed).values(state=TenantState.ACTIVE))
        await self._do(select(ACTIVE.c.tenant).where(ACTIVE.c.tenant == self._tenant).with_for_update(of=ACTIVE))

    async def store(self, version: RecordedVersion) -> None:
        """Store a version as it is, under its own number."""
        made_by = version.provenance
        row: dict[str, Any] = {
            "tenant": self._tenant,
            "version": version.number,
            "document": version.text,
            "digest": digest_of(version.text),
            "part": made_by.part,
            "source": made_by.source,
            "source_ref": made_by.source_ref,
            "author": made_by.author,
            "login": made_by.login,
            "note": made_by.message,
            "at": when(version.applied_at) or func.now(),
        }
        await self._do(insert(CONFIGURATION).values(row).on_conflict_do_nothing())

    async def activate(self, number: int) -> None:
        """Make a version that is stored the active one."""
        of_tenant = (CONFIGURATION.c.tenant == self._tenant) & (CONFIGURATION.c.version == number)
        text = await self._connection.scalar(select(CONFIGURATION.c.document).where(of_tenant))
        activated = {"version": number, "cell": cell_of(text or "") or None}
        await self._do(ACTIVE.update().where(ACTIVE.c.tenant == self._tenant).values(activated))

    async def add_token(self, token: RecordedToken, at_most: int) -> bool:
        """Store a token's digest; False, and nothing stored, if the tenant has as many as `at_most` already."""
        await self.begin()
        if len(await live_tokens(self._connection, self._tenant)) >= at_most:
            return False
        row = {"tenant": self._tenant, "digest": token.digest, "created_at": when(token.created_at) or func.now()}
        await self._do(insert(TOKEN).values(row).on_conflict_do_nothing())
        self._diff.append(Difference("tokens", None, token.digest[:ID_LENGTH]))
        return True

    async def revoke_tokens(self, id_: str = "") -> int:
        """Revoke the tokens of this id, or all; how many."""
        revoked = 0
        for token in await live_tokens(self._connection, self._tenant):
            if token.digest.startswith(id_):
                one = (TOKEN.c.tenant == self._tenant) & (TOKEN.c.digest == token.digest)
                await self._do(TOKEN.update().where(one).values(revoked_at=func.now()))
                self._diff.append(Difference("tokens", token.digest[:ID_LENGTH], None))
                revoked += 1
        return revoked

    async def add_key(self, row: Mapping[str, Any]) -> None:
        """Store an API key."""
        await self._do(insert(API_KEY).values(**row))
        self._diff.append(Difference("keys", None, str(row["id"])))

    async def revoke_key(self, id_: str) -> bool:
        """Revoke an API key; False if there is none of this id that is good."""
        one = (API_KEY.c.tenant == self._tenant) & (API_KEY.c.id == id_) & API_KEY.c.revoked_at.is_(None)
        revoking = API_KEY.update().where(one).values(revoked_at=func.now()).returning(API_KEY.c.id)
        found = (await self._connection.execute(revoking)).scalar_one_or_none()
        if found is not None:
            self._diff.append(Difference("keys", id_, None))
        return found is not None

    async def propose(self, row: Mapping[str, Any], at_most: int) -> int:
        """Store a proposal, open; its number.

        Raises:
            OperationError: as many as `at_most` are open already.
        """
        own = PROPOSAL.c.tenant == self._tenant
        waiting = own & (PROPOSAL.c.state == ProposalState.OPEN) & (PROPOSAL.c.expires_at > func.now())
        if (await self._connection.scalar(select(func.count()).where(waiting)) or 0) >= at_most:
            raise OperationError(
                f"tenant {self._tenant!r} has {at_most} open proposals", remedy="approve, reject or withdraw some"
            )
        newest = await self._connection.scalar(select(func.max(PROPOSAL.c.number)).where(own))
        number: int = (newest or 0) + 1
        await self._do(insert(PROPOSAL).values(tenant=self._tenant, number=number, **row))
        self._diff.append(Difference("proposals", None, str(number)))
        return number

    async def decide(self, number: int, state: ProposalState, by: str) -> None:
        """What becomes of an open proposal.

        Raises:
            OperationError: it is not open any more.
        """
        one = (PROPOSAL.c.tenant == self._tenant) & (PROPOSAL.c.number == number)
        still = one & (PROPOSAL.c.state == ProposalState.OPEN) & (PROPOSAL.c.expires_at > func.now())
        deciding = PROPOSAL.update().where(still).values(state=state, decided_by=by, decided_at=func.now())
        found = await self._connection.execute(deciding.returning(PROPOSAL.c.number))
        if found.scalar_one_or_none() is None:
            raise OperationError(f"proposal {number} is not open any more", remedy="propose the change again")
        self._diff.append(Difference(f"proposals/{number}", ProposalState.OPEN, state))

    async def seal(self, before: SealedSecrets, after: SealedSecrets) -> bool:
        """Store these secrets in place of those; False, and nothing done, if they were changed meanwhile."""
        await self.begin()
        if await sealed_texts(self._connection, self._tenant) != before:
            return False
        old, new = _fields(before), _fields(after)
        for name in sorted(old.keys() - new.keys()):
            await self._do(SECRET.delete().where(SECRET.c.tenant == self._tenant, SECRET.c.name == name))
        for name, sealed in sorted(new.items()):
            if old.get(name) != sealed:
                row = insert(SECRET).values(tenant=self._tenant, name=name, sealed=sealed)
                await self._do(row.on_conflict_do_update(index_elements=["tenant", "name"], set_={"sealed": sealed}))
        self._diff += [
            Difference(f"secrets/{name}", "sealed" if name in old else None, "sealed" if name in new else None)
            for name in sorted(old.keys() | new.keys())
            if old.get(name) != new.get(name) and name != MANIFEST
        ]
        return True

    async def touch(self) -> None:
        """Raise the generation, so that all of it is projected again."""
        await self._do(ACTIVE.update().where(ACTIVE.c.tenant == self._tenant).values(version=ACTIVE.c.version))

    async def set_state(self, state: TenantState) -> None:
        """Move the tenant on in its life."""
        await self._do(TENANT.update().where(TENANT.c.tenant == self._tenant).values(state=state))

    async def remove(self, onto: int | None = None) -> None:
        """Delete the tenant's configurations and secrets, and revoke its tokens; it may come back, as another.

        With `onto` the active version must be that one (0: none).

        Raises:
            ChangedMeanwhileError: another version than `onto` is active.
        """
        active = await active_version(self._connection, self._tenant)
        check_active(self._tenant, active.number if active else 0, onto)
        await self.set_state(TenantState.REMOVED)
        await self.revoke_tokens()
        await self._delete()

    async def begin_erasure(self) -> None:
        """From now on nothing of the tenant is changed any more, but for its erasure."""
        await self._appear(TenantState.ERASING)
        await self.set_state(TenantState.ERASING)

    async def erase(self) -> None:
        """Delete all rows of the tenant, but for those that keep its id from being given again."""
        await self._delete()
        await self._do(TOKEN.delete().where(TOKEN.c.tenant == self._tenant))

    async def _delete(self) -> None:
        await self._do(ACTIVE.update().where(ACTIVE.c.tenant == self._tenant).values(version=None))
        await self._do(SECRET.delete().where(SECRET.c.tenant == self._tenant))
        await self._do(TENANT_KEY.delete().where(TENANT_KEY.c.tenant == self._tenant))
        await self._do(ERASED_PERSON.delete().where(ERASED_PERSON.c.tenant == self._tenant))
        await self._do(API_KEY.delete().where(API_KEY.c.tenant == self._tenant))
        await self._do(PROPOSAL.delete().where(PROPOSAL.c.tenant == self._tenant))
        await self._do(CONFIGURATION.delete().where(CONFIGURATION.c.tenant == self._tenant))
        await self._do(IDEMPOTENCY.delete().where(IDEMPOTENCY.c.tenant == self._tenant))

    async def _appear(self, state: TenantState) -> None:
        """Where there is no tenant of this id yet, it begins in this state."""
        await self._do(insert(TENANT).values(tenant=self._tenant, state=state).on_conflict_do_nothing())

    async def _do(self, statement: Executable) -> None:
        await self._connection.execute(statement)


def _fields(secrets: SealedSecrets) -> Mapping[str, str]:
    manifest = {MANIFEST: secrets.manifest} if secrets.manifest else {}
    return {**{str(name): text for name, text in secrets.texts.items()}, **manifest}
