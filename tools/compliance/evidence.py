"""`make evidence`: whether each test that a control names has passed in the run that wrote these reports.

`python -m tools.compliance.evidence REPORT...`, the reports being pytest's, in the form of JUnit.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from tools.compliance.controls import Controls, read

_NOT_PASSED: Final = {"failure", "error", "skipped"}


def passed(reports: Iterable[str]) -> set[str]:
    """FILE::NAME below `tests` of what passed, with all its parameters."""
    ended: dict[str, bool] = {}
    for report in reports:
        for case in ElementTree.fromstring(report).iter("testcase"):  # noqa: S314 - pytest has written it here
            name = _named(case.get("classname", ""), case.get("name", ""))
            ended[name] = ended.get(name, True) and not _NOT_PASSED.intersection(part.tag for part in case)
    return {name for name, well in ended.items() if well}


def _named(module: str, name: str) -> str:
    return f"{module.removeprefix('tests.').replace('.', '/')}.py::{name.partition('[')[0]}"


def without(controls: Controls, found: set[str]) -> Iterator[str]:
    """A line for each test that did not pass, or was not run."""
    for one in controls.controls:
        for test in one.tests:
            if test not in found:
                yield f"{one.criterion}: {test} did not pass in this run, or was not part of it"


def main() -> int:
    """Read the reports that are named; 1 where something is missing."""
    controls = read()
    faults = list(without(controls, passed(Path(name).read_text(encoding="utf-8") for name in sys.argv[1:])))
    sys.stderr.writelines(f"error: {fault}\n" for fault in faults)
    if not faults:
        count = len({test for one in controls.controls for test in one.tests})
        sys.stdout.write(
            f"Each of {len(controls.controls)} controls has its evidence: {count} of these tests passed.\n"
        )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
