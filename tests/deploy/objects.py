"""Kubernetes' objects as the cluster takes them: of the chart's rendered examples, and of the Kustomize files."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from tests.deploy.reading import PREFIX, TOP

HELM: Final = TOP / "deploy/helm"
KUSTOMIZE: Final = TOP / "deploy/kubernetes"
WORKLOADS: Final = {"Deployment", "StatefulSet", "Job"}

Thing = dict[str, Any]


def read(path: Path) -> list[Thing]:
    """The objects of a file, the caller's own."""
    return deepcopy(_read(path))


@cache
def _read(path: Path) -> list[Thing]:
    return [one for one in YAML(typ="safe", pure=True).load_all(path.read_text(encoding="utf-8")) if one]


def kustomized(*components: str) -> list[Thing]:
    """What Kustomize makes of the base with these components, as far as it can be read without it."""
    folders = [KUSTOMIZE / "base", *(KUSTOMIZE / "components" / one for one in components)]
    things = [
        thing for folder in folders for name in _kustomization(folder)["resources"] for thing in read(folder / name)
    ]
    lines = (KUSTOMIZE / "base/settings.env").read_text(encoding="utf-8").splitlines()
    data = dict(line.split("=", 1) for line in [*lines, *_merged(folders)])
    things.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "alert-router"}, "data": data})
    things += [made for folder in folders[1:] for made in _made_of_files(folder)]
    for patch in [patch for folder in folders for patch in _kustomization(folder).get("patches", [])]:
        _patch(things, patch)
    return things


def _made_of_files(folder: Path) -> Iterator[Thing]:
    """The ConfigMaps of a component."""
    for one in [one for one in _kustomization(folder).get("configMapGenerator", []) if "files" in one]:
        data = {name: (folder / name).read_text(encoding="utf-8") for name in one["files"]}
        yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": one["name"]}, "data": data}


def _merged(folders: list[Path]) -> Iterator[str]:
    """What components add to the settings."""
    for folder in folders[1:]:
        for one in _kustomization(folder).get("configMapGenerator", []):
            assert ("literals" in one) == (one.get("behavior") == "merge")
            yield from one.get("literals", [])


def _kustomization(folder: Path) -> Thing:
    [found] = read(folder / "kustomization.yaml")
    return found


def _patch(things: list[Thing], patch: Thing) -> None:
    """By JSON Patch, as far as it is used here: something is removed, or added at the end of a list."""
    target = patch["target"]
    [thing] = [one for one in of_kind(things, target["kind"]) if one["metadata"]["name"] == target["name"]]
    for step in YAML(typ="safe", pure=True).load(patch["patch"]):
        *names, last = step["path"].removeprefix("/").split("/")
        place: Any = thing
        for name in names:
            place = place[int(name) if isinstance(place, list) else name]
        if step["op"] == "remove":
            del place[last]
        else:
            assert (step["op"], last) == ("add", "-")
            place.append(step["value"])


def with_variables(things: list[Thing]) -> list[Thing]:
    """With the variables of ConfigMaps in the pods that take all of them."""
    maps = {one["metadata"]["name"]: one.get("data", {}) for one in of_kind(things, "ConfigMap")}
    for pod in pods(things):
        taken = [maps[one["configMapRef"]["name"]] for one in pod.container.pop("envFrom", [])]
        more = [{"name": name, "value": value} for data in taken for name, value in data.items()]
        pod.container["env"] = [*more, *pod.container["env"]]
    return things


@dataclass(frozen=True)
class Pod:
    """The pods of one workload."""

    workload: Thing

    @property
    def template(self) -> Thing:
        """What each pod is made from."""
        found: Thing = self.workload["spec"]["template"]
        return found

    @property
    def spec(self) -> Thing:
        """Of the pod."""
        found: Thing = self.template["spec"]
        return found

    @property
    def labels(self) -> dict[str, str]:
        """By which others select it."""
        found: dict[str, str] = self.template["metadata"]["labels"]
        return found

    @property
    def container(self) -> Thing:
        """The only one there is."""
        [found] = self.spec["containers"]
        container: Thing = found
        return container

    @property
    def command(self) -> list[str]:
        """The words after `alert-router`."""
        return list(self.container["args"])

    @property
    def role(self) -> str:
        """Its first word, as of a command; `migrate` and `control` of the two that begin alike."""
        return "migrate" if self.command == ["control", "migrate"] else self.command[0]

    @property
    def pool(self) -> str:
        """Whose workers they are; none for other roles."""
        return self.labels.get("alert-router/pool", "")

    @property
    def ports(self) -> dict[str, int]:
        """By name."""
        return {one["name"]: one["containerPort"] for one in self.container.get("ports", [])}

    @property
    def variables(self) -> list[Thing]:
        """As they are written, in order."""
        return list(self.container["env"])

    @property
    def files(self) -> set[str]:
        """Every file that is mounted: out of Secrets, of ConfigMaps into the same folder, tokens of its account."""
        of_items = {f"{mount}/{item['path']}" for mount, _, item in self._projected("secret", "configMap")}
        return of_items | {f"{mount}/{one['path']}" for mount, one in self._sources("serviceAccountToken")}

    @property
    def audiences(self) -> list[str]:
        """Whom the tokens of its account are for."""
        return [one["audience"] for _, one in self._sources("serviceAccountToken")]

    @property
    def secrets(self) -> set[tuple[str, str]]:
        """Every Secret and key that it is given."""
        by_variable = {
            (ref["name"], ref["key"])
            for one in self.variables
            if (ref := one.get("valueFrom", {}).get("secretKeyRef")) is not None
        }
        return by_variable | {(source["name"], item["key"]) for _, source, item in self._projected("secret")}

    @property
    def texts(self) -> set[tuple[str, str]]:
        """Every ConfigMap and key of which it is given a file."""
        return {(source["name"], item["key"]) for _, source, item in self._projected("configMap")}

    def _projected(self, *kinds: str) -> Iterator[tuple[str, Thing, Thing]]:
        """Where it is mounted, out of what, and which key as which path."""
        for mount, source in self._sources(*kinds):
            yield from ((mount, source, item) for item in source["items"])

    def _sources(self, *kinds: str) -> Iterator[tuple[str, Thing]]:
        mounts = {one["name"]: one["mountPath"] for one in self.container["volumeMounts"]}
        for volume in self.spec["volumes"]:
            for source in volume.get("projected", {}).get("sources", []):
                yield from ((mounts[volume["name"]], source[kind]) for kind in kinds if kind in source)

    def environment(self) -> dict[str, str]:
        """Its variables with values in place of what is out of a Secret, or of the pod itself."""
        return {one["name"]: one["value"] if "value" in one else _stand_in(one, self) for one in self.variables}


def _stand_in(variable: Thing, pod: Pod) -> str:
    if "fieldRef" in variable["valueFrom"]:
        return f"{pod.workload['metadata']['name']}-0"
    if variable["name"].startswith((f"{PREFIX}POSTGRES__", f"{PREFIX}AUDIT__URL")):
        return "postgresql://login:secret@postgres.postgres:5432/alert_router?sslmode=verify-full"
    if variable["name"] != f"{PREFIX}REDIS__URL":
        return "secret"
    plain = any(one["name"] == f"{PREFIX}REDIS__ALLOW_PLAIN" for one in pod.variables)
    return f"{'redis' if plain else 'rediss'}://login:secret@redis.redis:6379/0"


def pods(things: list[Thing]) -> list[Pod]:
    """Of all workloads."""
    return [Pod(one) for one in things if one["kind"] in WORKLOADS]


def pod_of(things: list[Thing], role: str) -> Pod:
    """The pods of a role."""
    [found] = [one for one in pods(things) if one.role == role]
    return found


def workers(things: list[Thing]) -> list[Pod]:
    """The workers of each pool."""
    return [one for one in pods(things) if one.role == "worker"]


def of_kind(things: list[Thing], kind: str) -> list[Thing]:
    """Those of one kind."""
    return [one for one in things if one["kind"] == kind]


def selected(labels: dict[str, str], things: list[Thing]) -> Iterator[Pod]:
    """The pods that have all these labels."""
    return (one for one in pods(things) if labels.items() <= one.labels.items())
