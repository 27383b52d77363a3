"""What the control API lets people and machines do, one name each. A route asks for exactly one."""

from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """What may be allowed: the first word is the resource, the second what is done to it."""

    TENANT_READ = "tenant.read"
    """That a tenant exists, its state, its active version, its usage, and how far it is kept apart."""
    TENANT_WRITE = "tenant.write"
    """Create and delete a tenant."""
    CONFIGURATION_READ = "configuration.read"
    """Versions of a configuration, and what they would do to a webhook: explain, preview, dry run."""
    CONFIGURATION_WRITE = "configuration.write"
    """Apply and roll back the tenant's part."""
    PLATFORM_WRITE = "platform.write"
    """Apply the operator's part."""
    TOKEN_LIST = "token.list"  # noqa: S105 - a permission
    """The ids of senders' tokens, and when they were used."""
    TOKEN_WRITE = "token.write"  # noqa: S105 - a permission
    """Make, rotate and revoke senders' tokens."""
    SECRET_LIST = "secret.list"  # noqa: S105 - a permission
    """The names of secrets. Nobody reads one."""
    SECRET_WRITE = "secret.write"  # noqa: S105 - a permission
    """Set and delete secrets."""
    KEY_LIST = "key.list"
    """The ids of API keys, their roles, and when they end."""
    KEY_WRITE = "key.write"
    """Make and revoke API keys, of roles that hold no more than oneself is allowed."""
    HOLD_WRITE = "hold.write"
    """Send nothing for a tenant, and go on."""
    GROUP_READ = "group.read"
    """Live alert groups, and which messages stand for them."""
    SILENCE_READ = "silence.read"
    """Silences that are active or pending."""
    SILENCE_WRITE = "silence.write"
    """Add and expire silences."""
    DEADLETTER_READ = "deadletter.read"
    """Dead letters with their bodies."""
    DEADLETTER_REDRIVE = "deadletter.redrive"
    """Append dead letters again."""
    SUBJECT_EXPORT = "subject.export"
    """Find a person in live alerts, and export the alert groups that name one, with what is redacted."""
    ERASURE_READ = "erasure.read"
    """Erasures of people, and how far they are; they name nobody."""
    ERASURE_WRITE = "erasure.write"
    """Erase people from a tenant's live alerts and their messages."""
    AUDIT_READ = "audit.read"
    """Entries of the audit log, with their proofs."""
    ACCESS_READ = "access.read"
    """Versions of the access document."""
    ACCESS_WRITE = "access.write"
    """Apply and roll back the access document."""
    ISOLATION_READ = "isolation.read"
    """Versions of the isolation policy."""
    ISOLATION_WRITE = "isolation.write"
    """Apply and roll back the isolation policy."""


INSTALLATION_WIDE: Final = frozenset(
    {Permission.ACCESS_READ, Permission.ACCESS_WRITE, Permission.ISOLATION_READ, Permission.ISOLATION_WRITE}
)
"""What concerns no single tenant: only who is bound for all tenants may have it."""

PROPOSED: Final = frozenset({Permission.PLATFORM_WRITE, Permission.ACCESS_WRITE})
"""What can be proposed, and wait for a second person."""
