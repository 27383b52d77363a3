"""Programs of Debian that tests run."""

import os
import shutil

import pytest


def installed(name: str, package: str, required_by: str) -> str:
    """Where the program is; without it the test is skipped, or fails where that variable is set."""
    found = shutil.which(name)
    if found is None:
        missing = f"{name} is not installed (Debian: {package})"
        if os.environ.get(required_by):
            pytest.fail(missing)
        pytest.skip(missing)
    return found
