"""Validate the templates that a tenant writes, on sample messages and in every language."""

from collections.abc import Callable, Iterator, Sequence

from router.config.compile.receivers import layouts
from router.config.compile.tenant import compile_tenant
from router.config.document.tenant import TenantDocument
from router.config.read import TemplateValidator
from router.core.model.rules.names import LANGUAGES
from router.core.model.rules.receiver import Layout, Receiver
from router.core.model.rules.tenant import Tenant
from router.core.render.samples import TemplateFailure, template_failures
from router.diagnostic import Diagnostic
from router.ports.tenants import Localizations


def template_validator(load_localizations: Callable[[], Localizations]) -> TemplateValidator:
    """A validator that loads the localizations only for documents that have templates."""

    def validate(document: TenantDocument) -> Sequence[Diagnostic]:
        return list(validate_templates(document, load_localizations())) if document.templates else ()

    return validate


def validate_templates(document: TenantDocument, localizations: Localizations) -> Iterator[Diagnostic]:
    """The first failure of each part of each template."""
    tenant = compile_tenant(document, 1)
    receiver = next(iter(tenant.receivers.values()), None)
    if receiver is None:
        return
    looks = layouts(document)
    for index, entry in enumerate(document.templates):
        for part, message in _failures(looks[entry.name], receiver, tenant, localizations).items():
            yield Diagnostic(message, ("templates", index, "parts", part))


def _failures(layout: Layout, receiver: Receiver, tenant: Tenant, localizations: Localizations) -> dict[str, str]:
    found: dict[str, str] = {}
    for language in LANGUAGES:
        localizer = localizations.localizer(language, tenant.time_zone, layout)
        for failure in template_failures(receiver, tenant, localizer):
            found.setdefault(failure.part, _message(failure, language))
    return found


def _message(failure: TemplateFailure, language: str) -> str:
    return f"cannot be printed for the sample `{failure.sample}` in {language}: {failure.reason}"
