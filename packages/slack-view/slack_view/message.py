"""One message as a reader sees it: author and time, content, whom it pinged, its edits and its thread.

A message is JSON as `ShownMessage.as_json` writes it: Slack's `ts`, `text`, `blocks` and `attachments`, and `edits`
(how many), `texts` and `times_s` (of each version), `replies`, `broadcast`, `reactions`, `deleted`; also `author`, an
object of `name` and the boolean `app`, by default the app itself. Any of it may be missing.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from markupsafe import Markup

from slack_view.appearance import Appearance
from slack_view.attachments import draw_attachments
from slack_view.avatar import app_avatar, bell, deleted_avatar, person_avatar, small_avatar
from slack_view.blocks import draw_blocks
from slack_view.emoji import emoji
from slack_view.markup import classed, el, joined
from slack_view.moment import clock, moment
from slack_view.mrkdwn import mrkdwn, one_line
from slack_view.reading import Json, items, record, records, string, strings, whole
from slack_view.token import TOKEN, pinged_by
from slack_view.words import words_in

_TS: Final = re.compile(r"([0-9]{1,12})(?:\.|$)")
_EXCERPT: Final = 90


def draw_message(message: Json, appearance: Appearance | None = None) -> Markup:
    """The message with its thread."""
    appearance = appearance or Appearance()
    thread = _thread(records(message.get("replies")), appearance)
    return el("article", _attributes(message, "message"), own_part(message, appearance), thread)


def draw_broadcast(reply: Json, parent: Json, appearance: Appearance) -> Markup:
    """A broadcast reply, as the channel shows it."""
    quoted = classed("span", "excerpt", excerpt(parent, appearance))
    origin = classed("div", "origin", words_in(appearance.language)["replied"], quoted)
    return el("article", _attributes(reply, "message broadcast"), own_part(reply, appearance, origin))


def excerpt(message: Json, appearance: Appearance) -> str:
    """The first words of a message."""
    text = one_line(string(message.get("text")), appearance.names)
    return text if len(text) <= _EXCERPT else text[:_EXCERPT].rstrip(" .,:;") + "…"


def own_part(message: Json, appearance: Appearance, origin: Markup | None = None) -> Markup:
    """The message itself, without its thread."""
    if message.get("deleted"):
        return classed(
            "div", "own deleted", deleted_avatar(), classed("div", "body", words_in(appearance.language)["deleted"])
        )
    author = _author(message, appearance)
    avatar = app_avatar() if _is_app(author) else person_avatar(string(author.get("name")))
    return classed("div", "own", avatar, classed("div", "main", *_main(message, author, appearance, origin)))


def _main(message: Json, author: Json, appearance: Appearance, origin: Markup | None) -> Iterator[Markup | None]:
    yield _head(message, author, appearance)
    yield origin
    yield classed("div", "body", *_body(message, appearance))
    yield _edits(message, appearance)
    yield _reactions(message)


def _attributes(message: Json, name: str) -> dict[str, str]:
    return {"class": name, "data-ts": string(message.get("ts"))}


def _author(message: Json, appearance: Appearance) -> Json:
    return record(message.get("author")) or {"name": appearance.app_name, "app": True}


def _is_app(author: Json) -> bool:
    return author.get("app") is not False


def _head(message: Json, author: Json, appearance: Appearance) -> Markup:
    name = string(author.get("name")) or appearance.app_name
    return classed(
        "header",
        "head",
        classed("strong", "name", name),
        classed("span", "app", "APP") if _is_app(author) else None,
        " ",
        clock(_seconds(message)),
        _pinged(message, appearance),
    )


def _seconds(message: Json) -> int:
    found = _TS.match(string(message.get("ts")))
    return int(found[1]) if found else 0


def _pinged(message: Json, appearance: Appearance) -> Markup | None:
    names = list(dict.fromkeys(pinged(message, appearance)))
    if not names:
        return None
    words = words_in(appearance.language)
    whom = el("summary", None, bell(), f"{words['pinged']} ", joined(names, ", "))
    # A title is for those who have a pointer; on a phone the explanation unfolds.
    attributes = {"class": "pinged", "data-fold": "pinged", "title": words["pinged_when"]}
    return el("details", attributes, whom, el("p", None, words["pinged_when"]))


def pinged(message: Json, appearance: Appearance) -> Iterator[str]:
    """Whom the message pinged when it was posted; a mention that an edit adds pings no one."""
    first = [*strings(message.get("texts")), string(message.get("text"))][0]
    posted: Iterable[str] = (first,) if message.get("edits") else _texts([message.get("blocks"), first])
    for text in posted:
        for token in TOKEN.findall(text):
            if name := pinged_by(token, appearance.names):
                yield name


def _texts(value: object, depth: int = 12) -> Iterator[str]:
    """All strings with markup, as deep as Block Kit nests."""
    if isinstance(value, str):
        yield value
    elif depth and record(value).get("type") != "plain_text":
        parts = items(value) or [part for key, part in record(value).items() if key in _TEXTUAL]
        for part in parts:
            yield from _texts(part, depth - 1)


_TEXTUAL: Final = frozenset({"text", "fields", "elements"})


def _body(message: Json, appearance: Appearance) -> Iterator[Markup]:
    blocks = records(message.get("blocks"))
    text = string(message.get("text"))
    attachments = draw_attachments(message.get("attachments"), appearance)
    if blocks:
        yield draw_blocks(blocks, appearance)
    elif text:
        yield classed("div", "text", mrkdwn(text, appearance.names))
    yield attachments


def _edits(message: Json, appearance: Appearance) -> Markup | None:
    edits = whole(message.get("edits"))
    if edits < 1:
        return None
    words = words_in(appearance.language)
    mark = words["edited"] if edits == 1 else words["edited_often"].format(count=edits)
    versions = [
        el("li", None, clock(whole(at)), " ", one_line(text, appearance.names))
        for at, text in zip(items(message.get("times_s")), strings(message.get("texts")), strict=False)
    ]
    attributes = {"class": "edits", "data-fold": "edits"}
    title = el("p", None, words["versions"])
    return el("details", attributes, el("summary", None, mark), title, el("ol", None, *versions))


def _reactions(message: Json) -> Markup | None:
    found = [classed("span", "reaction", emoji(name), " 1") for name in strings(message.get("reactions"))]
    return classed("div", "reactions", *found) if found else None


def _thread(replies: list[Json], appearance: Appearance) -> Markup | None:
    if not replies:
        return None
    words = words_in(appearance.language)
    count = words["reply"] if len(replies) == 1 else words["replies"].format(count=len(replies))
    latest = moment(_seconds(replies[-1]), "{date_short_pretty} {time}", "")
    last = classed("span", "last", f"{words['last_reply']} ", latest)
    summary = el("summary", None, small_avatar(), classed("b", "count", count), last)
    drawn = [el("li", None, _reply(reply, appearance)) for reply in replies]
    return el("details", {"class": "thread", "data-fold": "thread", "open": ""}, summary, el("ol", None, *drawn))


def _reply(reply: Json, appearance: Appearance) -> Markup:
    also = words_in(appearance.language)["also_sent"]
    mark = classed("div", "origin", also) if reply.get("broadcast") else None
    return el("article", _attributes(reply, "message reply"), own_part(reply, appearance, mark))
