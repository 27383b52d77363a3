"""Which repository and commit a folder is of, by what CI and git say."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from router.control.gitops.plan import Source

_CI: Final = (
    (("GITHUB_SERVER_URL", "GITHUB_REPOSITORY"), "GITHUB_SHA"),
    (("CI_PROJECT_URL",), "CI_COMMIT_SHA"),
    (("BITBUCKET_GIT_HTTP_ORIGIN",), "BITBUCKET_COMMIT"),
    (("BUILD_REPOSITORY_URI",), "BUILD_SOURCEVERSION"),
    (("GIT_URL",), "GIT_COMMIT"),
)
"""Variables of GitHub, GitLab, Bitbucket, Azure and Jenkins: those that name the repository, and the commit."""


def of_ci(environment: Mapping[str, str]) -> Source:
    """The repository and the commit that a pipeline runs for; both "" outside of one."""
    for names, commit in _CI:
        parts = [environment.get(name, "") for name in names]
        if all(parts) and environment.get(commit):
            return Source(repository("/".join(parts)), environment[commit])
    return Source()


def repository(url: str) -> str:
    """A repository, however it is cloned: `github.com/acme/alerts`. Nothing of a user or a password stays."""
    text = url.strip()
    if "://" in text:
        parts = urlsplit(text)
        text = f"{parts.netloc.rpartition('@')[2]}{parts.path}"
    elif ":" in text and "/" not in text.partition(":")[0]:
        host, _, path = text.partition(":")
        text = f"{host.rpartition('@')[2]}/{path}"
    return text.rstrip("/").removesuffix(".git")


def within(source: Source, folder: str) -> Source:
    """The same for a folder of the repository: two folders of one are two sources."""
    below = folder.strip("/")
    return Source(f"{source.name}/{below}", source.ref) if source.name and below not in {"", "."} else source
