"""Read a body as its sender is to be answered: what cannot be used is a problem of the request."""

from router.core.model.alert import Webhook
from router.core.model.instant import Instant
from router.core.parse.bounds import BodyBounds
from router.core.parse.webhook import parse
from router.errors import PayloadError
from router.http.problems import Problem


def read_body(body: bytes, received: Instant, bounds: BodyBounds) -> Webhook:
    """What a body holds.

    Raises:
        Problem: 400 where it is not a webhook, or none of its alerts can be read.
    """
    try:
        webhook = parse(body, received, bounds)
    except PayloadError as error:
        raise Problem(400, error.reason.replace("_", "-"), str(error)) from None
    if webhook.rejected and not webhook.alerts:
        first = webhook.rejected[0].error
        raise Problem(400, "no-readable-alert", f"no alert of the body can be read; the first: {first}")
    return webhook
