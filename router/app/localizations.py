"""Load templates and translations, for whoever renders messages: workers, checks, previews."""

from router.adapters.locale.catalogue import Catalogue
from router.core.template.compile import Report, unreported
from router.settings import Settings


def load_localizations(settings: Settings, report: Report = unreported) -> Catalogue:
    """Templates and translations, from the folders of the settings.

    Raises:
        ConfigurationError: each diagnostic names its file.
    """
    return Catalogue.load(settings.templates_dir, settings.locales_dir, report)
