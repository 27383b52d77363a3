"""A bill of materials is compared with its lock, and an audit that did not take place is not taken for a good one."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools.supply import UNREACHED, locked, main, missing

TOP = Path(__file__).parents[2]
LOCK = """\
aiokafka==0.14.0 \\
    --hash=sha256:00
    # via faststream
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:01
Typing_Extensions==4.16.0 \\
    --hash=sha256:02
"""
WANTED = {"aiokafka": "0.14.0", "typing-extensions": "4.16.0"}


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "some.lock"
    path.write_text(LOCK, encoding="utf-8")
    return path


def report(path: Path, *dependencies: Mapping[str, object]) -> str:
    path.write_text(json.dumps({"dependencies": dependencies}), encoding="utf-8")
    return str(path)


def test_a_lock_is_read_for_this_machine() -> None:
    assert locked(LOCK) == WANTED


@pytest.mark.parametrize("name", ["build", "dev", "image", "local", "supply"])
def test_each_lock_of_the_project_is_read_and_every_package_has_a_hash(name: str) -> None:
    text = (TOP / f"requirements-{name}.lock").read_text(encoding="utf-8")
    packages = [part for part in text.split("\n") if part[:1].isalnum()]

    assert locked(text)
    assert all(part.endswith("\\") for part in packages)
    assert text.count("--hash=sha256:") >= len(packages)


def test_a_bill_that_lacks_a_package_or_names_another_version_is_not_complete() -> None:
    bill = {
        "components": [{"name": "AIOKafka", "version": "0.14.0"}, {"name": "typing_extensions", "version": "4.15.0"}]
    }

    assert missing(bill, WANTED) == ["typing-extensions 4.16.0"]


def test_known_holes_fail_the_audit(lock: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hole = {"id": "PYSEC-1", "fix_versions": ["0.15.0"]}
    fine = {"name": "typing-extensions", "version": "4.16.0", "vulns": []}
    written = report(tmp_path / "r.json", {"name": "aiokafka", "version": "0.14.0", "vulns": [hole]}, fine)

    assert main(["audit", str(lock), written]) == 1
    assert "aiokafka 0.14.0: PYSEC-1, closed in 0.15.0" in capsys.readouterr().err


def test_a_package_that_was_not_looked_up_fails_the_audit(lock: Path, tmp_path: Path) -> None:
    fine = {"name": "typing-extensions", "version": "4.16.0", "vulns": []}
    written = report(tmp_path / "r.json", {"name": "aiokafka", "skip_reason": "not found"}, fine)

    assert main(["audit", str(lock), written]) == 1


@pytest.mark.parametrize("dependencies", [[], [{"name": "aiokafka", "skip_reason": "not found"}]])
def test_an_audit_that_did_not_take_place_is_named(
    dependencies: list[Mapping[str, object]], lock: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = report(tmp_path / "r.json", *dependencies)

    assert main(["audit", str(lock), written]) == 0
    assert UNREACHED in capsys.readouterr().err
