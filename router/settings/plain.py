"""Connections that are not encrypted: to another machine than this one, each needs a setting that allows it.

Otherwise alerts, tokens and passwords would cross a network in clear, and nobody would have decided that.
"""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from router.diagnostic import Diagnostic
from router.settings.aws_kms import AwsKmsSettings
from router.settings.postgres import PostgresSettings
from router.settings.sections import KafkaSettings, RedisSettings, SlackSettings
from router.settings.tracing import TracingSettings
from router.settings.transit import TransitSettings

_KAFKA: Final = "ALERT_ROUTER_KAFKA"
_REDIS: Final = "ALERT_ROUTER_REDIS"
_SLACK: Final = "ALERT_ROUTER_SLACK"
_TRACING: Final = "ALERT_ROUTER_TRACING"
_TRANSIT: Final = "ALERT_ROUTER_TRANSIT"
_AWS_KMS: Final = "ALERT_ROUTER_AWS_KMS"
_NO_KMS_URL: Final = (
    "is not the address of AWS KMS without a path, such as https://vpce-0abc.kms.eu-central-1.vpce.amazonaws.com"
)
_NO_TRANSIT_URL: Final = "is not the address of OpenBao or Vault without a path, such as https://openbao:8200"
_NO_REDIS_URL: Final = (
    "is not a URL of Redis, which is redis://[USER]:PASSWORD@HOST:PORT/DATABASE, or rediss:// with TLS; in a password"
    " write # / ? @ : % as %23 %2F %3F %40 %3A %25"
)
_NO_SLACK_URL: Final = "is not an address of Slack's Web API, which is https://slack.com/api/"
_NO_COLLECTOR_URL: Final = "is not an address that takes traces, such as https://collector:4318/v1/traces"
_POSTGRES: Final = "ALERT_ROUTER_POSTGRES"
_NO_POSTGRES_URL: Final = "is not a URL of PostgreSQL, which is postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
_SERVER: Final = "ALERT_ROUTER_SERVER"
_NO_SERVER_URL: Final = "is not the address of a control API, which is https://HOST or https://HOST:PORT"
_NO_GATEWAY_URL: Final = "is not the address of a gateway without a path, which is https://HOST or https://HOST:PORT"
_CHECKED: Final = frozenset({"verify-ca", "verify-full"})
_OFF: Final = frozenset({"none", "false", "f", "no", "n", "0"})
"""How the client writes that something is not checked."""


def plain_connections(kafka: KafkaSettings, redis: RedisSettings, slack: SlackSettings) -> Iterator[Diagnostic]:
    """What is wrong with the addresses: not one at all, or neither encrypted nor allowed to be in clear."""
    if kafka.bootstrap_servers:
        yield from _kafka(kafka, kafka.bootstrap_servers)
    if redis.url is not None:
        for url in re.split(r",(?=rediss?://)", redis.url.get_secret_value()):
            yield from _redis(redis, url)
    if slack.base_url:
        yield from _slack(slack, slack.base_url)


def _kafka(kafka: KafkaSettings, servers: str) -> Iterator[Diagnostic]:
    protocol = kafka.security_protocol
    elsewhere = next((host for host in map(_host, filter(None, servers.split(","))) if not _is_here(host)), None)
    if protocol.endswith("SSL") or elsewhere is None or kafka.allow_plain:
        return
    what = "the password and all alerts" if (protocol, kafka.sasl_mechanism) == _PASSWORD_IN_CLEAR else "all alerts"
    why = f"with {protocol} {what} go to {elsewhere} in clear; use {protocol.replace('PLAINTEXT', 'SSL')}"
    yield Diagnostic(f"{why}, {_or_allow(_KAFKA)}", source=f"{_KAFKA}__SECURITY_PROTOCOL")


_PASSWORD_IN_CLEAR: Final = ("SASL_PLAINTEXT", "PLAIN")


def _host(server: str) -> str:
    host, _, port = server.strip().rpartition(":")
    return (host or port).strip("[]")


def _redis(redis: RedisSettings, url: str) -> Iterator[Diagnostic]:
    parts = _redis_url(url)
    if parts is None:
        yield Diagnostic(_NO_REDIS_URL, source=f"{_REDIS}__URL")
    elif parts.scheme != "unix" and not _is_here(parts.hostname or "") and not redis.allow_plain:
        options = {name: values[-1].lower() for name, values in parse_qs(parts.query).items()}
        unchecked = [name for name in ("ssl_cert_reqs", "ssl_check_hostname") if options.get(name) in _OFF]
        if parts.scheme == "redis":
            why = f"the password and all alerts go to {parts.hostname} in clear; use rediss://"
            yield Diagnostic(f"{why}, {_or_allow(_REDIS)}", source=f"{_REDIS}__URL")
        elif unchecked:
            why = f"{unchecked[0]} lets anybody answer in the place of {parts.hostname}; leave it out"
            yield Diagnostic(f"{why}, {_or_allow(_REDIS)}", source=f"{_REDIS}__URL")


def _redis_url(url: str) -> SplitResult | None:
    """The parts; None where it would be read as another server than was meant: no error may show a password."""
    parts = _parts(url)
    if parts is None or parts.fragment or "@" in parts.query:
        return None
    if parts.scheme == "unix":
        return parts if "@" not in parts.path else None
    is_server = parts.scheme in {"redis", "rediss"} and parts.hostname and re.fullmatch(r"(/\d*)?", parts.path)
    return parts if is_server else None


def _slack(slack: SlackSettings, url: str) -> Iterator[Diagnostic]:
    parts = _parts(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        yield Diagnostic(_NO_SLACK_URL, source=f"{_SLACK}__BASE_URL")
    elif parts.scheme == "http" and not _is_here(parts.hostname) and not slack.allow_plain:
        why = f"tokens and all messages go to {parts.hostname} in clear; use https://"
        yield Diagnostic(f"{why}, {_or_allow(_SLACK)}", source=f"{_SLACK}__BASE_URL")


def plain_collector(tracing: TracingSettings) -> Iterator[Diagnostic]:
    """The same of the address that takes traces."""
    url = tracing.endpoint
    parts = _parts(url) if url else None
    if not url:
        return
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        yield Diagnostic(_NO_COLLECTOR_URL, source=f"{_TRACING}__ENDPOINT")
    elif parts.scheme == "http" and not _is_here(parts.hostname) and not tracing.allow_plain:
        why = f"names of tenants go to {parts.hostname} in clear; use https://"
        yield Diagnostic(f"{why}, {_or_allow(_TRACING)}", source=f"{_TRACING}__ENDPOINT")


def plain_transit(transit: TransitSettings) -> Iterator[Diagnostic]:
    """The same of the address of a key service."""
    if transit.url and (where := _server(transit.url)) is None:
        yield Diagnostic(_NO_TRANSIT_URL, source=f"{_TRANSIT}__URL")
    elif transit.url and where and _is_in_clear(where) and not transit.allow_plain:
        why = f"tenants' keys and the token go to {where.hostname} in clear; use https://"
        yield Diagnostic(f"{why}, {_or_allow(_TRANSIT)}", source=f"{_TRANSIT}__URL")


def plain_kms(kms: AwsKmsSettings) -> Iterator[Diagnostic]:
    """The same of the address that stands in for that of AWS KMS."""
    if kms.endpoint and (where := _server(kms.endpoint)) is None:
        yield Diagnostic(_NO_KMS_URL, source=f"{_AWS_KMS}__ENDPOINT")
    elif kms.endpoint and where and _is_in_clear(where) and not kms.allow_plain:
        why = f"tenants' keys go to {where.hostname} in clear; use https://"
        yield Diagnostic(f"{why}, {_or_allow(_AWS_KMS)}", source=f"{_AWS_KMS}__ENDPOINT")


def _server(url: str) -> SplitResult | None:
    """The parts of the address of a server without a path; None where it is not one."""
    parts = _parts(url)
    is_one = parts and parts.scheme in {"http", "https"} and parts.hostname and parts.path in {"", "/"}
    return parts if is_one and not re.search("[@?#]", url) else None


def _is_in_clear(parts: SplitResult) -> bool:
    return parts.scheme == "http" and not _is_here(parts.hostname or "")


def plain_server(url: str, *, allow_plain: bool) -> Iterator[Diagnostic]:
    """The same of the address of a control API that a command asks."""
    parts = _parts(url)
    is_one = (
        parts is not None and parts.scheme in {"http", "https"} and parts.hostname and not re.search("[@?#]", url)
    )
    if parts is None or not is_one:
        yield Diagnostic(_NO_SERVER_URL, source=_SERVER)
    elif parts.scheme == "http" and not _is_here(parts.hostname or "") and not allow_plain:
        why = f"the credential and all that is asked go to {parts.hostname} in clear; use https://"
        yield Diagnostic(f"{why}, or where the network is trusted set {_SERVER}_ALLOW_PLAIN=true", source=_SERVER)


def plain_gateway(url: str, *, allow_plain: bool) -> Iterator[Diagnostic]:
    """The same of the address of a gateway that `alert-router seal` hands bodies to."""
    parts = _parts(url)
    is_one = parts and parts.scheme in {"http", "https"} and parts.hostname and parts.path in {"", "/"}
    if parts is None or not is_one or re.search("[@?#]", url):
        yield Diagnostic(_NO_GATEWAY_URL, source="--to")
    elif parts.scheme == "http" and not _is_here(parts.hostname or "") and not allow_plain:
        why = f"the token and the tenant's public key cross the way to {parts.hostname} in clear; use https://"
        yield Diagnostic(f"{why}, or where the network is trusted --allow-plain", source="--to")


def plain_listener(host: str, *, allow_plain: bool) -> Iterator[Diagnostic]:
    """The same of the address at which it takes what is not sealed yet."""
    if not _is_here(host) and not allow_plain:
        why = f"alerts and tokens come to {host} in clear; use 127.0.0.1"
        yield Diagnostic(f"{why}, or where the network is trusted --allow-plain", source="--listen")


def plain_record(postgres: PostgresSettings) -> Iterator[Diagnostic]:
    """The same of the addresses of PostgreSQL."""
    for name in ("url", "projector_url", "migrator_url"):
        secret = getattr(postgres, name)
        if secret is not None:
            yield from _postgres(postgres, secret.get_secret_value(), f"{_POSTGRES}__{name.upper()}")


def _postgres(postgres: PostgresSettings, url: str, source: str) -> Iterator[Diagnostic]:
    parts = _parts(url)
    if parts is None or parts.scheme not in {"postgresql", "postgres"} or "@" in parts.query:
        yield Diagnostic(_NO_POSTGRES_URL, source=source)
        return
    mode = {name: values[-1] for name, values in parse_qs(parts.query).items()}.get("sslmode")
    if not _is_here(parts.hostname or "localhost") and mode not in _CHECKED and not postgres.allow_plain:
        why = f"anybody may answer in the place of {parts.hostname}, or listen; add ?sslmode=verify-full"
        yield Diagnostic(f"{why}, {_or_allow(_POSTGRES)}", source=source)


def _parts(url: str) -> SplitResult | None:
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        return None
    return parts if port != 0 else None


def _is_here(host: str) -> bool:
    """Whether what is sent there stays on this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _or_allow(section: str) -> str:
    return f"or where the network is trusted set {section}__ALLOW_PLAIN=true"
