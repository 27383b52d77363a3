"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Name = Annotated[str, typer.Argument(help="The tenant's id.", metavar="TENANT")]
Files = Annotated[
    list[Path], typer.Argument(help="YAML files or folders of them; - is standard input.", metavar="FILE...")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
