"""How many connections the system has descriptors for, beside those that the process needs itself."""

import resource
from typing import Final

import structlog

from router.settings import Settings

RESERVED: Final = 256
"""Descriptors for Kafka, Redis, operators, and files."""
_log = structlog.get_logger("router.app")


def fitting(settings: Settings) -> Settings:
    """The settings, with no more connections than fit."""
    fit = connections_that_fit(settings.gateway.connections)
    return settings.model_copy(update={"gateway": settings.gateway.model_copy(update={"connections": fit})})


def connections_that_fit(wanted: int) -> int:
    """Raise the soft limit as far as it takes and the hard one lets; as many as wanted, or as fit then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + RESERVED
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return wanted
    fit = max(soft - RESERVED, soft // 2)
    remedy = "raise the hard limit of open files, or lower ALERT_ROUTER_GATEWAY__CONNECTIONS"
    _log.warning("connections_lowered", wanted=wanted, connections=fit, open_files=soft, remedy=remedy)
    return fit
