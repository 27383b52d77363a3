"""Send a test message to one receiver, bypassing stored state, budgets and the books."""

import secrets
from typing import Final

from router.config import stored
from router.config.compile.tenant import compile_tenant
from router.control.diagnosis import Diagnosis, diagnose
from router.control.receivers import find_receiver
from router.control.toolbox import Toolbox
from router.core.model.alert import TenantId
from router.core.render.test_message import render_test_message
from router.core.slack.answer import Accepted
from router.core.slack.call import post
from router.errors import SecretNotFoundError

_MARK: Final = "test-"


async def send_test_message(toolbox: Toolbox, tenant_id: TenantId, receiver_name: str) -> Accepted | Diagnosis:
    """Send it; returns where it is shown, or why it is not.

    Raises:
        OperationError: the tenant has no configuration, or no receiver of that name.
        ConfigurationError: this program cannot read the tenant's configuration.
    """
    active = await toolbox.tenants.active(tenant_id)
    tenant = compile_tenant(stored.load(active.text).document, active.version)
    receiver = find_receiver(tenant, receiver_name)
    if receiver.sends_nothing:
        return Diagnosis(f"receiver {receiver.name!r} has no destination", "give it one: slack: {channel: ...}")
    try:
        token = await toolbox.secrets.find(tenant.tenant_id, tenant.token)
    except SecretNotFoundError as error:
        return Diagnosis(error.problem, error.remedy)
    localizer = toolbox.load_localizations().localizer(receiver.locale, tenant.time_zone, receiver.layout)
    message = render_test_message(receiver, tenant, localizer, await toolbox.clock.now())
    answer = await toolbox.slack.send(token, post(receiver.channel, message, _MARK + secrets.token_hex(8)))
    return answer if isinstance(answer, Accepted) else diagnose(answer, tenant)
