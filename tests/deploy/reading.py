"""The files of the deployment as their readers take them: Compose, Docker, Alertmanager."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

TOP: Final = Path(__file__).parents[2]
PREFIX: Final = "ALERT_ROUTER_"
IMAGES: Final = {"alert-router:latest": "service", "alert-router-local:latest": "local"}
"""Our images and the target of the Dockerfile that each is."""

Service = dict[str, Any]


def document(path: str) -> Any:
    """A YAML file of the repository."""
    return YAML(typ="safe", pure=True).load((TOP / path).read_text(encoding="utf-8"))


def environment_file() -> dict[str, str]:
    """The variables of `.env.example`, which becomes `.env`."""
    lines = (TOP / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def services() -> dict[str, Service]:
    """Every service by name, with the variables of `.env.example` in place."""
    known: dict[str, Service] = filled(document("docker-compose.yml"))["services"]
    return known


def ours() -> dict[str, Service]:
    """The services that run one of our images."""
    return {name: service for name, service in services().items() if service["image"] in IMAGES}


def filled(part: Any) -> Any:
    """With `${NAME:-default}` replaced as Compose would."""
    if isinstance(part, dict):
        return {key: filled(value) for key, value in part.items()}
    if isinstance(part, list):
        return [filled(value) for value in part]
    if isinstance(part, str):
        return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: environment_file().get(found[1], found[2]), part)
    return part


@dataclass(frozen=True)
class Instruction:
    """One instruction of the Dockerfile."""

    word: str
    text: str

    @property
    def words(self) -> list[str]:
        """Its arguments: a JSON list, or as a shell splits them."""
        return list(json.loads(self.text)) if self.text.startswith("[") else shlex.split(self.text)


def stages() -> dict[str, list[Instruction]]:
    """The stages of the Dockerfile by name, in order, each beginning with its FROM."""
    found: dict[str, list[Instruction]] = {}
    name = ""
    for instruction in _instructions():
        if instruction.word == "FROM":
            _, _, name = instruction.words
        found.setdefault(name, []).append(instruction)
    return found


def _instructions() -> Iterator[Instruction]:
    text = (TOP / "Dockerfile").read_text(encoding="utf-8")
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^#.*\n", "", text))
    for line in filter(None, joined.splitlines()):
        word, _, rest = line.partition(" ")
        yield Instruction(word, rest.strip())


def lineage(target: str) -> list[Instruction]:
    """The instructions that make an image: those of the stage it is based on, then its own."""
    first, *own = stages()[target]
    base = first.words[0]
    return [*(lineage(base) if base in stages() else [first]), *own]


def image(word: str, target: str = "service") -> list[Instruction]:
    """The instructions of this kind that make an image."""
    return [one for one in lineage(target) if one.word == word]


def image_environment() -> dict[str, str]:
    """The variables that the image sets."""
    return dict(word.split("=", 1) for one in image("ENV") for word in one.words)


def volumes(service: Service) -> list[tuple[str, str]]:
    """Source and target of each volume."""
    return [
        (one["source"], one["target"]) if isinstance(one, dict) else (one.split(":")[0], one.split(":")[1])
        for one in service.get("volumes", [])
    ]
