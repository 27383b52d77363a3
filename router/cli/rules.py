"""Read the file of one tenant's own rules, for `--tenant`: of nobody else, and without the operator's part."""

from collections.abc import Sequence
from pathlib import Path

from router.app.validating import new_template_validator
from router.config.files import TenantFile, read_text
from router.config.parts import read_rules
from router.config.read import Written, parse
from router.core.model.alert import TenantId
from router.errors import ConfigurationError


def read_own_rules(files: Sequence[Path], tenant: TenantId) -> tuple[Written, TenantFile]:
    """The file, and as what it is valid by itself; whether the operator's part allows it is not known yet.

    Raises:
        ConfigurationError: it is not one file, cannot be read or is not valid, or is not the tenant's alone.
    """
    if len(files) != 1 or files[0].is_dir():
        raise ConfigurationError(f"--tenant takes one file: that of tenant {tenant}")
    written = parse(read_text(files[0]), str(files[0]))
    document = read_rules(written, tenant, validate_templates=new_template_validator())
    return written, TenantFile(files[0], written.text, document)
