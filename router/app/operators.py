"""The operators' channel joined: who notes, and who shows; nothing where the settings name no channel."""

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from router.adapters.redis.limiter import SlackLimiter
from router.adapters.redis.operators import RedisOperatorMessages, RedisTroubles
from router.adapters.redis.workspaces import WorkspaceRepository
from router.adapters.slack.client import SlackClient
from router.adapters.slack.search import SlackSearch
from router.app.compose import Base
from router.app.localizations import load_localizations
from router.app.options import call_times, workspace_rates
from router.core.model.rules.receiver import Layout
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError
from router.roles.operators.calls import OperatorCalls, Place, SlackSide
from router.roles.operators.channel import OperatorChannel, OperatorStore
from router.roles.operators.notes import OperatorNotes
from router.settings import OperatorSettings

_TOKEN, _FILE = "ALERT_ROUTER_OPERATOR__TOKEN", "ALERT_ROUTER_OPERATOR__TOKEN_FILE"
_PATIENCE_SHARE: Final = 0.1
"""Of the lease; the call itself takes no more than the rest."""
_CHANNEL = "ALERT_ROUTER_OPERATOR__CHANNEL"


@dataclass(frozen=True, slots=True)
class OperatorParts:
    """What of a worker shows what is wrong; without a channel nothing."""

    channel: OperatorChannel | None

    def jobs(self) -> Sequence[Coroutine[None, None, None]]:
        """What runs beside the rest."""
        return [self.channel.run()] if self.channel is not None else []

    async def finished(self) -> None:
        """Wait for the call in flight."""
        if self.channel is not None:
            await self.channel.finished()


def notes(base: Base) -> Sequence[Coroutine[None, None, None]]:
    """What of any process notes what goes wrong there."""
    if base.settings.operator.channel is None:
        return []
    return [OperatorNotes(base.metrics.problems.occurrences, RedisTroubles(base.redis), base.redis).run()]


def build_operators(base: Base, slack: SlackClient) -> OperatorParts:
    """A worker's part.

    Raises:
        ConfigurationError: the channel has no token, or its file cannot be read.
    """
    settings = base.settings.operator
    token = operator_token(settings)
    if settings.channel is None or token is None:
        return OperatorParts(None)
    lease, patience_s = call_times(base.settings).lease, base.settings.worker.lease_s * _PATIENCE_SHARE
    place = Place(settings.channel, token, workspace_rates(base.settings), lease, patience_s)
    side = SlackSide(slack, SlackSearch(slack), SlackLimiter(base.redis), WorkspaceRepository(base.redis))
    store = OperatorStore(RedisTroubles(base.redis), RedisOperatorMessages(base.redis, place.channel), base.redis)
    localizer = load_localizations(base.settings).localizer(settings.language, settings.time_zone, Layout())
    calls = OperatorCalls(place, side, base.metrics)
    return OperatorParts(OperatorChannel(calls, store, localizer, base.metrics))


def operator_token(settings: OperatorSettings) -> str | None:
    """The token of the operators' channel; None where there is no channel.

    Raises:
        ConfigurationError: channel and token are not both set, the token is set twice, or its file cannot be read.
    """
    given = settings.token.get_secret_value().strip() if settings.token else ""
    if given and settings.token_file is not None:
        raise ConfigurationError(Diagnostic(f"set as well as {_FILE}; set one of them", source=_TOKEN))
    token = given or (_read(settings.token_file) if settings.token_file is not None else "")
    if settings.channel is None and token:
        raise ConfigurationError(Diagnostic(f"set without {_CHANNEL}; name the channel too", source=_TOKEN))
    if settings.channel is not None and not token:
        remedy = f"set {_TOKEN} or {_FILE} to the bot token that posts there"
        raise ConfigurationError(Diagnostic(f"set without a token; {remedy}", source=_CHANNEL))
    return token or None


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(Diagnostic(f"cannot be read: {error}", source=_FILE)) from None
