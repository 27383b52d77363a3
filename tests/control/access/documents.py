"""An access document that the tests start from, and one way to change it."""

from typing import Final

from router.control.access.compiling import compile_access
from router.control.access.reading import read_access
from router.control.access.table import AccessTable
from router.errors import ConfigurationError
from tests.config.samples import changed

SMALL: Final = """\
version: 1
issuers:
  - {name: company, url: "https://login.example.com", audience: alert-router, mfa: {amr: [mfa]}}
  - {name: ci, url: "https://ci.example.com", audience: alert-router, kind: workload}
roles:
  - {name: deployer, part_of: editor, permissions: [configuration.write]}
bindings:
  - {name: operators, role: operator, tenants: ["*"], who: {issuer: company, group: ops}, conditions: {mfa: required}}
  - {name: pipeline, role: deployer, tenants: [acme], who: {issuer: ci, claims: {repository: [acme/alerts]}}}
conditions: {four_eyes: [platform.write, access.write]}
"""


def findings(text: str) -> list[str]:
    """What reading the text complains of, without the file's name in front."""
    try:
        read_access(text, "access.yaml")
    except ConfigurationError as error:
        return [str(one).removeprefix("access.yaml:") for one in error.diagnostics]
    return []


def findings_with(old: str, new: str) -> list[str]:
    """The same, of the sample with this one change."""
    return findings(changed(old, new, SMALL))


def table_of(text: str) -> AccessTable:
    return compile_access(read_access(text, "access.yaml"))
