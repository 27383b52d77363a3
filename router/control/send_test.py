"""One test message to one receiver, past everything that is stored: no notification, no budget, no books."""

import secrets
from typing import Final

from router.config.finding import guess
from router.control.diagnosis import Trouble, trouble
from router.control.toolbox import Desk
from router.core.model.tenant import Receiver, ReceiverName, Tenant
from router.core.render.test_message import render_test_message
from router.core.slack.answer import Accepted
from router.core.slack.call import post
from router.errors import OperationError, SecretNotFoundError

_MARK: Final = "test-"


async def send_trial(desk: Desk, tenant: Tenant, name: str) -> Accepted | Trouble:
    """Send it; where it stands, or why it does not.

    Raises:
        OperationError: the tenant has no receiver of that name.
    """
    receiver = _receiver(tenant, name)
    try:
        token = await desk.secrets.find(tenant.tenant_id, tenant.token)
    except SecretNotFoundError as error:
        found, _, cure = str(error).partition("; ")
        return Trouble(found, cure)
    localizer = desk.load_localizations().localizer(receiver.locale, tenant.time_zone, receiver.layout)
    message = render_test_message(receiver, tenant, localizer, await desk.redis.now())
    answer = await desk.slack.send(token, post(receiver.channel, message, _MARK + secrets.token_hex(8)))
    return answer if isinstance(answer, Accepted) else trouble(answer, tenant)


def _receiver(tenant: Tenant, name: str) -> Receiver:
    receiver = tenant.receivers.get(ReceiverName(name))
    if receiver is None:
        known = guess(name, tenant.receivers) or f"; it has {', '.join(tenant.receivers)}"
        raise OperationError(f"tenant {tenant.tenant_id!r} has no receiver {name!r}{known}")
    return receiver
