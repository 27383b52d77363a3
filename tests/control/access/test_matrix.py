"""Every role, permission and condition, as committed."""

from pathlib import Path

from router.control.access.permissions import INSTALLATION_WIDE, Permission
from router.control.access.roles import BUILT_IN
from tests.control.access import matrix

COMMITTED = Path(__file__).with_name("matrix.txt")


def test_the_matrix_is_the_committed_one() -> None:
    assert matrix.text() == COMMITTED.read_text(encoding="utf-8"), (
        "if it is meant: python -m tests.control.access.matrix > tests/control/access/matrix.txt"
    )


def test_nobody_but_the_operator_changes_what_is_the_operators() -> None:
    operators = {
        Permission.TENANT_WRITE,
        Permission.PLATFORM_WRITE,
        Permission.ACCESS_WRITE,
        Permission.ISOLATION_WRITE,
    }

    assert {name for name, role in BUILT_IN.items() if role.permissions & operators} == {"operator"}


def test_the_auditor_reads_everything_and_changes_nothing() -> None:
    held = BUILT_IN["auditor"].permissions

    assert held == {one for one in Permission if one.endswith((".read", ".list"))}
    assert held >= INSTALLATION_WIDE - {Permission.ACCESS_WRITE, Permission.ISOLATION_WRITE}
