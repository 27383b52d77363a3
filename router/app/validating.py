"""Validate the templates of tenants' files, without what that needs where none has any."""

from collections.abc import Sequence
from functools import cache

from router.config.document.tenant import TenantDocument
from router.config.read import TemplateValidator
from router.diagnostic import Diagnostic


def new_template_validator() -> TemplateValidator:
    """Validates tenants' templates with a worker's localizations; loads them once, for the first that has any."""
    loaded = cache(_validator)

    def validate(document: TenantDocument) -> Sequence[Diagnostic]:
        return loaded()(document) if document.templates else ()

    return validate


def _validator() -> TemplateValidator:
    from router.app.localizations import load_localizations  # noqa: PLC0415 - a third of a command's time
    from router.config.templates import template_validator  # noqa: PLC0415 - as above
    from router.settings import read_settings  # noqa: PLC0415 - as above

    localizations = load_localizations(read_settings())
    return template_validator(lambda: localizations)
