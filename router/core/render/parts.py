"""The parts of which cards, replies and plain messages are put together: templates printed with a view's values.

Card and text say the same in two ways: the card gives times in the reader's own zone, the text literally, since
neither a phone's lock screen nor a screen reader knows Slack's date tokens.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from router.core.model.alert import Links
from router.core.model.group import ToldAs
from router.core.model.instant import Instant
from router.core.render.localizer import Wording, one_line, paragraphs
from router.core.render.values import Values, alert_values, message_values, time_values
from router.core.render.view import AlertView, Extent, View, elapsed
from router.core.slack.markup import Safe, join, truncate
from router.core.slack.message import MAX_SECTION
from router.core.template.language import NEVER_EMPTY, PARAGRAPHS

_MAX_PART_CHARS: Final = 1_500
_FITTED: Final = frozenset({"text"})
"""Shortened elsewhere, by telling of fewer alerts."""
_NOTHING: Final = Safe()


@dataclass(frozen=True, slots=True)
class Parts:
    """One view in one wording, as told at one time to one receiver."""

    view: View
    extent: Extent
    wording: Wording
    now: Instant
    mentions: Safe
    receiver: str
    route: str
    tenant: str

    @property
    def subject(self) -> Safe:
        """What it is about: the alert's name, else the number of alerts."""
        return self.wording.line("subject", name=self.view.name, total=self.view.total)

    @property
    def state(self) -> Safe:
        """The state in capitals."""
        return self.wording.word("state", self.view.state)

    @property
    def severity(self) -> Safe:
        """The worst severity told."""
        return self._severity(self.view.severity)

    @property
    def heading(self) -> Safe:
        """State and severity as the first words of a sentence."""
        return join((self.state, self.severity))

    @property
    def moved(self) -> Safe:
        """Why this message ends although alerts fire; empty where none has moved."""
        return self.wording.line("moved") if ToldAs.MOVED in self.view.counts else _NOTHING

    def title(self) -> Safe:
        """State, severity and subject at a glance, and what all alerts have in common."""
        own = self.own("title", lambda: {"mention": self.mentions})
        title = own or self.wording.lines(
            "title",
            mentions=self.mentions,
            state=self.state,
            severity=self.severity,
            subject=self.subject,
            labels=self.view.labels,
        )
        return truncate(title, _MAX_PART_CHARS)

    def counts(self, counts: Mapping[ToldAs, int], *, reopened: int = 0, dotted: bool = False) -> Safe:
        """How many alerts are in which state, as small print (`dotted`) or as an enumeration."""
        own = self.own("counts", lambda: {"reopened": reopened}) if dotted else None
        if own is not None:
            return own
        return self.wording.line("counts", counts=counts, reopened=reopened, dotted=dotted)

    def frame(self, reopened: int) -> Mapping[str, Safe]:
        """What stands around the alerts of a card: `lead`, `shared_links` and `footer`; any may be empty."""
        facts = {
            "counts": self.counts(self.view.counts, reopened=reopened, dotted=True),
            "period": self.period(self.view, self.wording.token),
            "links": self.message_links(),
            "total": self.view.total,
            "description": self.view.description,
            "notes": self.view.notes,
            "receiver": self.receiver,
            "route": self.route,
            "tenant": self.tenant,
            "now": self.now,
        }
        printed = {name: self.wording.lines(name, **facts) for name in ("lead", "shared_links", "footer")}
        own_footer = self.own("footer", lambda: {"updated": self.wording.token(self.now)})
        if own_footer is not None:
            printed["footer"] = own_footer
        return {name: truncate(text, MAX_SECTION) for name, text in printed.items()}

    def period(self, of: View | AlertView, moment: Callable[[Instant], str]) -> Safe:
        """Since when, or from when to when; empty where nothing is known of it."""
        duration = self.wording.duration(elapsed(of.start, of.end or self.now))
        return self.wording.line("period", start=of.start, end=of.end, seen=of.seen, duration=duration, moment=moment)

    def message_links(self) -> Safe:
        """The links that all alerts have."""
        own = self.own("links", dict)
        return self.links(self.view.links) if own is None else own

    def links(self, links: Links) -> Safe:
        """Web addresses under their names in this language."""
        return self.wording.line("links", links=links) if links else _NOTHING

    def more(self, listed: int) -> Safe:
        """How many alerts are counted but not listed; empty when all are."""
        hidden = sum(self.view.counts.values()) - listed
        return self.wording.line("more", hidden=hidden) if hidden > 0 else _NOTHING

    def alerts(self) -> Sequence[Safe]:
        """Each alert as it stands in a card; none is empty."""
        return [self._alert(alert) for alert in self.view.alerts]

    def alert_texts(self) -> Iterator[Safe]:
        """Each alert as a clause without markup; those of which nothing more can be said are left out."""
        for alert in self.view.alerts:
            text = self._own_alert("alert_text", alert, self.wording.moment)
            if text is None:
                text = self.wording.line(
                    "alert_text", alert=alert, state=self._state_of(alert), severity=self._severity(alert.severity)
                )
            if text:
                yield truncate(text, _MAX_PART_CHARS)

    def _alert(self, alert: AlertView) -> Safe:
        printed = self._own_alert("alert", alert, self.wording.token) or self.wording.lines(
            "alert",
            alert=alert,
            state=self._state_of(alert),
            severity=self._severity(alert.severity),
            period=self.period(alert, self.wording.token),
            links=self.links(alert.links),
        )
        return truncate(printed, self.extent.chars) if printed else self.subject

    def own(
        self, part: str, more: Callable[[], Values], moment: Callable[[Instant], str] | None = None
    ) -> Safe | None:
        """A part of the message as the tenant wrote it; None where the built-in one is to stand."""
        return self._own(part, lambda: {**self._values(self.view, moment or self.wording.token), **more()})

    def _own_alert(self, part: str, alert: AlertView, moment: Callable[[Instant], str]) -> Safe | None:
        return self._own(part, lambda: self._values(alert, moment))

    def _own(self, part: str, values: Callable[[], Values]) -> Safe | None:
        printed = self.wording.own.print(part, self.tenant, values)
        if printed is None:
            return None
        text = (paragraphs if part in PARAGRAPHS else one_line)(printed)
        if part not in _FITTED:
            text = truncate(text, _MAX_PART_CHARS)
        return None if part in NEVER_EMPTY and not text else text

    def _values(self, of: View | AlertView, moment: Callable[[Instant], str]) -> dict[str, object]:
        duration = self.wording.duration(elapsed(of.start, of.end or self.now))
        whole = {
            "receiver": self.receiver,
            "route": self.route,
            "tenant": self.tenant,
            "subject": self.subject,
        }
        times = time_values(of, moment, duration, self.period(of, moment))
        if isinstance(of, View):
            return {**whole, **times, **message_values(of, self.severity), "state": self.state}
        severity = self._severity(of.facts.level)
        state = self.wording.word("alert_state", of.told_as)
        return {**whole, **times, **alert_values(of, severity), "state": state}

    def _state_of(self, alert: AlertView) -> Safe:
        """The alert's state where it is not that of the whole message."""
        return _NOTHING if alert.told_as is self.view.state else self.wording.word("alert_state", alert.told_as)

    def _severity(self, severity: str) -> Safe:
        return self.wording.word("severity", severity) if severity else _NOTHING


def together(alerts: Sequence[Safe]) -> list[Safe]:
    """The alerts as paragraphs: where each is one line they stand together, as many as fit in one."""
    if any("\n" in alert for alert in alerts):
        return list(alerts)
    together: list[Safe] = []
    for alert in alerts:
        if together and len(together[-1]) + len(alert) < MAX_SECTION:
            together[-1] = join((together[-1], alert), "\n")
        else:
            together.append(alert)
    return together
