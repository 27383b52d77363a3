"""Redact what a tenant wants hidden, before texts are shortened, escaped or joined.

Everything that a message shows of alerts passes through a `Redactor`. The values of redacted labels and annotations
are hidden in their own place, and wherever else a text or a web address of the same group repeats them; patterns
hold for every text. What is looked at is what a reader would see: a number with an invisible character in its middle
is still that number. Routing, grouping and fingerprints never come here and know the true values.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, unquote_plus

from router.core.match.labels import Labels
from router.core.model.alert_state import AlertContent
from router.core.model.changed import replace
from router.core.model.event import Event
from router.core.model.group import AlertGroup
from router.core.model.key import GroupKey
from router.core.model.rules.appearance import Redaction
from router.core.model.rules.names import is_annotation_of
from router.core.slack.invisible import bare, bare_places, visible
from router.core.slack.markup import inline

HIDDEN: Final = "•••"
MAX_TEXT: Final = 8_000
"""Characters of a text that is looked through; Slack shows at most 3,000. A longer one is hidden whole: looking
through it would cost too much, and cutting could split a match."""

MAX_VALUES: Final = 2_000
"""Values of redacted labels and annotations in one group; where there are more, every text is hidden whole."""

SHORTEST: Final = 3
"""Shorter values are hidden in their own place only; they stand in half of all words."""

_MATCHER: Final = re.compile(r'([^\s{},=!~"]+)(=~|!~|!=|=)"(?:[^"\\]|\\.)*"')
_NOTHING: Final = Redaction()
_DECODED: Final = 3


@dataclass(frozen=True, slots=True)
class Redactor:
    """One tenant's redaction, and the values that it hides in one notification."""

    rule: Redaction = _NOTHING
    values: frozenset[str] = frozenset()

    def line(self, value: str, limit: int) -> str:
        """Foreign text on one line, shortened; not escaped yet."""
        return inline(self.text(value) if self else value, limit)

    def label(self, name: str, value: str) -> str:
        """A label's value as it may be read."""
        return HIDDEN if value and name in self.rule.labels else value

    def annotations(self, annotations: Labels) -> Labels:
        """The annotations as they may be read, but for what only patterns and values hide."""
        if not self.rule.annotations:
            return annotations
        return {
            name: HIDDEN if text and is_annotation_of(name, self.rule.annotations) else text
            for name, text in annotations.items()
        }

    def matchers(self, printed: str) -> str:
        """Matchers as a route prints them, without the values of redacted labels."""
        return self.text(_MATCHER.sub(self._matcher, printed)) if self.rule.labels else self.text(printed)

    def _matcher(self, match: re.Match[str]) -> str:
        return f'{match[1]}{match[2]}"{HIDDEN}"' if match[1] in self.rule.labels else match[0]

    def text(self, value: str) -> str:
        """Foreign text without what must not be read."""
        if not self:
            return value
        if len(value) > MAX_TEXT or len(self.values) > MAX_VALUES:
            return HIDDEN
        read = visible(value)
        flat = " ".join(read.split())
        spans = list(self._spans(flat))
        if read != flat and (unflattened := list(self._spans(read))):
            # Found in both and hidden at once: hiding what is found in one could break what stands in the other.
            at = _places(read)
            spans += [(at[start], at[stop]) for start, stop in unflattened]
        return _without(flat, spans)

    def hides(self, value: str) -> bool:
        """Whether something of the text must not be read."""
        return bool(self) and " ".join(self.text(value).split()) != " ".join(visible(value).split())

    def __bool__(self) -> bool:
        return bool(self.rule.patterns or self.values)

    def shows(self, url: str) -> bool:
        """Whether the web address holds nothing that must not be read, encoded or not."""
        if not self:
            return True
        return all(self.text(form) == form for form in _forms(url)) and not self._repeats(url)

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where something to hide stands, also where joiners and selectors of variants, which are shown, part it."""
        yield from self._found(text)
        if (joined := bare(text)) != text:
            at = bare_places(text)
            yield from ((at[start], at[stop]) for start, stop in self._found(joined) if start < stop)

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        for pattern in self.rule.compiled:
            yield from pattern.spans(text)
        for value in self.values:
            start = text.find(value)
            while start >= 0:
                yield start, start + len(value)
                start = text.find(value, start + 1)

    def _repeats(self, url: str) -> bool:
        """Whether a hidden value stands in the address in any case, which hosts do not keep."""
        forms = [bare(form).lower() for form in _forms(url)]
        return any(value.lower() in form for value in self.values for form in forms)


def redactor_for(rule: Redaction, group: AlertGroup) -> Redactor:
    """The redactor of one group."""
    if rule == _NOTHING:
        return Redactor()
    contents = [alert.content for alert in group.alerts.values() if alert.content is not None]
    named = [value for name, value in group.key.group if name in rule.labels]
    named += rule.erased.in_labels(dict(group.key.group)) if rule.erased else ()
    for content in contents:
        named += _named(content, rule)
    read = [bare(visible(value)) for value in named]
    seen = {form for value in read for form in (value.strip(), " ".join(value.split()))}
    return Redactor(rule, frozenset(value for value in seen if len(value) >= SHORTEST))


def without_redacted(event: Event, rule: Redaction, group: AlertGroup) -> Event:
    """The event without what the message shows, where the key of its group holds what is redacted.

    Without that key nobody can go on with the message once the group is lost: it is shown once more then.
    """
    if event.shown is None or rule == _NOTHING:
        return event
    is_hidden = _is_hidden(event.shown.key, redactor_for(rule, group))
    return replace(event, shown=None) if is_hidden else event


def _is_hidden(key: GroupKey, redactor: Redactor) -> bool:
    named = any(redactor.label(name, value) != value for name, value in key.group)
    matched = any(redactor.matchers(part) != part for part in key.path)
    return named or matched or any(redactor.hides(text) for pair in key.group for text in pair)


def _named(content: AlertContent, rule: Redaction) -> Iterator[str]:
    yield from (value for name, value in content.labels.items() if name in rule.labels)
    yield from (value for name, value in content.annotations.items() if is_annotation_of(name, rule.annotations))


def _forms(url: str) -> list[str]:
    """The address as it stands, and as it reads once decoded, also if it was encoded more than once."""
    forms = [" ".join(visible(url).split())]
    for _ in range(_DECODED):
        forms += [" ".join(visible(decode(forms[-1])).split()) for decode in (unquote_plus, unquote)]
    return list(dict.fromkeys(forms))


def _places(read: str) -> list[int]:
    """For each place of a text, and its end, where it is once every run of blanks is one, or none at the ends."""
    places, length, blank = [], 0, False
    for char in read:
        if char.isspace():
            blank = length > 0
            places.append(length)
        else:
            length += blank
            places.append(length)
            length, blank = length + 1, False
    return [*places, length]


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    shown, end = [], 0
    for start, stop in _merged(spans):
        shown += [text[end:start], HIDDEN]
        end = stop
    return "".join([*shown, text[end:]])


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans that hold anything, in order; those that touch as one."""
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(span for span in spans if span[1] > span[0]):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(stop, merged[-1][1])
        else:
            merged.append((start, stop))
    return merged
