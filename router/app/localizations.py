"""Load templates and translations, for whoever renders messages: workers, checks, previews."""

import functools

from router.adapters.locale.catalogue import Catalogue
from router.config.templates import TemplateValidator, template_validator
from router.core.template.compile import Report, unreported
from router.settings import Settings, read_settings


def load_localizations(settings: Settings, report: Report = unreported) -> Catalogue:
    """Templates and translations, from the folders of the settings.

    Raises:
        ConfigurationError: each diagnostic names its file.
    """
    return Catalogue.load(settings.templates_dir, settings.locales_dir, report)


def new_template_validator() -> TemplateValidator:
    """Validates tenants' templates with a worker's localizations; loads them once, for the first that has any."""
    return template_validator(functools.cache(lambda: load_localizations(read_settings())))
