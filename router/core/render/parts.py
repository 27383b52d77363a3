"""The parts of which cards, replies and plain messages are put together: templates printed with a view's values.

Card and text say the same in two ways: the card gives times in the reader's own zone, the text literally, since
neither a phone's lock screen nor a screen reader knows Slack's date tokens.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from router.core.context.context import NO_CONTEXT, Context
from router.core.model.alert import Links
from router.core.model.alert_state import ShownState
from router.core.model.instant import Instant
from router.core.model.rules.receiver import LinkForm
from router.core.render.links import KINDS
from router.core.render.localizer import Localizer, one_line, paragraphs
from router.core.render.prose.held import held_texts
from router.core.render.prose.listed import Listed
from router.core.render.prose.movement import NOT_MOVED, Moved
from router.core.render.redaction import Redactor
from router.core.render.values import Values, alert_values, message_values, time_values
from router.core.render.view import AlertView, StyleLimits, View, elapsed
from router.core.render.words.times import Clock
from router.core.slack.markup import Safe, inline, join, link, truncate
from router.core.slack.message import MAX_SECTION, Block, link_buttons
from router.core.template.language import NEVER_EMPTY, PARAGRAPHS

_MAX_PART_CHARS: Final = 1_500
_MAX_LINK_NAME: Final = 40
_FITTED: Final = frozenset({"text"})
"""Shortened elsewhere, by notification of fewer alerts."""
_NOTHING: Final = Safe()
_FEW: Final = 2


@dataclass(frozen=True, slots=True)
class Parts:
    """One view in one localizer, as shown at one time to one receiver."""

    view: View
    limits: StyleLimits
    localizer: Localizer
    now: Instant
    mentions: Safe
    receiver: str
    route: str
    tenant: str
    link_form: LinkForm = LinkForm.BUTTONS
    without_extras: bool = False
    flapping: bool = False
    context: Context = NO_CONTEXT
    redactor: Redactor = field(default_factory=Redactor)
    moved: Moved = NOT_MOVED

    @property
    def subject(self) -> Safe:
        """What it is about: the alert's name, else the number of alerts."""
        template = "in_all" if self.view.in_all and not self.view.name else "subject"
        name, total = self.view.name, self.view.total
        return self.localizer.sentence(template, (name, total), name=name, total=total)

    @property
    def state(self) -> Safe:
        """The state in capitals, in agreement with what it is said of: so many alerts, or those in that state."""
        agrees_with = self.view.counts.get(self.view.state, 1) if self.view.name else self.view.total
        return self.localizer.word("state", self.view.state, agrees_with)

    @property
    def severity(self) -> Safe:
        """The worst severity shown."""
        return self._severity(self.view.severity)

    @property
    def heading(self) -> Safe:
        """State and severity as the first words of a sentence."""
        return join((self.state, self.severity))

    @property
    def rerouted(self) -> Safe:
        """Why this message ends although alerts fire; empty where none has rerouted."""
        return self.localizer.sentence("rerouted", ()) if ShownState.REROUTED in self.view.counts else _NOTHING

    def title(self) -> Safe:
        """State, severity and subject at a glance, and what all alerts have in common."""
        own = self.custom("title", lambda: {"mention": self.mentions})
        title = own or self.localizer.lines(
            "title",
            mentions=self.mentions,
            emoji=Safe(self.view.emoji),
            state=self.state,
            severity=self.severity,
            subject=self.subject,
            headline=self.view.headline,
            labels=self.view.labels,
        )
        return truncate(title, _MAX_PART_CHARS)

    def counts(self, counts: Mapping[ShownState, int], *, reopened: int = 0, dotted: bool = False) -> Safe:
        """How many alerts are in which state, as small print (`dotted`) or as an enumeration; one is not counted."""
        own = self.custom("counts", lambda: {"reopened": reopened}) if dotted else None
        if own is not None:
            return own
        key = (frozenset(counts.items()), reopened, dotted, self.alone, self.flapping)
        return self.localizer.sentence(
            "counts", key, counts=counts, reopened=reopened, dotted=dotted, alone=self.alone, flapping=self.flapping
        )

    def frame(self, reopened: int) -> Mapping[str, Safe]:
        """What stands around the alerts of a card: `lead`, `shared_links` and `footer`; any may be empty."""
        facts = {
            "counts": self.counts(self.view.counts, reopened=reopened, dotted=True),
            "period": self.period(self.view, self.localizer.tokens),
            "links": _NOTHING if self.has_buttons else self.message_links(),
            "total": self.view.total,
            "description": self.view.description,
            "few": self.few,
            "notes": self.view.notes,
            "receiver": self.receiver,
            "route": self.route,
            "tenant": self.tenant,
            "now": self.now,
        }
        printed = {name: self.localizer.lines(name, **facts) for name in ("lead", "shared_links", "footer")}
        own_footer = self.custom("footer", lambda: {"updated": self.localizer.token(self.now)})
        if own_footer is not None:
            printed["footer"] = own_footer
        return {name: truncate(text, MAX_SECTION) for name, text in printed.items()}

    def period(self, of: View | AlertView, clock: Clock) -> Safe:
        """Since when, or from when to when; empty where nothing is known of it."""
        times = of.times
        return self.localizer.sentence(
            "period",
            (clock.name, times),
            start=times.start,
            end=times.end,
            seen=times.seen,
            unseen=times.unseen,
            duration=self.localizer.duration(elapsed(times.start, times.end)),
            clock=clock,
        )

    def message_links(self) -> Safe:
        """The links that all alerts have."""
        own = self.custom("links", dict)
        return self.links(self.view.links) if own is None else own

    @property
    def has_buttons(self) -> bool:
        """Whether the links that all alerts have are buttons: not once all is over, nor as the tenant writes them."""
        over = self.view.state in {ShownState.RESOLVED, ShownState.REROUTED}
        wanted = self.link_form is LinkForm.BUTTONS and "links" not in self.localizer.custom.sources
        return bool(self.view.links) and wanted and not over and not self.without_extras

    def buttons(self) -> Block:
        """The links that all alerts have, as a row of buttons."""
        return link_buttons([(self._link_name(name), url) for name, url in self.view.links.items()])

    def links(self, links: Links) -> Safe:
        """Web addresses under their names in this language."""
        return join((link(url, self._link_name(name)) for name, url in links.items()), " · ")

    def _link_name(self, name: str) -> str:
        return self.localizer.word("link", name) if name in KINDS else inline(name, _MAX_LINK_NAME)

    def more(self, listed: int) -> Safe:
        """How many alerts are counted but not listed, and how many were never sent, not taken or held back."""
        hidden, unsent = sum(self.view.counts.values()) - listed, self.view.unsent
        more = self.localizer.sentence("more", hidden, hidden=hidden) if hidden > 0 else _NOTHING
        left_out = self.localizer.sentence("unsent", unsent, unsent=unsent) if unsent else _NOTHING
        over = self.view.refused
        refused = self.localizer.sentence("refused", over, refused=over) if over else _NOTHING
        held = held_texts(self.view.held, self.localizer)
        return join((more, left_out, refused, *held), " · ")

    @property
    def alone(self) -> bool:
        """Whether there is one alert in all, whose state needs no count."""
        return self.view.total == 1

    @property
    def few(self) -> bool:
        """Whether so few fire that there is room for what each says at length."""
        return 1 <= self.view.counts.get(ShownState.FIRING, 0) <= _FEW

    def alerts(self) -> Sequence[Listed]:
        """Each alert as it stands in a card; none is empty."""
        return [self._alert(alert) for alert in self.view.alerts]

    def alert_texts(self) -> Iterator[Safe]:
        """Each alert as a clause without markup; those of which nothing more can be said are left out."""
        for alert in self.view.alerts:
            text = self._custom_alert("alert_text", alert, self.localizer.words)
            if text is None:
                text = self.localizer.line(
                    "alert_text",
                    alert=alert,
                    ended=alert.shown_as is ShownState.RESOLVED,
                    summary="" if self._stands_above(alert, "text", "title") else alert.summary,
                    state=self._state_of(alert),
                    severity=self._severity(alert.severity),
                )
            if text:
                yield truncate(text, _MAX_PART_CHARS)

    def _alert(self, alert: AlertView) -> Listed:
        own = self._custom_alert("alert", alert, self.localizer.tokens)
        ended = own is None and alert.shown_as is ShownState.RESOLVED
        printed = own or (self._ended(alert) if ended else self._going_on(alert))
        return Listed(truncate(printed, self.limits.chars) if printed else self.subject, is_dim=ended)

    def _going_on(self, alert: AlertView) -> Safe:
        same = len({one.summary for one in self.view.alerts}) == 1
        return self.localizer.lines(
            "alert",
            alert=alert,
            summary="" if same and self._stands_above(alert, "title", "reply") else alert.summary,
            few=self.few,
            state=self._state_of(alert),
            severity=self._severity(alert.severity),
            period=self._since(alert),
            links=self.links(alert.links),
        )

    def _since(self, alert: AlertView) -> Safe:
        """What mutes it in Alertmanager, and since when it fires."""
        clock = self.localizer.tokens
        muted = self.localizer.line("muted", muted=alert.muted, clock=clock) if alert.muted else _NOTHING
        return join((muted, self.period(alert, clock)), " · ")

    def _ended(self, alert: AlertView) -> Safe:
        """One line: it has ended, and that is the point."""
        return self.localizer.line(
            "ended", alert=alert, state=self._state_of(alert), period=self.period(alert, self.localizer.tokens)
        )

    def _stands_above(self, alert: AlertView, *parts: str) -> bool:
        """Whether its summary stands above already, unless one of these parts is the tenant's own."""
        return alert.summary == self.view.headline and not any(
            part in self.localizer.custom.sources for part in parts
        )

    def custom(self, part: str, more: Callable[[], Values], clock: Clock | None = None) -> Safe | None:
        """A part of the message as the tenant wrote it; None where the built-in one is to stand."""
        return self._custom(part, lambda: {**self._values(self.view, clock or self.localizer.tokens), **more()})

    def _custom_alert(self, part: str, alert: AlertView, clock: Clock) -> Safe | None:
        return self._custom(part, lambda: self._values(alert, clock))

    def _custom(self, part: str, values: Callable[[], Values]) -> Safe | None:
        printed = self.localizer.custom.print(part, self.tenant, values)
        if printed is None:
            return None
        text = (paragraphs if part in PARAGRAPHS else one_line)(printed)
        if part not in _FITTED:
            text = truncate(text, _MAX_PART_CHARS)
        return None if part in NEVER_EMPTY and not text else text

    def _values(self, of: View | AlertView, clock: Clock) -> dict[str, object]:
        duration = self.localizer.duration(elapsed(of.times.start, of.times.end or self.now))
        whole = {"receiver": self.receiver, "route": self.route, "tenant": self.tenant, "subject": self.subject}
        times = time_values(of, clock.moment, duration, self.period(of, clock))
        if isinstance(of, View):
            own = {"state": self.state, "trend": self.moved.words}
            return {**whole, **times, **message_values(of, self.severity), **own}
        severity = self._severity(of.facts.level)
        state = self.localizer.word("alert_state", of.shown_as)
        return {**whole, **times, **alert_values(of, severity), "state": state}

    def _state_of(self, alert: AlertView) -> Safe:
        """The alert's state where it is not that of the whole message."""
        return _NOTHING if alert.shown_as is self.view.state else self.localizer.word("alert_state", alert.shown_as)

    def _severity(self, severity: str) -> Safe:
        return self.localizer.word("severity", severity) if severity else _NOTHING
