"""The logins of Redis that `deploy/` gives each role, for tests: each password is its user's name."""

from pathlib import Path
from string import Template
from typing import Final

ACL: Final = Path(__file__).parents[1] / "deploy" / "redis" / "users.acl"
ROLES: Final = ("gateway", "worker", "operator", "projector", "control")
_SUITE: Final = "user default on nopass ~* &* +@all"
"""For the suite, which looks at what was stored."""


def write(path: Path, *more: str) -> None:
    """The file of `deploy/`, with passwords, with a user who may do all, and with `more` lines."""
    passwords = {f"{role.upper()}_PASSWORD": role for role in ROLES}
    lines = Template(ACL.read_text(encoding="utf-8")).substitute(passwords).splitlines()
    lines = [line for line in lines if not line.startswith("user default ")]
    path.write_text("\n".join([_SUITE, *lines, *more, ""]), encoding="utf-8")


def url(role: str, address: str) -> str:
    """Where this role finds Redis at HOST:PORT."""
    return f"redis://{role}:{role}@{address}/0"
