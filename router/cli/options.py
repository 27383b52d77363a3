"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Name = Annotated[str, typer.Argument(help="The tenant's id.", metavar="TENANT")]
Files = Annotated[
    list[Path], typer.Argument(help="YAML files or folders of them; - is standard input.", metavar="FILE...")
]
OfTenant = Annotated[
    str | None,
    typer.Option("--tenant", help="Take one file, with this tenant's own part alone.", metavar="TENANT"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
