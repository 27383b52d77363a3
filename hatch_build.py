"""The addresses in the metadata of a wheel: those of the repository it is built in, so that a fork names its own."""

import os
from collections.abc import Mapping
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class RepositoryUrls(MetadataHookInterface):
    """Fills in `urls` where the environment names a repository, as GitHub's and Gitea's runners do."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Add `urls` to the project's metadata; a build at home has none."""
        metadata["urls"] = repository_urls(os.environ)


def repository_urls(environment: Mapping[str, str]) -> dict[str, str]:
    """Source, documentation, changelog and issues of `GITHUB_REPOSITORY`; empty without one."""
    server, name = environment.get("GITHUB_SERVER_URL", ""), environment.get("GITHUB_REPOSITORY", "")
    if not server or not name:
        return {}
    source = f"{server}/{name}"
    return {
        "Source": source,
        "Documentation": f"{source}/tree/main/docs",
        "Changelog": f"{source}/blob/main/CHANGELOG.md",
        "Issues": f"{source}/issues",
    }
