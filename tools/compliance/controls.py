"""`deploy/compliance/controls.yaml` as it is read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

TOP: Final = Path(__file__).parents[2]
FILE: Final = TOP / "deploy" / "compliance" / "controls.yaml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Control(_Part):
    """One thing that the product does for a criterion."""

    criterion: str
    control: str
    mechanisms: tuple[str, ...] = Field(min_length=1)
    """Files and folders of the repository, and settings without their ALERT_ROUTER_."""
    commands: tuple[str, ...] = ()
    """Of `alert-router`: what they print is evidence."""
    actions: tuple[str, ...] = ()
    """Of the audit log."""
    metrics: tuple[str, ...] = ()
    tests: tuple[str, ...] = Field(min_length=1)
    """FILE::NAME below `tests`; each is one that `make test` runs."""
    yours: str = ""
    """What of the criterion is left to people."""


class Controls(_Part):
    """All of them, and the criteria of which nothing is the product's."""

    version: int
    controls: tuple[Control, ...]
    yours: Mapping[str, str]


def read(path: Path = FILE) -> Controls:
    """The controls of a file.

    Raises:
        ValidationError: it has not this form.
    """
    return Controls.model_validate(YAML(typ="safe").load(path.read_text(encoding="utf-8")))
