"""A client of Slack, made from the settings."""

from typing import Final

from router.adapters.slack.client import SLACK_URL, SlackClient
from router.settings import Settings

_LEASE_SHARE: Final = 0.8


def call_timeout_s(settings: Settings) -> float:
    """How long a call may take: it ends before its lease does, so that no other worker makes it meanwhile."""
    return min(settings.slack.timeout_s, settings.worker.lease_s * _LEASE_SHARE)


def slack_client(settings: Settings) -> SlackClient:
    """A client, not started yet."""
    return SlackClient(settings.slack.base_url or SLACK_URL, call_timeout_s(settings))
