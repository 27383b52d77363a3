"""Why alerts are notified or not, by a control API."""

from router.adapters.control_http.asking import ControlServer, Question
from router.adapters.control_http.reading import ExplanationPage, read, tenant_path
from router.control.explain.asked import Asked
from router.control.explain.explained import Explained
from router.core.model.alert import TenantId
from router.errors import UnavailableError

_TEXT = "text"


class RemoteExplaining:
    """See `Explaining`."""

    def __init__(self, server: ControlServer) -> None:
        self._server = server

    async def explain(self, tenant: TenantId, asked: Asked, language: str = "") -> list[Explained]:
        """One for each alert that fits."""
        message = asked.message
        link = (
            "" if message is None else f"https://slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}"
        )
        body = {
            "labels": dict(asked.labels),
            "group": asked.group or asked.digest,
            "fingerprint": asked.fingerprint,
            "message": link,
            "locale": language,
        }
        answer = await self._server.ask(Question("POST", tenant_path(tenant, "explain"), body=body))
        found = read(answer, ExplanationPage)
        if not all(isinstance(one.get(_TEXT), str) for one in found.items):
            raise UnavailableError("the control API answers explanations without words", "it is of an older release")
        return [Explained({name: one[name] for name in one if name != _TEXT}, one[_TEXT]) for one in found.items]
