"""Dead letters as they are printed, for people and for programs."""

import json
from collections.abc import Sequence
from typing import Final

import typer

from router.cli.session import time_text
from router.cli.terminal import print_columns
from router.control.letters.as_json import letter_json, redriven_json, shown_json
from router.control.letters.dead_letters import Listed
from router.control.letters.letter import DeadLetter
from router.control.letters.reading import NotShown, ReadableLetter
from router.control.letters.redrive import Redriven
from router.core.model.instant import NEVER, Instant
from router.diagnostic import one_line

_HEADER: Final = ("id", "dead-lettered", "tenant", "reason", "redriven")
_RAW: Final = "; --raw shows it"


def print_list(found: Listed, *, as_json: bool) -> None:
    """Print letters, a line each."""
    if as_json:
        typer.echo(json.dumps([letter_json(*one) for one in found.letters]))
    else:
        print_columns(_HEADER, [_row(*one) for one in found.letters])
    if found.besides:
        typer.echo(f"{found.besides} older ones are not shown; to see more: --limit", err=True)


def print_letter(shown: ReadableLetter, redriven_at: Instant, *, as_json: bool) -> None:
    """Print all of one letter that may be read."""
    if as_json:
        typer.echo(json.dumps(shown_json(shown, redriven_at)))
    else:
        typer.echo("\n".join(_lines(shown, redriven_at)))


def print_redriven(done: Sequence[Redriven], *, as_json: bool) -> None:
    """Print what became of each letter."""
    if as_json:
        typer.echo(json.dumps([redriven_json(one) for one in done]))
        return
    for one in done:
        why = f": {one_line(one.detail)}" if one.detail else ""
        typer.echo(f"{one_line(one.id)} {one.outcome.value.replace('_', ' ')}{why}")
    if not done:
        typer.echo("there is no such dead letter", err=True)


def _row(letter: DeadLetter, redriven_at: Instant) -> tuple[str, ...]:
    redriven = time_text(redriven_at) if redriven_at != NEVER else ""
    cells = (letter.id, time_text(letter.appended_at), letter.tenant or "", letter.reason, redriven)
    return tuple(map(one_line, cells))


def _lines(shown: ReadableLetter, redriven_at: Instant) -> list[str]:
    letter, origin = shown.letter, shown.letter.origin
    facts = {
        "id": letter.id,
        "tenant": letter.tenant or "none",
        "reason": f"{letter.reason} ({letter.stage})",
        "error": shown.error,
        "origin": f"topic {origin.topic}, partition {origin.partition}, offset {origin.offset}",
        "observed": time_text(letter.observed_at),
        "dead-lettered": time_text(letter.appended_at),
        "redriven": time_text(redriven_at) if redriven_at != NEVER else "no",
        "key": shown.key,
    }
    width = max(map(len, facts)) + 2
    return [
        *(f"{name + ':':<{width}}{one_line(text)}".rstrip() for name, text in facts.items()),
        "headers:",
        *(f"  {one_line(name)}: {one_line(value)}" for name, value in shown.headers),
        f"body ({shown.size} bytes{'' if letter.is_whole else ', the first of it'}):",
        shown.body + _RAW if isinstance(shown.body, NotShown) else _printable(shown.body),
    ]


def _printable(body: str) -> str:
    """The body with its lines, and with nothing that would disturb the terminal."""
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode() for char in body
    )
