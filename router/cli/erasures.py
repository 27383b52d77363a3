"""What the commands that erase have in common: they show first, and name what is left and until when."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer

from router.cli.session import time_json, time_text
from router.core.model.instant import NEVER
from router.ports.erasure import Remainder

Yes = Annotated[bool, typer.Option("--yes", help="Erase it; without this, only what would go is shown.")]


def only_shown(how: str) -> None:
    """Where a plan was printed: that nothing was erased, and how it is."""
    typer.echo(f"nothing was erased now; to erase it{how}", err=True)


def left_lines(left: Iterable[Remainder]) -> Iterator[str]:
    """What is left, why, and until when, a line each."""
    for one in left:
        until = f", at most until {time_text(one.until)}" if one.until != NEVER else ""
        yield f"{one.kind}: {one.why}{until}"


def left_json(left: Iterable[Remainder]) -> list[dict[str, Any]]:
    """The same as JSON."""
    return [{"kind": one.kind, "why": one.why, "until": time_json(one.until)} for one in left]


def steps_json(steps: Iterable[str], done: Iterable[str]) -> dict[str, str]:
    """How far an erasure is, step by step."""
    reached = frozenset(done)
    return {step: "done" if step in reached else "open" for step in steps}


def step_lines(steps: Iterable[str], done: Iterable[str]) -> Iterator[str]:
    """The same, a line each."""
    yield from (f"  {step}: {standing}" for step, standing in steps_json(steps, done).items())
