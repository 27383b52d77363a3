"""What a call teaches all who use the same bot: a channel is held, free, named, or dead; a token is dead.

A dead channel is closed for a while. Whatever waits for it goes on folding in its lane; when the time is over one
call finds out whether the channel lives again, and a new configuration of the tenant opens it at once. A dead token
is asked about now and then (`identities.py`); nobody calls with it meanwhile.
"""

from router.core.model.alert import TenantId
from router.core.model.instant import Span
from router.core.model.operation import Method
from router.core.slack.answer import Accepted, Answer, ChannelDead, HoldScope, Limited, TokenDead
from router.core.slack.new_block import NewBlock
from router.ports.budget import Limiter
from router.ports.slack import Verdict
from router.roles.notify.fallback import Fallback
from router.roles.notify.identities import Identities
from router.roles.notify.in_flight import Delivery
from router.roles.notify.trials import BlockTrials

_Place = tuple[str, str]


class Lessons:
    """Passes on what calls teach; of the dead channels is known here which tenant's calls found them."""

    def __init__(
        self, limiter: Limiter, identities: Identities, fallback: Fallback, trials: BlockTrials, closed_for: Span
    ) -> None:
        self._limiter = limiter
        self._identities = identities
        self._fallback = fallback
        self._trials = trials
        self._closed_for = closed_for
        self._dead: dict[TenantId, set[_Place]] = {}

    async def hold(self, delivery: Delivery, answer: Limited) -> None:
        """Slack takes no such call for a while; of a single channel there is a limit for posts alone."""
        scope = answer.scope if delivery.request.method is Method.POST else HoldScope.METHOD
        await self._limiter.hold(delivery.request, scope, answer.retry_after)

    async def answered(self, delivery: Delivery, answer: Answer) -> None:
        """A call has ended; before anybody else asks for its budget."""
        if delivery.request.alone_for:
            await self._limiter.release(delivery.request)
        match answer:
            case Accepted():
                await self._lives(delivery, answer)
            case ChannelDead():
                await self._dies(delivery, answer)
            case TokenDead():
                self._identities.refused(delivery.token, answer)
            case _:
                pass

    def tried(self, delivery: Delivery, blocks: frozenset[NewBlock], verdict: Verdict) -> None:
        """Slack has taken a message with these blocks, or refused one for them."""
        self._trials.note(delivery.request.workspace, blocks, verdict)

    async def give_back(self, delivery: Delivery) -> None:
        """The call is not made after all."""
        if delivery.request.alone_for:
            await self._limiter.give_back(delivery.request)

    async def _lives(self, delivery: Delivery, answer: Accepted) -> None:
        request = delivery.request
        self._dead.get(delivery.tenant.tenant_id, set()).discard((request.workspace, request.channel))
        if request.channel.startswith("#"):
            await self._limiter.learn_channel_id(request.workspace, request.channel, answer.channel)

    async def _dies(self, delivery: Delivery, answer: ChannelDead) -> None:
        place = delivery.request.workspace, delivery.request.channel
        await self._limiter.close_channel(*place, self._closed_for)
        self._dead.setdefault(delivery.tenant.tenant_id, set()).add(place)
        await self._limiter.forget_channel_id(place[0], delivery.policy.receiver.channel)
        self._fallback.notify(delivery, answer.error)

    async def close(self) -> None:
        """Notify nobody any more."""
        await self._fallback.close()
        await self._trials.close()

    async def open_all(self, tenant: TenantId) -> None:
        """The tenant has a new configuration: channels that were found dead may be tried at once."""
        for place in self._dead.pop(tenant, ()):
            await self._limiter.open_channel(*place)
