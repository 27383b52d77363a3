"""The access document in a file: what it says now, and what it said last while it has a mistake."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from router.app.access_file import AccessFile, access_of
from router.control.access.table import NOBODY
from router.errors import ConfigurationError

ROLES = {"ana": "operator", "ben": "viewer"}


def document(*subjects: str) -> str:
    """These subjects of one issuer, each with its role for all tenants."""
    bindings = "".join(
        f'  - {{name: {one}, role: {ROLES[one]}, tenants: ["*"], who: {{issuer: company, subject: {one}}}}}\n'
        for one in subjects
    )
    return (
        "version: 1\nissuers:\n  - {name: company, url: https://login.example.com, audience: alert-router}\n"
        f"bindings:\n{bindings}"
    )


class Clock:
    """Seconds that pass when the test wants them to."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def names(file: AccessFile) -> set[str]:
    return {binding.name for some in file.table().bindings.values() for binding in some}


def test_what_the_file_says_holds_from_the_next_second_on(tmp_path: Path) -> None:
    path, clock = tmp_path / "access.yaml", Clock()
    path.write_text(document("ana"))
    file = AccessFile(path, clock)
    path.write_text(document("ana", "ben"))

    assert names(file) == {"ana"}
    clock.now_s += 1
    with capture_logs() as logs:
        assert names(file) == {"ana", "ben"}
    assert [(one["event"], one["bindings"]) for one in logs] == [("access_document_read_again", 2)]


@pytest.mark.parametrize("wrong", ["version: 2\n", document("ben"), None], ids=["mistake", "lockout", "gone"])
def test_the_last_good_one_stays_and_a_mistake_is_logged_once(wrong: str | None, tmp_path: Path) -> None:
    path, clock = tmp_path / "access.yaml", Clock()
    path.write_text(document("ana"))
    file = AccessFile(path, clock)
    if wrong is None:
        path.unlink()
    else:
        path.write_text(wrong)

    with capture_logs() as logs:
        for _ in range(3):
            clock.now_s += 1
            assert names(file) == {"ana"}
    [refused] = logs
    assert refused["event"] == "access_document_refused"
    assert all(str(path) in one for one in refused["findings"])


def test_a_file_with_a_mistake_is_refused_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "access.yaml"
    path.write_text("version: 1\nbindings: 3\n")
    with pytest.raises(ConfigurationError, match=r"access\.yaml"):
        access_of(path)


def test_without_a_file_nobody_may_do_anything() -> None:
    assert access_of(None)() is NOBODY
