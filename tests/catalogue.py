"""The templates and catalogues that are shipped, read once for all tests that print with them."""

from typing import Final

from router.adapters.locale.catalogue import Catalogue

CATALOGUE: Final = Catalogue.load()
