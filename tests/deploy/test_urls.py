"""The addresses in a wheel are those of the repository it was built in, and never somebody else's."""

import pytest
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

from hatch_build import repository_urls
from tests.deploy.reading import TOP


def project_urls() -> object:
    """What the build reads as `project.urls`."""
    return ProjectMetadata(str(TOP), PluginManager()).core.urls


def test_a_build_at_home_names_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    assert project_urls() == {}


def test_a_build_in_a_repository_names_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://git.example")
    monkeypatch.setenv("GITHUB_REPOSITORY", "ours/alert-router")
    assert project_urls() == {
        "Source": "https://git.example/ours/alert-router",
        "Documentation": "https://git.example/ours/alert-router/tree/main/docs",
        "Changelog": "https://git.example/ours/alert-router/blob/main/CHANGELOG.md",
        "Issues": "https://git.example/ours/alert-router/issues",
    }


def test_half_a_name_is_none() -> None:
    assert repository_urls({"GITHUB_REPOSITORY": "ours/alert-router"}) == {}
