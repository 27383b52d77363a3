"""What the service is built from: whether a bill of materials names all of it, and whether it has known holes.

`make sbom` and `make audit` call it. Both compare with a lock, which names each package by version and hash.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

UNREACHED: Final = "Nothing was audited: the service that knows the holes was not reached."


def locked(text: str) -> dict[str, str]:
    """Name and version of each package that a lock installs on this machine."""
    lines = (line.rstrip("\\ ") for line in text.splitlines() if line[:1].isalnum())
    wanted = [Requirement(line) for line in lines]
    return {
        canonicalize_name(one.name): str(one.specifier).removeprefix("==")
        for one in wanted
        if one.marker is None or one.marker.evaluate()
    }


def missing(bill: Mapping[str, object], wanted: Mapping[str, str]) -> list[str]:
    """What the lock installs and the bill, CycloneDX as JSON, does not name in that version."""
    components = _mappings(bill.get("components"))
    named = {(canonicalize_name(str(one["name"])), str(one.get("version"))) for one in components}
    return sorted(f"{name} {version}" for name, version in wanted.items() if (name, version) not in named)


def holes(report: Mapping[str, object]) -> list[str]:
    """Each known hole of pip-audit's report, with the versions that close it."""
    return [
        f"{package['name']} {package['version']}: {hole['id']}, closed in {_versions(hole)}"
        for package in _mappings(report.get("dependencies"))
        for hole in _mappings(package.get("vulns"))
    ]


def unaudited(report: Mapping[str, object]) -> list[str]:
    """The packages that pip-audit's service does not know in their version."""
    return [str(one["name"]) for one in _mappings(report.get("dependencies")) if "skip_reason" in one]


def _versions(hole: Mapping[str, object]) -> str:
    versions = hole.get("fix_versions")
    return ", ".join(map(str, versions)) if isinstance(versions, list) and versions else "no version yet"


def _mappings(values: object) -> list[Mapping[str, object]]:
    return [one for one in values if isinstance(one, Mapping)] if isinstance(values, list) else []


def _compared(lock: Path, bill: Path) -> int:
    wanted = locked(lock.read_text(encoding="utf-8"))
    absent = missing(json.loads(bill.read_text(encoding="utf-8")), wanted)
    if absent:
        sys.stderr.write(f"{bill} does not name: {', '.join(absent)}\n")
        return 1
    sys.stdout.write(f"{bill} names all {len(wanted)} packages of {lock}.\n")
    return 0


def _audited(lock: Path, report: Path) -> int:
    """0 also where the service was not reached, which is printed: a machine without it can run all the rest."""
    text = report.read_text(encoding="utf-8")
    found = json.loads(text) if text.strip() else {}
    unknown, wanted = unaudited(found), locked(lock.read_text(encoding="utf-8"))
    if not found or len(unknown) == len(found["dependencies"]):
        sys.stderr.write(f"{UNREACHED}\n")
        return 0
    for hole in holes(found):
        sys.stderr.write(f"{hole}\n")
    sys.stdout.write(f"{len(wanted) - len(unknown)} of {len(wanted)} packages of {lock} were audited.\n")
    return 1 if holes(found) or unknown else 0


def main(arguments: Sequence[str]) -> int:
    """`sbom LOCK BILL` or `audit LOCK REPORT`."""
    what, lock, file = arguments
    return {"sbom": _compared, "audit": _audited}[what](Path(lock), Path(file))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
