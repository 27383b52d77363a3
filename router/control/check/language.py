"""Check that a sample of every kind of message can be written in each language that the tenant uses."""

from collections.abc import Callable, Iterator

from router.control.check.result import CheckResult, State
from router.core.model.instant import Instant
from router.core.model.rules.receiver import Receiver
from router.core.model.rules.tenant import Tenant
from router.core.render.samples import SAMPLES, sample_messages
from router.core.render.test_message import render_test_message
from router.core.slack.message import SlackMessage
from router.errors import ConfigurationError
from router.ports.tenants import Localizations


def check_languages(
    load_localizations: Callable[[], Localizations], tenant: Tenant, now: Instant
) -> list[CheckResult]:
    """One result per language."""
    readers = {one.locale: one for one in tenant.receivers.values() if not one.sends_nothing}
    try:
        localizations = load_localizations()
    except ConfigurationError as error:
        remedy = "fix the templates and catalogues, or unset their settings to use the built-in ones"
        detail = str(error.diagnostics[0])
        return [CheckResult(f"language {locale}", State.WRONG, detail, remedy) for locale in readers]
    return [_result(localizations, tenant, receiver, now) for receiver in readers.values()]


def _result(localizations: Localizations, tenant: Tenant, receiver: Receiver, now: Instant) -> CheckResult:
    name = f"language {receiver.locale}"
    try:
        messages = list(_samples(localizations, tenant, receiver, now))
        broken = [fault for message in messages for fault in message.faults]
    except Exception as error:  # noqa: BLE001 - a template may raise anything, and that is what is checked
        messages, broken = [], [f"{type(error).__name__}: {error}"]
    if broken:
        return CheckResult(name, State.WRONG, f"a sample cannot be written: {broken[0]}", "fix the templates")
    return CheckResult(name, State.OK, f"{len(messages)} sample messages can be written, times in {tenant.time_zone}")


def _samples(
    localizations: Localizations, tenant: Tenant, receiver: Receiver, now: Instant
) -> Iterator[SlackMessage]:
    localizer = localizations.localizer(receiver.locale, tenant.time_zone, receiver.layout)
    for name in SAMPLES:
        yield from sample_messages(name, receiver, tenant, localizer)
    yield render_test_message(receiver, tenant, localizer, now)
