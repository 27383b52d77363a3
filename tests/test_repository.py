"""What people expect of a repository is there, and says the same as the rest of it."""

import re
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest

from tests.deploy.reading import document

TOP: Final = Path(__file__).parents[1]
PROJECTS: Final = [TOP, *sorted(path.parent for path in TOP.glob("packages/*/pyproject.toml"))]
APACHE_2: Final = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
"""The SHA-256 of the text as the Apache Software Foundation publishes it."""


def text(path: str) -> str:
    return (TOP / path).read_text(encoding="utf-8")


def metadata(project: Path) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def workflow_jobs() -> dict[str, Any]:
    jobs: dict[str, Any] = document(".github/workflows/ci.yml")["jobs"]
    return jobs


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_every_distribution_carries_the_whole_licence_and_whose_it_is(project: Path) -> None:
    assert sha256((project / "LICENSE").read_bytes()).hexdigest() == APACHE_2
    assert "Copyright 2026 The Alert Router Authors" in (project / "NOTICE").read_text(encoding="utf-8")


def test_the_metadata_names_licence_and_authors() -> None:
    project = metadata(TOP)

    assert project["license"] == "Apache-2.0"
    assert project["authors"] == [{"name": "The Alert Router Authors"}]


@pytest.mark.parametrize("package", [TOP / "router", *(path.parent for path in TOP.glob("packages/*/*/__init__.py"))])
def test_every_package_says_that_it_is_typed(package: Path) -> None:
    assert (package / "py.typed").exists()


def test_ci_runs_on_every_python_that_the_metadata_names() -> None:
    named = re.findall(r"Python :: (3\.\d+)'", str(metadata(TOP)["classifiers"]))

    assert workflow_jobs()["run"]["strategy"]["matrix"]["python"] == named
    assert metadata(TOP)["requires-python"] == f">={named[0]}"


def test_ci_runs_the_one_script_and_may_only_read() -> None:
    [job] = workflow_jobs().values()

    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert document(".github/workflows/ci.yml")["permissions"] == {"contents": "read"}
    assert "permissions" not in job


def test_actions_are_pinned_to_a_commit() -> None:
    used = [step["uses"] for job in workflow_jobs().values() for step in job["steps"] if "uses" in step]

    assert used
    assert [one for one in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", one)] == []


def test_the_script_of_ci_runs_targets_that_exist_and_what_a_busy_machine_may_fail_last() -> None:
    targets = re.findall(r"(?m)^run(?:_beside)? ([a-z-]+)", text(".ci/run"))

    assert targets[-5:] == ["test", "evidence", "chaos-smoke", "bench-smoke", "blast-radius"]
    assert [one for one in targets if f"\n{one}:" not in text("Makefile")] == []


def test_pre_commit_runs_what_ci_checks() -> None:
    [repository] = document(".pre-commit-config.yaml")["repos"]

    assert repository["repo"] == "local"
    assert [hook["entry"] for hook in repository["hooks"]] == ["make check"]


def test_every_target_is_listed_by_make_help() -> None:
    [phony] = re.findall(r"(?m)^\.PHONY: (.+)$", text("Makefile"))
    helped = re.findall(r"(?m)^([a-z-]+):.*## \S", text("Makefile"))

    assert set(phony.split()) == set(helped)


@pytest.mark.parametrize("name", ["bug", "feature"])
def test_a_form_of_an_issue_asks_for_what_is_needed(name: str) -> None:
    form = document(f".github/ISSUE_TEMPLATE/{name}.yml")
    fields = [part for part in form["body"] if part["type"] != "markdown"]

    assert form["name"]
    assert form["description"]
    assert len({field["id"] for field in fields}) == len(fields)
    assert any(field.get("validations", {}).get("required") for field in fields)


def test_updates_are_proposed_for_files_that_exist() -> None:
    updates = document(".github/dependabot.yml")["updates"]
    folders = [folder for one in updates for folder in one.get("directories", [one.get("directory")])]

    assert {one["package-ecosystem"] for one in updates} == {"github-actions", "docker", "docker-compose", "pip"}
    assert [one for one in folders if not list(TOP.glob(one.strip("/") or "pyproject.toml"))] == []
