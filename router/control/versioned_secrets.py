"""Which of a tenant's sealed texts may be opened: those that its manifest lists, each as the version set last.

An older text that is put back has another version. An older manifest that is put back with it has a lower number than
the newest that was seen, which stays in force for as long as this process lives; a new one takes it for the newest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.core.model.rules.names import SecretName
from router.errors import SecretNotFoundError
from router.ports.secrets import REMOVED, Manifest, SealedSecrets, Sealing


@dataclass(frozen=True, slots=True)
class Resealed:
    """A tenant's secrets sealed with the newest key: which now, how many were, and why some are left as they are."""

    secrets: SealedSecrets
    names: tuple[SecretName, ...]
    unchanged: int
    failed: tuple[str, ...]


class VersionedSecrets:
    """Opens and changes tenants' secrets as they are stored; nothing is stored here."""

    def __init__(self, sealing: Sealing) -> None:
        self._sealing = sealing
        self._newest: dict[TenantId, Manifest] = {}

    def opened(self, tenant: TenantId, name: SecretName, stored: SealedSecrets) -> str:
        """The value of one that is stored.

        Raises:
            SecretNotFoundError: it does not open with the keys that there are, or is not the one that was set last.
        """
        found = self._sealing.unseal(tenant, name, stored.texts[name])
        if found.version != self._manifest(tenant, stored).version(name):
            raise SecretNotFoundError(
                f"secret {name!r} of tenant {tenant!r} is not the one that was set last: another was put back",
                remedy=f"look who may write to Redis, and set it again: alert-router secret set {tenant} {name}",
            )
        return found.value

    def with_one(
        self, tenant: TenantId, name: SecretName, value: str, stored: SealedSecrets, now: Instant
    ) -> SealedSecrets:
        """With this value as the newest version.

        Raises:
            SecretNotFoundError: there are others, and the manifest that lists them does not open.
        """
        is_alone = not stored.texts.keys() - {name}
        manifest = Manifest() if is_alone and not self._is_open(tenant, stored) else self._manifest(tenant, stored)
        sealed = self._sealing.seal(tenant, name, manifest.after(now), value)
        return self._listed(tenant, {**stored.texts, name: sealed}, manifest, {name: manifest.after(now)}, now)

    def without(self, tenant: TenantId, name: SecretName, stored: SealedSecrets, now: Instant) -> SealedSecrets:
        """Without this one. A manifest that does not open lists nothing that does; it goes with the last text."""
        texts = {one: text for one, text in stored.texts.items() if one != name}
        if not self._is_open(tenant, stored):
            return SealedSecrets(texts, stored.manifest if texts else "")
        return self._listed(tenant, texts, self._manifest(tenant, stored), {name: REMOVED}, now)

    def resealed(self, tenant: TenantId, stored: SealedSecrets, now: Instant) -> Resealed:
        """All that opens, sealed with the newest key."""
        old = [name for name, text in stored.texts.items() if not self._sealing.is_newest(text)]
        unchanged = len(stored.texts) - len(old)
        if not old and self._sealing.is_newest(stored.manifest):
            return Resealed(stored, (), unchanged, ())
        values, failed = dict[SecretName, str](), list[str]()
        for name in old:
            try:
                values[name] = self.opened(tenant, name, stored)
            except SecretNotFoundError as error:
                failed.append(str(error))
        if not self._is_open(tenant, stored):
            return Resealed(stored, (), unchanged, tuple(failed))
        manifest = self._manifest(tenant, stored)
        number = manifest.after(now)
        texts = {name: self._sealing.seal(tenant, name, number, value) for name, value in values.items()}
        after = self._listed(tenant, {**stored.texts, **texts}, manifest, dict.fromkeys(texts, number), now)
        return Resealed(after, tuple(texts), unchanged, tuple(failed))

    def _listed(
        self,
        tenant: TenantId,
        texts: Mapping[SecretName, str],
        before: Manifest,
        changed: Mapping[SecretName, int],
        now: Instant,
    ) -> SealedSecrets:
        manifest = replace(before, number=before.after(now), versions={**before.versions, **changed})
        return SealedSecrets(texts, self._sealing.seal_manifest(tenant, manifest))

    def _manifest(self, tenant: TenantId, stored: SealedSecrets) -> Manifest:
        """The newest that was seen: this one, or one before.

        Raises:
            SecretNotFoundError: it does not open, and none was seen before.
        """
        known = self._newest.get(tenant, Manifest())
        try:
            found = self._sealing.unseal_manifest(tenant, stored.manifest)
        except SecretNotFoundError:
            if known.number == NEVER:
                raise
            return known
        if found.number < known.number:
            return known
        self._newest[tenant] = found
        return found

    def _is_open(self, tenant: TenantId, stored: SealedSecrets) -> bool:
        try:
            self._manifest(tenant, stored)
        except SecretNotFoundError:
            return False
        return True
