"""The topics that must exist before anything runs."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, NoError, TopicAlreadyExistsError, for_code

from router.adapters.kafka.closing import close_in_time
from router.adapters.kafka.connecting import RIGHTS, KafkaConnection
from router.core.model.instant import MILLISECOND, Span
from router.errors import OperationError
from router.ports.kafka import Stamped

TopicSettings = Mapping[str, str]
"""Names and values as Kafka has them."""

_REPLICAS_FOR_TWO: Final = 3
_STAMP: Final = "message.timestamp.type"
_KEPT: Final = "retention.ms"
_FOR_EVER: Final = -1
_KAFKAS_OWN: Final[Mapping[str, TopicSettings]] = MappingProxyType({})


def topic_settings(
    replication_factor: int, max_record_bytes: int, stamped: Stamped, kept: Span | None = None
) -> TopicSettings:
    """How a topic is created; its records are kept for so long, or as long as Kafka keeps them by itself.

    Of three replicas two must have a record before it counts as appended: else all that are in sync may be one.
    """
    settings = {"max.message.bytes": str(max_record_bytes)}
    if replication_factor >= _REPLICAS_FOR_TWO:
        settings["min.insync.replicas"] = "2"
    if stamped is Stamped.BY_BROKER:
        settings[_STAMP] = "LogAppendTime"
    if kept is not None:
        settings[_KEPT] = str(kept // MILLISECOND)
    return settings


async def ensure_topics(
    connection: KafkaConnection,
    topics: Sequence[str],
    *,
    create: bool,
    partitions: int,
    replication_factor: int,
    settings: Mapping[str, TopicSettings] = _KAFKAS_OWN,
) -> None:
    """Create the topics that are missing, with their settings, or name them; warn of those that have other settings.

    Raises:
        OperationError: Kafka cannot be reached, or topics are missing and are not to be created.
    """
    admin = _admin(connection)
    try:
        await admin.start()
        there = set(await admin.list_topics())
        missing = sorted(set(topics) - there)
        if missing and not create:
            raise OperationError(
                f"Kafka has no topic {', '.join(missing)}",
                remedy=f"create them, or set ALERT_ROUTER_KAFKA__CREATE_TOPICS=true{_or_rights(connection)}",
            )
        if missing:
            answer = await admin.create_topics(
                [
                    NewTopic(topic, partitions, replication_factor, topic_configs=dict(settings.get(topic, {})))
                    for topic in missing
                ]
            )
            _check(answer.topic_errors)
        await warn_of_others(admin, {one: settings[one] for one in topics if one in there and one in settings})
    except (KafkaError, OSError) as error:
        raise OperationError(
            f"Kafka cannot be reached at {connection.bootstrap_servers} ({type(error).__name__})",
            remedy=f"check ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS and that the broker runs{_and_login(connection)}",
        ) from error
    finally:
        await admin.close()


def _and_login(connection: KafkaConnection) -> str:
    """What else to check: a login that brokers refuse looks to us as if they were not there."""
    return "; then ALERT_ROUTER_KAFKA__SASL_USERNAME and __SASL_PASSWORD" if connection.logs_in else ""


def _or_rights(connection: KafkaConnection) -> str:
    """What else to do: topics to which a login has no right look as if they were not there."""
    return f"; if they are there, {RIGHTS}" if connection.logs_in else ""


async def warn_of_others(admin: AIOKafkaAdminClient, settings: Mapping[str, TopicSettings]) -> None:
    """Log which of these topics have another time, or keep records longer, than they should; where one may ask."""
    wanted = [ConfigResource(ConfigResourceType.TOPIC, one) for one in settings if {_STAMP, _KEPT} & {*settings[one]}]
    answers = list[Any]()
    if wanted:
        with suppress(KafkaError):
            answers = await admin.describe_configs(wanted)
    for _, _, _, topic, entries in (one for answer in answers for one in answer.resources if not one[0]):
        _warn_of(topic, dict(entry[:2] for entry in entries), settings[topic])


def _warn_of(topic: str, found: Mapping[str, str | None], wanted: TopicSettings) -> None:
    log = structlog.get_logger("router.kafka")
    if _STAMP in wanted and found.get(_STAMP) != wanted[_STAMP]:
        log.warning("topic_has_producers_time", topic=topic, remedy=f"set {_STAMP}={wanted[_STAMP]} on it")
    if _KEPT in wanted and _keeps_longer(found.get(_KEPT), wanted[_KEPT]):
        log.warning("topic_keeps_longer", topic=topic, remedy=f"set {_KEPT}={wanted[_KEPT]} on it")


def _keeps_longer(found: str | None, wanted: str) -> bool:
    return found is not None and (int(found) == _FOR_EVER or int(found) > int(wanted))


def _check(answers: Sequence[tuple[Any, ...]]) -> None:
    """The client raises nothing for a topic that was refused; somebody else may have been faster than we."""
    errors = {topic: for_code(code) for topic, code, *_ in answers}
    refused = [
        f"{topic} ({error.__name__})"
        for topic, error in errors.items()
        if error not in {NoError, TopicAlreadyExistsError}
    ]
    if refused:
        raise OperationError(
            f"Kafka does not create the topic {', '.join(refused)}",
            remedy="create it, fix its settings, or give the login the right to (CREATOR in deploy/kafka/acls.sh)",
        )


def _admin(connection: KafkaConnection) -> AIOKafkaAdminClient:
    admin = AIOKafkaAdminClient(**connection.arguments())
    close_in_time(admin._client)  # noqa: SLF001 - there is no public way
    return admin
