"""Receivers and time intervals that nothing uses."""

from collections.abc import Iterator

from router.config.document.routes import Branch, Inheritable
from router.config.document.tenant import TenantDocument
from router.config.suggestion import quoted
from router.diagnostic import Diagnostic


def unused_names(document: TenantDocument) -> Iterator[Diagnostic]:
    """A receiver that no route, no heartbeat and no fallback names; an interval that no route names."""
    routes = list(_walk(document.route))
    receivers = {route.receiver for route in routes} | {one.receiver for one in document.heartbeats}
    for index, receiver in enumerate(document.receivers):
        if receiver.name not in receivers | {document.fallback}:
            message = f"no route has the receiver {quoted(receiver.name)}; name it in one, or remove it"
            yield Diagnostic(message, ("receivers", index))
    branches = [route for route in routes if isinstance(route, Branch)]
    intervals = {
        name for one in branches for name in (*(one.mute_time_intervals or ()), *(one.active_time_intervals or ()))
    }
    for index, interval in enumerate(document.time_intervals):
        if interval.name not in intervals:
            message = f"no route is muted or active in {quoted(interval.name)}; name it in one, or remove it"
            yield Diagnostic(message, ("time_intervals", index))


def _walk(route: Inheritable) -> Iterator[Inheritable]:
    yield route
    for below in route.routes:
        yield from _walk(below)
