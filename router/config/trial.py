"""Documents tried beyond their form: the templates that a tenant writes, on samples and in every language."""

from collections.abc import Callable, Iterator

from router.config.compiler import compile_tenant, layouts
from router.config.document import TenantDocument
from router.config.finding import Problem
from router.config.values import LANGUAGES
from router.core.model.tenant import Receiver, Tenant
from router.core.render.samples import Failure, try_out
from router.ports.tenants import Localizations

Trial = Callable[[TenantDocument], list[Problem]]
"""What is wrong with a document that is right in its form."""


def untried(_document: TenantDocument) -> list[Problem]:
    """For those who only read."""
    return []


def template_trial(load_localizations: Callable[[], Localizations]) -> Trial:
    """A trial that loads the words only for documents with templates."""
    return lambda document: list(_problems(document, load_localizations())) if document.templates else []


def _problems(document: TenantDocument, words: Localizations) -> Iterator[Problem]:
    tenant = compile_tenant(document, 1)
    receiver = next(iter(tenant.receivers.values()), None)
    if receiver is None:
        return
    for index, entry in enumerate(document.templates):
        for part, text in _failures(entry.name, document, receiver, tenant, words).items():
            yield Problem(("templates", index, "parts", part), text)


def _failures(
    name: str, document: TenantDocument, receiver: Receiver, tenant: Tenant, words: Localizations
) -> dict[str, str]:
    """The first failure of each part."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        localizer = words.localizer(language, document.time_zone, layouts(document)[name])
        for failure in try_out(receiver, tenant, localizer):
            found.setdefault(failure.part, _text(failure, language))
    return found


def _text(failure: Failure, language: str) -> str:
    return f"cannot be printed for the sample `{failure.sample}` in {language}: {failure.reason}"
