"""Apache Kafka as in production: with TLS, a login for everybody, and no more rights than `deploy/` gives them."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from pydantic import SecretStr

from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.kafka.topics import ensure_topics
from router.app.compose import build_base
from router.app.lifecycle import ensure_all_topics
from router.core.pool import Pool
from router.settings import KafkaSettings, RedisSettings, Settings
from router.settings.event_topics import EventTopicSettings
from tests.http.certificates import authority, server_files
from tests.kafka.broker import Broker, java
from tests.waiting import eventually

ACLS: Final = Path(__file__).parents[2] / "deploy" / "kafka" / "acls.sh"

GATEWAY, WORKER, OPERATOR = "alert-router-gateway", "alert-router-worker", "alert-router-operator"
PRODUCER, OF_ACME, ALERTMANAGER = "alert-router-producer", "acme-producer", "acme-alertmanager"
CHECKPOINTER, CONTROL = "alert-router-checkpointer", "alert-router-control"
CREATOR, STRANGER = "creator", "stranger"
OF_GOLD: Final = "alert-router-worker-gold"
LOGINS: Final = (
    GATEWAY, WORKER, OPERATOR, CHECKPOINTER, CONTROL, PRODUCER, OF_ACME, ALERTMANAGER, OF_GOLD, CREATOR,
    STRANGER,
)  # fmt: skip
ADMIN: Final = "admin"

INBOUND, BOUND, HELD = "alerts.inbound", "alerts.of-acme", "alerts.held"
LETTERS, EVENTS, FOREIGN = "alerts.dead-letter", "alerts.events", "of-others"
CHECKPOINTS: Final = "audit.checkpoints"
INBOUND_GOLD, HELD_GOLD = "alerts.inbound.gold", "alerts.held.gold"
INBOUND_SILVER, HELD_SILVER = "alerts.inbound.silver", "alerts.held.silver"
ALERTMANAGERS: Final = "alertmanager.events"
TOPICS: Final = (
    INBOUND, BOUND, ALERTMANAGERS, HELD, LETTERS, EVENTS, CHECKPOINTS, FOREIGN, INBOUND_GOLD, HELD_GOLD,
    INBOUND_SILVER, HELD_SILVER,
)  # fmt: skip

MECHANISM: Final = "SCRAM-SHA-512"
MECHANISMS: Final = (MECHANISM, "SCRAM-SHA-256", "PLAIN")
_LOGIN: Final = "org.apache.kafka.common.security.scram.ScramLoginModule required"
_PLAIN: Final = "org.apache.kafka.common.security.plain.PlainLoginModule required"
_BROKER: Final = {
    "listener.security.protocol.map": "CLIENT:SASL_SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "listener.name.client.sasl.enabled.mechanisms": ",".join(MECHANISMS),
    "listener.name.client.scram-sha-512.sasl.jaas.config": f"{_LOGIN};",
    "listener.name.client.scram-sha-256.sasl.jaas.config": f"{_LOGIN};",
    "listener.name.client.plain.sasl.jaas.config": f'{_PLAIN} user_{WORKER}="{WORKER}";',
    "listener.name.client.ssl.keystore.type": "PEM",
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": "false",
    "super.users": f"User:{ADMIN};User:ANONYMOUS",
}
"""At ports of brokers alone, which clients have no business with, nobody logs in and everybody may do all."""
_ADMINS: Final = {
    "security.protocol": "SASL_SSL",
    "sasl.mechanism": MECHANISM,
    "sasl.jaas.config": f'{_LOGIN} username="{ADMIN}" password="{ADMIN}";',
    "ssl.truststore.type": "PEM",
}


@dataclass(frozen=True)
class Secured:
    """A broker that nobody uses without a login; each password is its login."""

    folder: Path
    broker: Broker

    @property
    def certificates(self) -> Path:
        """What clients trust."""
        return self.folder / "authority.pem"

    def connection(self, login: str, password: str = "", mechanism: str = MECHANISM) -> KafkaConnection:
        """How our clients log in, with the login's own password unless another is given."""
        return KafkaConnection(
            self.broker.address, "SASL_SSL", mechanism, login, password or login, self.certificates
        )

    def settings(self, login: str) -> Mapping[str, str]:
        """How a process of ours logs in."""
        return {
            "KAFKA__BOOTSTRAP_SERVERS": self.broker.address,
            "KAFKA__SECURITY_PROTOCOL": "SASL_SSL",
            "KAFKA__SASL_MECHANISM": MECHANISM,
            "KAFKA__SASL_USERNAME": login,
            "KAFKA__SASL_PASSWORD": login,
            "KAFKA__SSL_CAFILE": str(self.certificates),
        }

    async def empty(self) -> None:
        """Make all topics again, so that nothing is in them and no group has read any; rights stand, by name."""
        admin = AIOKafkaAdminClient(**self.connection(ADMIN).arguments())
        await admin.start()
        try:
            await admin.delete_topics(list(TOPICS))

            async def gone() -> bool:
                return not {*TOPICS} & {*await admin.list_topics()}

            await eventually(gone, within_s=20)
        finally:
            await admin.close()
        await _create_topics(self)

    async def give_rights(self, **variables: str) -> None:
        """Run the script of `deploy/` as it stands."""
        admins = self.folder / "admin.properties"
        _write(admins, {**_ADMINS, "ssl.truststore.location": str(self.certificates)})
        kafka_acls = self.folder / "kafka-acls.sh"
        command = java("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", main="org.apache.kafka.tools.AclCommand")
        kafka_acls.write_text(f'#!/bin/sh\nexec {" ".join(map(repr, command))} "$@"\n', encoding="utf-8")
        kafka_acls.chmod(0o700)
        process = await asyncio.create_subprocess_exec(
            ACLS, "--bootstrap-server", self.broker.address, "--command-config", str(admins),
            env={"PATH": f"{self.folder}:{os.environ['PATH']}", **variables},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output, _ = await process.communicate()
        assert process.returncode == 0, output.decode()


@asynccontextmanager
async def secured(folder: Path) -> AsyncIterator[Secured]:
    """A broker with all logins, their rights, the topics that their creator makes, and one that is not ours."""
    files = server_files(folder)
    pair = folder / "broker.pem"
    pair.write_bytes(files.key.read_bytes() + files.certificate.read_bytes())
    settings = {**_BROKER, "listener.name.client.ssl.keystore.location": str(pair)}
    scram = {login: login for login in (ADMIN, *LOGINS)}
    one = Secured(folder, Broker(folder / "kafka", settings=settings, scram=scram))
    one.certificates.write_bytes(authority().certificate())
    try:
        await one.broker.start()
        owned = {"BOUND_TOPICS": f"{BOUND}={OF_ACME}", "EVENT_TOPICS": f"{ALERTMANAGERS}={ALERTMANAGER}"}
        await one.give_rights(
            PRODUCERS=PRODUCER,
            CREATOR=CREATOR,
            CHECKPOINTER=CHECKPOINTER,
            CONTROL=CONTROL,
            POOLS=f"gold={OF_GOLD} silver={STRANGER}-silver",
            **owned,
        )
        await _create_topics(one)
        yield one
    finally:
        await one.broker.stop()


async def _create_topics(one: Secured) -> None:
    kafka = KafkaSettings(
        bootstrap_servers=one.broker.address,
        security_protocol="SASL_SSL",
        sasl_username=CREATOR,
        sasl_password=SecretStr(CREATOR),
        ssl_cafile=one.certificates,
        create_topics=True,
        partitions=1,
        bound_topics={BOUND: "acme"},
        pools=(Pool("gold"), Pool("silver")),
        event_topics={ALERTMANAGERS: EventTopicSettings(tenant="acme")},
    )
    redis = RedisSettings(url=SecretStr("redis://127.0.0.1:1/0"))
    await ensure_all_topics(build_base(Settings(kafka=kafka, redis=redis), {}))
    others = [CHECKPOINTS, FOREIGN]
    await ensure_topics(one.connection(ADMIN), others, create=True, partitions=1, replication_factor=1)


def _write(path: Path, properties: Mapping[str, str]) -> None:
    path.write_text("".join(f"{name}={value}\n" for name, value in properties.items()), encoding="utf-8")
