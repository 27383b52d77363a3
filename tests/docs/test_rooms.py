"""The listing of the core is README's table of steps: one folder a step, and the architecture page names them all."""

import re
from typing import Final

from tests.docs.pages import TOP

CORE: Final = TOP / "router" / "core"
NOUNS: Final = {"match", "model", "slack"}
"""What the steps are about, below all of them."""
QUESTIONS: Final = {"mute"}
"""What `decide` asks of everything that may hold an alert back."""
TOGETHER: Final = {"digest"}
"""Where `decide` and `deliver` take many groups at once."""
OURS: Final = {"operators", "seal", "slo"}
"""What is shown of ourselves, measured of us, and sealed where it is stored, beside the way of an alert."""
BESIDE: Final = {"context"}
"""What stands beside the alerts in a message."""
LANGUAGE: Final = {"template"}
"""What tenants write in, which `render` prints."""


def folders() -> set[str]:
    return {path.parent.name for path in CORE.glob("*/__init__.py")}


def steps() -> list[str]:
    """The steps of README's table, in its order."""
    text = (TOP / "README.md").read_text(encoding="utf-8")
    table = text.split("| step | does |")[1].split("\n\n")[0]
    return re.findall(r"(?m)^\| (\w+) \|", table)


def test_every_step_but_the_first_is_a_folder_of_the_core_and_nothing_else_is() -> None:
    accept, *pure = steps()

    assert accept == "accept"
    assert (TOP / "router/roles/gateway/accept.py").exists()
    assert folders() == {*pure, *NOUNS, *QUESTIONS, *TOGETHER, *OURS, *BESIDE, *LANGUAGE}


def test_the_architecture_page_lists_every_folder() -> None:
    page = (TOP / "docs/architecture.md").read_text(encoding="utf-8")
    listing = page.split("core/        pure")[1].split("config/")[0]

    assert set(re.findall(r"(?m)^    (\w+)/ ", listing)) == folders()
