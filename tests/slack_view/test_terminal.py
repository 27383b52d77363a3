"""A channel on a terminal: as wide as the terminal counts, in colour only where that is wanted."""

import io
from typing import Any

import pytest
from rich.cells import cell_len
from slack_view.shown import ShownMessage
from slack_view.terminal import TerminalView

ESCAPE = "\x1b"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def message(text: str, color: str = "", **more: Any) -> ShownMessage:
    """A message whose text stands in an attachment of this colour, or alone."""
    attachments = ({"color": color, "blocks": [section(text)]},) if color else ()
    usual: dict[str, Any] = {
        "ts": "1.0", "text": text, "blocks": (), "attachments": attachments, "edits": 0, "replies": (),
        "broadcast": False, "metadata": None, "texts": (text,), "times_s": (1.0,), "reactions": (), "user_id": "U1",
        "deleted": False,
    }  # fmt: skip
    return ShownMessage(**usual | more)


def shown(*messages: ShownMessage, stream: io.StringIO | None = None) -> list[str]:
    return list(TerminalView(stream or io.StringIO()).channel("#alerts", messages))


def test_a_message_stands_under_its_channel_with_its_edits_and_its_thread() -> None:
    replies = (message("one\ntwo"), message("three", broadcast=True))

    assert shown(message("*Disk* full", "#D0021B", edits=2, replies=replies)) == [
        "#alerts",
        "  ┃ Disk full",
        "  (edited 2 times)",
        "    ↳ one",
        "      two (in the thread)",
        "    ↳ three (also in the channel)",
        "",
        "",
    ]


def test_an_emoji_stands_where_slack_shows_one() -> None:
    assert "  ┃ ✅ resolved :unheard_of:" in shown(message(":white_check_mark: resolved :unheard_of:", "#2EB67D"))


def test_a_terminal_shows_the_bar_in_its_colour_and_marks_in_styles() -> None:
    channel, line, *_ = shown(message("*a* `b`", "#D0021B"), stream=Terminal())

    assert channel == "\x1b[1m#alerts\x1b[0m"
    assert line == "  \x1b[38;2;208;2;27m┃\x1b[0m \x1b[1ma\x1b[0m \x1b[36m`b`\x1b[0m"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colours_where_they_are_not_wanted(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    assert "38;2" not in "".join(shown(message("a", "#D0021B"), stream=Terminal()))


def test_no_escape_reaches_a_pipe() -> None:
    assert ESCAPE not in "".join(shown(message("*a* `b`", "#D0021B", edits=1)))


@pytest.mark.parametrize("word", ["disk", "ディスク"])
def test_long_lines_are_wrapped_by_the_cells_that_they_take(word: str) -> None:
    lines = shown(message(" ".join([word] * 60), "#D0021B"))

    assert max(map(cell_len, lines)) <= 100
    assert "".join(lines).count(word) == 60
    assert all(line.startswith("  ┃ ") for line in lines[1:-2])


def test_what_a_message_says_cannot_move_the_cursor() -> None:
    [_, line, *_] = shown(message("a\x1b[2Jb\x9b1Ac\rd [red]e[/red]"), stream=Terminal())

    assert ESCAPE not in line
    assert "\x9b" not in line
    assert line.endswith("d [red]e[/red]")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<https://x.test|runbook>", "runbook"),
        ("<https://x.test>", "https://x.test"),
        ("<!subteam^S1|@team>", "@team"),
        ("<!here>", "@here"),
        ("<#C1|alerts>", "#alerts"),
        ("<!date^1700000000^{time}|14:13>", "14:13"),
        ("a &lt;b&gt; &amp;amp;", "a <b> &amp;"),
    ],
)
def test_tokens_are_read_as_slack_reads_them(text: str, read: str) -> None:
    assert shown(message(text))[1] == f"  {read}"


def test_buttons_and_pictures_stand_in_brackets_as_they_are_read() -> None:
    def plain(text: str) -> dict[str, str]:
        return {"type": "plain_text", "text": text}

    picture = {"type": "image", "image_url": "https://x.test/a.png", "alt_text": "Graph of <!here> & <b>"}
    blocks = (
        {"type": "actions", "elements": [{"type": "button", "text": plain("<@U1> & Co")}, {"type": "button"}]},
        {**picture, "title": plain("n-1")},
        {"type": "context", "elements": [picture]},
    )
    assert shown(message("x", blocks=blocks))[1:4] == [
        "  [<@U1> & Co]  []",
        "  n-1: [Graph of <!here> & <b>]",
        "  [Graph of <!here> & <b>]",
    ]
