"""Dead letters as they are printed, for people and for programs."""

import json
from collections.abc import Sequence
from typing import Final

import typer

from router.cli.session import time_json, time_text
from router.cli.terminal import print_columns
from router.control.letters.dead_letters import Listed
from router.control.letters.letter import DeadLetter
from router.control.letters.reading import NotShown, ReadableLetter
from router.control.letters.redrive import Redriven
from router.core.model.instant import NEVER, Instant
from router.diagnostic import one_line

_HEADER: Final = ("id", "dead-lettered", "tenant", "reason", "redriven")
_RAW: Final = "; --raw shows it"

Json = dict[str, object]


def print_list(found: Listed, *, as_json: bool) -> None:
    """Print letters, a line each."""
    if as_json:
        typer.echo(json.dumps([_letter_json(*one) for one in found.letters]))
    else:
        print_columns(_HEADER, [_row(*one) for one in found.letters])
    if found.besides:
        typer.echo(f"{found.besides} older ones are not shown; to see more: --limit", err=True)


def print_letter(shown: ReadableLetter, redriven_at: Instant, *, as_json: bool) -> None:
    """Print all of one letter that may be read."""
    if as_json:
        typer.echo(json.dumps(_shown_json(shown, redriven_at)))
    else:
        typer.echo("\n".join(_lines(shown, redriven_at)))


def print_redriven(done: Sequence[Redriven], *, as_json: bool) -> None:
    """Print what became of each letter."""
    if as_json:
        typer.echo(json.dumps([{"id": one.letter.id, "outcome": one.outcome, "detail": one.detail} for one in done]))
        return
    for one in done:
        why = f": {one_line(one.detail)}" if one.detail else ""
        typer.echo(f"{one_line(one.letter.id)} {one.outcome.value.replace('_', ' ')}{why}")
    if not done:
        typer.echo("there is no such dead letter", err=True)


def _row(letter: DeadLetter, redriven_at: Instant) -> tuple[str, ...]:
    redriven = time_text(redriven_at) if redriven_at != NEVER else ""
    cells = (letter.id, time_text(letter.appended_at), letter.tenant or "", letter.reason, redriven)
    return tuple(map(one_line, cells))


def _letter_json(letter: DeadLetter, redriven_at: Instant) -> Json:
    origin = letter.origin
    return {
        "id": letter.id,
        "tenant": letter.tenant,
        "reason": letter.reason,
        "stage": letter.stage,
        "origin": {"topic": origin.topic, "partition": origin.partition, "offset": origin.offset},
        "observed_at": time_json(letter.observed_at),
        "dead_lettered_at": time_json(letter.appended_at),
        "redriven_at": time_json(redriven_at),
    }


def _shown_json(shown: ReadableLetter, redriven_at: Instant) -> Json:
    hidden = isinstance(shown.body, NotShown)
    return {
        **_letter_json(shown.letter, redriven_at),
        "error": shown.error,
        "key": shown.key,
        "headers": [{"name": name, "value": value} for name, value in shown.headers],
        "whole": shown.letter.is_whole,
        "bytes": len(shown.letter.value),
        "body": None if hidden else shown.body,
        "body_hidden": shown.body if hidden else None,
    }


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
        f"body ({len(letter.value)} bytes{'' if letter.is_whole else ', the first of it'}):",
        shown.body + _RAW if isinstance(shown.body, NotShown) else _printable(shown.body),
    ]


def _printable(body: str) -> str:
    """The body with its lines, and with nothing that would disturb the terminal."""
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode() for char in body
    )
