"""The stored access document: what was found last, while PostgreSQL is away and while a version cannot be read."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from router.app.access_stored import StoredAccess
from router.control.access.compiling import compile_access
from router.control.access.reading import read_access
from router.control.access.table import NOBODY, AccessTable
from router.core.model.instant import NEVER
from router.errors import UnavailableError
from router.ports.control import KeptVersion
from tests.app.test_access_file import document


class Versions:
    """The newest version; None where PostgreSQL is away."""

    def __init__(self, *texts: str) -> None:
        self.texts = [*texts]
        self.is_away = False

    async def number(self) -> int:
        if self.is_away:
            raise UnavailableError("PostgreSQL does not answer")
        return len(self.texts)

    async def newest(self) -> KeptVersion | None:
        number = await self.number()
        return KeptVersion(number, self.texts[-1], NEVER, active=True) if number else None


def stored(versions: Any, root: AccessTable = NOBODY) -> StoredAccess:
    return StoredAccess(versions, lambda: root)


def names(access: StoredAccess) -> set[str]:
    return {binding.name for some in access.table().bindings.values() for binding in some}


async def test_a_newer_version_holds_from_the_next_look_on() -> None:
    versions = Versions()
    access = stored(versions)
    await access.look()
    assert names(access) == set()
    versions.texts.append(document("ana"))
    assert names(access) == set()
    await access.look()
    assert names(access) == {"ana"}


async def test_before_the_first_look_nobody_is_denied_anything() -> None:
    versions = Versions(document("ana"))
    versions.is_away = True
    access = stored(versions)
    with pytest.raises(UnavailableError):
        await access.look()
    with pytest.raises(UnavailableError):
        access.table()


async def test_while_postgresql_is_away_the_last_one_stays() -> None:
    versions = Versions(document("ana"))
    access = stored(versions)
    await access.look()
    versions.is_away = True
    with pytest.raises(UnavailableError):
        await access.look()
    assert names(access) == {"ana"}
    versions.is_away = False
    versions.texts.append(document("ana", "ben"))
    await access.look()
    assert names(access) == {"ana", "ben"}


async def test_a_version_that_this_program_cannot_read_leaves_the_last_good_one() -> None:
    versions = Versions(document("ana"))
    access = stored(versions)
    await access.look()
    versions.texts.append("version: 2\n")
    with capture_logs() as logs:
        await access.look()
        await access.look()
    assert [one["event"] for one in logs] == ["access_document_refused"]
    assert names(access) == {"ana"}


async def test_the_root_holds_beside_it() -> None:
    root = compile_access(read_access(document("ana"), "root"))
    versions = Versions(document("ana", "ben"))
    access = stored(versions, root)
    await access.look()
    assert names(access) == {"ana", "ben"}
    assert access.table() is access.table()
    versions.texts.append(document("ben").replace("role: viewer", "role: operator"))
    await access.look()
    assert names(access) == {"ana", "ben"}
