"""The wheels hold what they need and no more, and each works with nothing but what it requires."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.cli.running import refused
from tests.cli.test_preview import INCIDENT
from tests.deploy.installing import OURS, Environment, Wheel, build_wheels, install
from tests.deploy.reading import TOP

pytestmark = pytest.mark.long

ROOT: Final = "alert-router"
PACKAGES: Final = {
    "alert-router-local": "alert_router_local",
    "alert-router-slack-emulator": "slack_emulator",
    "alert-router-slack-view": "slack_view",
}
TENANT: Final = str(TOP / "docs/samples/incident/tenant.yaml")

PLAYED: Final = """
from datetime import UTC, datetime
from alert_router_local.demo.webhooks import incident
print(len(list(incident(datetime.now(UTC)))))
"""
PAGE: Final = """
from slack_emulator import Emulator
from slack_emulator.page.window import Window
from slack_view import Appearance
print(Window(Emulator(), Appearance()).document("nonce", None))
"""

Wheels = Mapping[str, Wheel]


@pytest.fixture(scope="module")
async def wheels(tmp_path_factory: pytest.TempPathFactory) -> Wheels:
    return await build_wheels(tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="module")
async def service(wheels: Wheels, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The service without any extra."""
    return await install([wheels[ROOT]], tmp_path_factory.mktemp("service"))


@pytest.fixture(scope="module")
async def emulator(wheels: Wheels, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The emulator without the service."""
    names = ("alert-router-slack-emulator", "alert-router-slack-view")
    return await install([wheels[name] for name in names], tmp_path_factory.mktemp("emulator"))


@pytest.fixture(scope="module")
async def local(wheels: Wheels, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The service with the extra `local`."""
    return await install(list(wheels.values()), tmp_path_factory.mktemp("local"))


def test_the_service_has_its_templates_catalogues_and_scripts_and_no_other_package(wheels: Wheels) -> None:
    shipped = {path for folder in ("templates", "locales") for path in (TOP / folder).rglob("*.[jp][2o]")}
    files = wheels[ROOT].files

    assert len(shipped) > 15
    assert {f"router/{path.relative_to(TOP).as_posix()}" for path in shipped} <= files
    assert beside_the_code(TOP, "router") <= files
    assert {name.partition("/")[0] for name in files} == {"router"}


@pytest.mark.parametrize(("name", "package"), PACKAGES.items())
def test_a_package_has_its_styles_scripts_and_samples_and_no_other_package(
    wheels: Wheels, name: str, package: str
) -> None:
    files = wheels[name].files

    assert beside_the_code(OURS[name], package) <= files
    assert f"{package}/py.typed" in files
    assert {name.partition("/")[0] for name in files} == {package}


def beside_the_code(top: Path, package: str) -> set[str]:
    """The files of a package that are not Python."""
    own = {path for path in (top / package).rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}}
    assert len(own) > 1
    return {path.relative_to(top).as_posix() for path in own}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_says_whose_it_is_and_what_for(wheels: Wheels, name: str) -> None:
    metadata = wheels[name].metadata.metadata

    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Author"] == "The Alert Router Authors"
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])
    assert metadata["Description-Content-Type"] == "text/markdown"


def test_ours_are_of_one_version_and_ask_for_each_other_in_that_version(wheels: Wheels) -> None:
    [version] = {wheel.metadata.version for wheel in wheels.values()}
    asked = [
        line.partition(";")[0].strip()
        for wheel in wheels.values() for line in wheel.metadata.requires or () if line.startswith(ROOT)
    ]  # fmt: skip

    assert {line.partition("==")[0].partition("[")[0] for line in asked} == OURS.keys()
    assert {line.partition("==")[2] for line in asked} == {version}


@pytest.mark.parametrize("command", ["--help", "worker --help", "up --help"])
async def test_the_service_alone_has_its_help(service: Environment, command: str) -> None:
    done = await service.run("alert-router", *command.split())

    assert (done.code, done.err) == (0, "")
    assert "Usage: alert-router" in done.out


async def test_the_service_alone_checks_files_and_tries_routes(service: Environment) -> None:
    valid = await service.run("alert-router", "tenant", "validate", TENANT)
    tried = await service.run("alert-router", "route", "test", "--config", TENANT, "severity=critical")
    calls = await service.run("alert-router", "preview", *INCIDENT, "--json")

    assert (valid.code, valid.err) == (0, "")
    assert valid.out.endswith(" is valid\n")
    assert (tried.code, tried.err) == (0, "")
    assert tried.out.strip()
    assert (calls.code, calls.err) == (0, "")
    assert "chat.postMessage" in calls.out


@pytest.mark.parametrize("command", ["up", "preview"])
async def test_the_service_alone_names_the_extra_that_a_command_needs(service: Environment, command: str) -> None:
    done = await service.run("alert-router", command, *(INCIDENT if command == "preview" else ()))

    refused(done, 2, "needs the extra \"local\": pip install 'alert-router[local]'")


async def test_with_the_extra_a_preview_is_drawn_and_the_demo_has_its_samples(local: Environment) -> None:
    drawn = await local.run("alert-router", "preview", *INCIDENT)
    samples = await local.run("python", "-c", PLAYED)

    assert (drawn.code, drawn.err) == (0, "")
    assert "(edited 3 times)" in drawn.out
    assert (samples.code, samples.out, samples.err) == (0, "8\n", "")


async def test_the_emulator_runs_without_the_service(emulator: Environment) -> None:
    as_module = await emulator.run("python", "-m", "slack_emulator", "--help")
    as_script = await emulator.run("slack-emulator", "--version")
    drawn = await emulator.run("python", "-c", PAGE)
    without = await emulator.run("python", "-c", "import router")

    assert (as_module.code, as_module.err) == (0, "")
    assert as_module.out.startswith("usage: slack-emulator ")
    assert (as_script.code, as_script.out) == (0, "slack-emulator 0.1.0\n")
    assert (drawn.code, drawn.err) == (0, "")
    assert drawn.out.startswith("<!doctype html>")
    assert "No module named 'router'" in without.err
