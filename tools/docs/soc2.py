"""`docs/soc2.md`: what the product does for each criterion, where the evidence is, and what is left to people."""

from collections.abc import Iterable
from typing import Final

from tools.compliance.controls import Control, Controls, read
from tools.docs.markdown import cell, table

HEAD: Final = """\
# For an audit by SOC 2

No software is certified, an organisation is attested: this page is for whoever has to show an auditor what this part
of theirs does. For each criterion it names a control, what makes it so in code or settings, where evidence of your
own installation is found, and the tests that show it. It claims nothing that no row of the audit log, metric or test
proves.

It is generated from `deploy/compliance/controls.yaml` (`make docs`). A test fails if a file, setting, command,
action, metric or test that is named there does not exist; `make evidence`, after `make test`,
fails if one of the tests did not pass in that run.
"""

LEFT: Final = """\
## Yours alone

For these criteria the product has no control.
"""


def page() -> str:
    """The page."""
    controls = read()
    return "\n".join([HEAD, *map(_part, controls.controls), LEFT, _left(controls), ""])


def _part(one: Control) -> str:
    lines = [f"## {one.criterion}: {one.control}", "", f"- **Mechanism:** {_codes(one.mechanisms)}"]
    evidence = [
        *(f"`alert-router {name}`" for name in one.commands),
        *(f"audit action `{name}`" for name in one.actions),
        *(f"metric `{name}`" for name in one.metrics),
    ]
    lines += [f"- **Evidence:** {', '.join(evidence)}"] if evidence else []
    lines += [f"- **Shown by:** {'; '.join(map(_test, one.tests))}"]
    lines += [f"- **Yours:** {one.yours}"] if one.yours else []
    return "\n".join([*lines, ""])


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name if is_file(name) else f'ALERT_ROUTER_{name}'}`" for name in names)


def is_file(mechanism: str) -> bool:
    """Whether that is a file or a folder of the repository, else it is a setting."""
    return not mechanism.replace("_", "").isupper()


def _test(one: str) -> str:
    file, _, name = one.partition("::")
    return f"`{file}` {name.removeprefix('test_').replace('_', ' ')}"


def _left(controls: Controls) -> str:
    return table(["criteria", "what"], [[name, cell(what)] for name, what in controls.yours.items()])
