"""How to reach Kafka: the arguments that producer, consumer and admin client share."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka.helpers import create_ssl_context
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512


@dataclass(frozen=True, slots=True)
class KafkaConnection:
    """Bootstrap servers and security, as plain values."""

    bootstrap_servers: str
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str = "SCRAM-SHA-512"
    sasl_username: str | None = None
    sasl_password: str | None = None
    ssl_cafile: Path | None = None

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments for any client of aiokafka."""
        return {
            "bootstrap_servers": self.bootstrap_servers,
            "security_protocol": self.security_protocol,
            "ssl_context": self._ssl_context(),
            **self._sasl(),
        }

    def security(self) -> BaseSecurity:
        """The same for FastStream."""
        context = self._ssl_context()
        if not self.security_protocol.startswith("SASL_"):
            return BaseSecurity(ssl_context=context)
        kind = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}
        return kind[self.sasl_mechanism](
            username=self.sasl_username or "", password=self.sasl_password or "", ssl_context=context
        )

    def _ssl_context(self) -> ssl.SSLContext | None:
        if not self.security_protocol.endswith("SSL"):
            return None
        context: ssl.SSLContext = create_ssl_context(cafile=str(self.ssl_cafile) if self.ssl_cafile else None)
        return context

    def _sasl(self) -> dict[str, Any]:
        if not self.security_protocol.startswith("SASL_"):
            return {}
        return {
            "sasl_mechanism": self.sasl_mechanism,
            "sasl_plain_username": self.sasl_username,
            "sasl_plain_password": self.sasl_password,
        }
