"""The Alertmanager receiver that sends a tenant's alerts to a gateway."""

from dataclasses import dataclass

from router.core.model.alert import TenantId


@dataclass(frozen=True, slots=True)
class UpstreamReceiver:
    """What to configure in the Alertmanager that sends for a tenant; `token_file` is a path on its machine."""

    tenant: TenantId
    gateway: str
    token_file: str

    @property
    def name(self) -> str:
        """What Alertmanager's routes call the receiver."""
        return f"alert-router-{self.tenant}"

    def config(self) -> dict[str, object]:
        """The receiver as an entry of Alertmanager's `receivers`.

        Without `send_resolved` nothing would turn green; with a `max_alerts` above 0, a cut body would hide alerts.
        """
        webhook = {
            "url": f"{self.gateway}/v1/tenants/{self.tenant}/alerts",
            "send_resolved": True,
            "max_alerts": 0,
            "http_config": {"authorization": {"type": "Bearer", "credentials_file": self.token_file}},
        }
        return {"name": self.name, "webhook_configs": [webhook]}
