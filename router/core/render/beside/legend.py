"""The names of a chart's lines: what sets them apart, redacted, short, and each once."""

from collections.abc import Mapping, Sequence
from typing import Final

from router.core.context.chart import Line
from router.core.match.labels import Labels
from router.core.render.redaction import HIDDEN, Redactor
from router.core.slack.markup import ELLIPSIS, inline
from router.core.slack.new_block import MAX_CHART_LABEL

_METRIC: Final = "__name__"
_MAX_VALUE: Final = 200
_BRACKETS: Final = str.maketrans(
    {"<": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", ">": "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"}
)
"""Whether Slack looks for markup in a chart is not documented."""


def legend(lines: Sequence[Line], redactor: Redactor, alone: str) -> list[str]:
    """A name for each line; `alone` is that of a single one, which needs no other to be distinguished."""
    if len(lines) == 1:
        return each_once([plain(alone)])
    shown = [_readable(line.labels, redactor) for line in lines]
    names = _distinguishing([line.labels for line in lines], shown)
    return each_once(_short([" ".join(labels[name] for name in names if name in labels) for labels in shown]))


def plain(text: str, limit: int = MAX_CHART_LABEL) -> str:
    """Any text as a chart shows it, shortened."""
    return inline(text, limit).translate(_BRACKETS)


def each_once(names: Sequence[str]) -> list[str]:
    """The names, those that stand there already with a number."""
    unique = list[str]()
    for name in names:
        candidate, number = name or ELLIPSIS, 1
        while candidate in unique:
            number += 1
            mark = f" ({number})"
            candidate = plain(name, MAX_CHART_LABEL - len(mark)) + mark
        unique.append(candidate)
    return unique


def _readable(labels: Labels, redactor: Redactor) -> dict[str, str]:
    return {
        name: redactor.line(redactor.label(name, value), _MAX_VALUE).translate(_BRACKETS)
        for name, value in labels.items()
        if value and name != _METRIC
    }


def _distinguishing(labels: Sequence[Labels], shown: Sequence[Mapping[str, str]]) -> list[str]:
    """The one label by whose readable value each line is known, the shortest of several; else all that differ."""
    names = sorted({name for one in labels for name in one} - {_METRIC})
    differing = [name for name in names if len({one.get(name, "") for one in labels}) > 1]
    sufficient = [name for name in differing if _suffices([one.get(name, "") for one in shown])]
    by_length = sorted(sufficient, key=lambda name: max(len(one[name]) for one in shown))
    return by_length[:1] or differing


def _suffices(values: Sequence[str]) -> bool:
    return len(set(values)) == len(values) and all(values) and not any(HIDDEN in value for value in values)


def _short(names: Sequence[str]) -> list[str]:
    """From their beginnings; from their ends where only these differ, as those of pods do."""
    heads = [plain(name) for name in names]
    if len(set(heads)) == len(heads) or len(set(names)) < len(names):
        return heads
    room = MAX_CHART_LABEL - len(ELLIPSIS)
    tails = [name if len(name) <= MAX_CHART_LABEL else f"{ELLIPSIS}{name[-room:]}" for name in names]
    return [plain(tail) for tail in tails] if len(set(tails)) > len(set(heads)) else heads
