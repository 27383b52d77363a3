"""One part of a configuration alone: what it becomes beside the other part of the active version."""

from dataclasses import dataclass, replace
from typing import Protocol

from router.config import stored
from router.config.check import check
from router.config.document.tenant import TenantDocument
from router.config.joined import joined, whole
from router.config.parts import NOBODY, NOBODY_TEXT, platform_of, read_platform, read_rules, rules_of
from router.config.read import Written
from router.config.stored import StoredDocument
from router.control.change import Candidate
from router.core.model.alert import TenantId
from router.errors import OperationError
from router.ports.tenants import ActiveDocument


class OnePart(Protocol):
    """A part of a tenant's configuration that may come beside what is active."""

    @property
    def tenant(self) -> TenantId:
        """Whose configuration it is."""

    def beside(self, active: ActiveDocument | None) -> Candidate:
        """The whole configuration with the other part of the active version.

        Raises:
            ConfigurationError: both parts together are not valid.
            OperationError: the other part is not there.
        """


@dataclass(frozen=True, slots=True)
class WrittenRules:
    """The tenant's part of a configuration, as a file that was read."""

    tenant: TenantId
    written: Written

    def beside(self, active: ActiveDocument | None) -> Candidate:
        """See `OnePart`."""
        before = _with_platform(self.tenant, active)
        platform = platform_of(before.document, "the operator's part")
        document = read_rules(self.written, self.tenant, platform)
        text = joined(self.written, whole(before.source_text))
        return replace(Candidate.of(StoredDocument(document, text), self.written.name), platform_text=None)


@dataclass(frozen=True, slots=True)
class WrittenPlatform:
    """The operator's part of a configuration, as a file that was read."""

    tenant: TenantId
    written: Written

    def beside(self, active: ActiveDocument | None) -> Candidate:
        """See `OnePart`; where there is no tenant's part yet, nobody is notified."""
        rules, text = NOBODY, NOBODY_TEXT.format(tenant=self.tenant)
        if active is not None:
            before = stored.load(active.text)
            rules = rules_of(before.document, "the tenant's part")
            text = before.source_text
        document = read_platform(self.written, rules)
        candidate = Candidate.of(StoredDocument(document, joined(whole(text), self.written)), self.written.name)
        return replace(candidate, platform_text=self.written.text)


@dataclass(frozen=True, slots=True)
class EarlierRules:
    """The tenant's part of an earlier version."""

    content: StoredDocument
    version: int

    @property
    def tenant(self) -> TenantId:
        """Whose configuration it is."""
        return self.content.document.tenant

    @property
    def _name(self) -> str:
        return f"{self.tenant} version {self.version}, the tenant's part"

    def beside(self, active: ActiveDocument | None) -> Candidate:
        """See `OnePart`."""
        before = _with_platform(self.tenant, active)
        text = joined(whole(self.content.source_text), whole(before.source_text))
        candidate = Candidate.of(StoredDocument(self._document(before.document), text), self._name)
        return replace(candidate, platform_text=None)

    def _document(self, active: TenantDocument) -> TenantDocument:
        rules = rules_of(self.content.document, self._name)
        document = check({**rules.data, **platform_of(active, "").data})
        if isinstance(document, TenantDocument):
            return document
        reasons = [str(replace(one, source=self._name)) for one in document]
        raise OperationError("\n".join(reasons), remedy="an operator may allow it, or roll back both parts")


def _with_platform(tenant: TenantId, active: ActiveDocument | None) -> StoredDocument:
    if active is None:
        raise OperationError(
            f"tenant {tenant!r} has no operator's part yet, so it may not use Slack",
            remedy="have an operator apply it: `alert-router platform apply FILE`",
        )
    return stored.load(active.text)
