"""Validate plain data as a tenant document and report every error at once."""

from router.config.bounds import too_costly, too_many
from router.config.document.tenant import TenantDocument
from router.config.lookalike import alertmanager
from router.config.reference import broken_references
from router.config.validated import validated
from router.diagnostic import Diagnostic


def check(data: object, most: int | None = None) -> TenantDocument | tuple[Diagnostic, ...]:
    """The document, or what is wrong with it: at most one diagnostic for a path, in no particular order.

    Where more than `most` things are wrong, only their number is named: listing them holds Python's lock.
    """
    foreign = alertmanager(data)
    if foreign is not None:
        return (foreign,)
    beyond = tuple(too_many(data))
    if beyond:
        return beyond
    document = validated(data, TenantDocument, broken_references, most)
    return document if isinstance(document, tuple) else tuple(too_costly(document)) or document
