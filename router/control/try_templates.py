"""How documents are tried before they are applied: with the words that a worker would use."""

import functools

from router.adapters.locale.catalogue import Catalogue
from router.config.trial import Trial, template_trial
from router.ports.tenants import Localizations
from router.settings import read_settings


def new_trial() -> Trial:
    """A trial; settings and words are read once, and only if a document has templates."""
    return template_trial(functools.cache(_load_words))


def _load_words() -> Localizations:
    settings = read_settings()
    return Catalogue.load(settings.templates_dir, settings.locales_dir)
