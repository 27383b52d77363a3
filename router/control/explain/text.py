"""An explanation in words: lines for a terminal, in one of the languages of the messages."""

from collections.abc import Iterable, Iterator
from html import unescape
from typing import Final

from router.control.explain.explanation import Explanation, Place, Unkept
from router.core.context.context import Context
from router.core.decide.standing import Outcome, Standing
from router.core.match.labels import Labels
from router.core.match.matcher import Operator
from router.core.match.printing import printed
from router.core.model.instant import MINUTE, NEVER, Instant, Span
from router.core.model.muted import Muted
from router.core.model.operation import Op, Reason
from router.core.model.rules.limits import Rate
from router.core.render.beside.surroundings import related_text, usual_text
from router.core.render.localizer import Localizer
from router.core.render.redaction import Redactor
from router.core.route.trace import Tried

_MAX_FAILED: Final = 20
"""Routes of one level that an alert tried in vain and that are named."""
_YES, _NO = "✓", "✗"


def lines(explained: Explanation, localizer: Localizer) -> Iterator[str]:
    """The alert, the routes that it tried, and how it stands in each of its groups."""
    speaker = _Speaker(localizer)
    state = "" if explained.firing is None else speaker.word("f" if explained.firing else "r")
    name = "" if explained.dead_letter else labels_text(explained.labels)
    yield " · ".join(part for part in (name, state, explained.source) if part)
    if explained.dead_letter:
        yield f"  {_NO} {explained.dead_letter}"
        return
    yield from (f"  {line}" for line in (*_sending(explained, speaker), *_known(explained, speaker)))
    if explained.tried is not None:
        yield from (f"  {line}" for line in _routes(explained.tried, explained.labels, 0))
    elif explained.labels and not explained.places:
        yield f"  {speaker.line('heartbeat')}"
    for place in explained.places:
        yield from (f"  {line}" for line in _place(place, explained.at, speaker))
    yield f"  {speaker.budget(explained.budget)}"


def _sending(explained: Explanation, speaker: "_Speaker") -> Iterator[str]:
    """What keeps everything from being sent."""
    for kind, since in (("on_hold", explained.on_hold_since), ("suspended", explained.suspended_since)):
        if since != NEVER:
            yield speaker.line(kind, at=speaker.at(since))


def _known(explained: Explanation, speaker: "_Speaker") -> Iterator[str]:
    """What is not known of it."""
    if not explained.labels_kept:
        yield speaker.line("labels_not_kept")
    for one in explained.unkept:
        yield speaker.line("perhaps", group=_named(one), count=one.alerts)
    if explained.firing is None and not explained.unkept:
        yield speaker.line("unknown")
    if explained.last_record != NEVER:
        yield speaker.line("last_record", at=speaker.at(explained.last_record))


def labels_text(labels: Labels) -> str:
    """Labels as Prometheus prints them: the name of the alert, then the others."""
    others = [printed(name, Operator.EQUAL, value) for name, value in sorted(labels.items()) if name != "alertname"]
    return f"{labels.get('alertname', '')}{{{','.join(others)}}}"


def _named(unkept: Unkept) -> str:
    key = unkept.group.key
    return f"{labels_text(unkept.labels)} · {key.receiver} · {key.group_id}"


def _routes(tried: Tried, labels: Labels, depth: int) -> Iterator[str]:
    own = "{" + ",".join(map(str, tried.route.matchers)) + "}"
    taken = f" → {tried.route.receiver}" if tried.is_taken else ""
    if tried.failed is not None:
        value = printed(tried.failed.name, Operator.EQUAL, labels.get(tried.failed.name, ""))
        yield f"{'  ' * depth}{_NO} {own}  {value}"
        return
    yield f"{'  ' * depth}{_YES} {own}{taken}"
    failed = [one for one in tried.below if one.failed is not None]
    unnamed = len(failed) - _MAX_FAILED
    for one in tried.below:
        if one.failed is None or one in failed[:_MAX_FAILED]:
            yield from _routes(one, labels, depth + 1)
    if unnamed > 0:
        yield f"{'  ' * (depth + 1)}{_NO} … +{unnamed}"


class _Speaker:
    """The sentences of one language."""

    def __init__(self, localizer: Localizer) -> None:
        self._localizer = localizer

    def line(self, kind: str, **values: object) -> str:
        facts = dict.fromkeys(
            ("by", "author", "until", "name", "at", "channel", "state", "why", "group", "calls", "rate"), ""
        )
        return unescape(self._localizer.line("explain", kind=kind, **{"count": 0, **facts, **values}))

    def word(self, state: str) -> str:
        return unescape(self._localizer.word("alert_state", state))

    def upstream(self, muted: Muted) -> str:
        return unescape(self._localizer.line("muted", muted=muted, clock=self._localizer.words))

    def related(self, context: Context) -> str:
        return unescape(related_text(context, Redactor(), self._localizer))

    def usually(self, context: Context, now: Instant) -> str:
        return unescape(usual_text(context, self._localizer, self._localizer.words, now))

    def at(self, instant: Instant) -> str:
        return self._localizer.moment(instant) if instant != NEVER else ""

    def calls(self, calls: Iterable[tuple[Op, Reason]]) -> str:
        named = (self._localizer.line("call", op=op, reason=reason) for op, reason in calls)
        return ", ".join(map(unescape, named))

    def budget(self, rate: Rate) -> str:
        localizer = self._localizer
        return self.line("budget", rate=localizer.measured(MINUTE / rate.period), count=rate.burst)

    def span(self, span: Span) -> str:
        return self._localizer.duration(span) or "0"


def _place(place: Place, now: Instant, speaker: _Speaker) -> Iterator[str]:
    policy, key, standing = place.policy, place.group.key, place.standing
    channel = policy.receiver.channel
    address = [key.receiver, channel, policy.receiver.locale, labels_text(place.labels), key.group_id]
    yield "→ " + " · ".join(part for part in address if part)
    yield f"  {_outcome(standing, channel, now, speaker)}"
    if place.calls:
        yield f"  {speaker.line('sent', calls=speaker.calls(place.calls))}"
    if standing.muted is not None and standing.outcome not in {Outcome.HELD, Outcome.NEVER_SHOWN}:
        yield f"  {speaker.line('held_from_now', **_muted(standing.muted, speaker))}"
    if standing.muted_upstream is not None:
        yield f"  {speaker.upstream(standing.muted_upstream)}"
    for kind, at in (
        ("unreported", standing.unreported_since),
        ("repeat", standing.repeat_at),
        ("stale", standing.stale_at),
    ):
        if at != NEVER:
            yield f"  {speaker.line(kind, at=speaker.at(at))}"
    yield from (f"  {line}" for line in _beside(place, now, speaker) if line)
    timing = policy.timing
    spans = {"group_wait": timing.group_wait, "group_interval": timing.group_interval}
    spans["repeat_interval"] = timing.repeat_interval
    yield "  " + " · ".join(f"{name} {speaker.span(span)}" for name, span in spans.items())


def _beside(place: Place, now: Instant, speaker: _Speaker) -> Iterator[str]:
    """What its message shows beside the alerts, and why it shows no chart; "" for what it does not."""
    if place.undrawn is not None:
        yield speaker.line("no_chart", why=place.undrawn)
    if place.group.firing:
        yield speaker.related(place.context)
    if not place.group.flaps.is_on:
        yield speaker.usually(place.context, now)


def _outcome(standing: Standing, channel: str, now: Instant, speaker: _Speaker) -> str:
    if standing.outcome in {Outcome.HELD, Outcome.NEVER_SHOWN} and standing.muted is not None:
        kind = "held" if standing.outcome is Outcome.HELD else "ended_held"
        return speaker.line(kind, **_muted(standing.muted, speaker))
    is_known = standing.outcome is Outcome.SHOWN and standing.unreported_since == NEVER < standing.notified_at
    is_old = is_known and now - standing.notified_at >= MINUTE
    return speaker.line(
        "unchanged" if is_old else standing.outcome,
        at=speaker.at(standing.notified_at),
        until=speaker.at(standing.until),
        channel=channel,
        state=speaker.word(standing.shown_as),
        why=standing.why,
    )


def _muted(muted: Muted, speaker: _Speaker) -> dict[str, object]:
    return {"by": muted.by, "name": muted.name, "author": muted.author, "until": speaker.at(muted.until)}
