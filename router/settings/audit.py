"""The settings of the audit log."""

from pathlib import Path

from pydantic import SecretStr

from router.settings.sections import Section


class AuditSettings(Section):
    """The key that signs checkpoints of the audit log, which the database must not have, and who verifies them."""

    url: SecretStr | None = None
    """The database of the record, by a login that reads the audit log: postgresql://ar_auditor:PASSWORD@HOST/DATABASE;
    for `audit checkpoint` by `ar_projector`."""
    key: SecretStr | None = None
    """The key itself, as `alert-router audit key NAME` makes it. Without one no checkpoints are made."""
    key_file: Path | None = None
    """A file with the key."""
    sealing_key: SecretStr | None = None
    """Seals the names and addresses of persons in entries, and opens them in `audit list`; several keys, separated by
    commas: the first seals, all open. As `alert-router secret key` makes one. Without it neither is written."""
    sealing_key_file: Path | None = None
    """A file with those keys."""
    verifiers: str = ""
    """Keys of which `audit verify` believes checkpoints, as NAME+ID+BASE64, separated by spaces: the one of `key`,
    where that is set, and these."""
    topic: str = "audit.checkpoints"
    """The topic that checkpoints are appended to, where who administrates the database cannot change them."""
