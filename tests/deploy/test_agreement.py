"""The deployment and the code say the same: variables, commands, ports, health checks, tokens."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from alert_router_local.engines import start_redis
from alert_router_local.seeding import token_of
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis
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
from router.settings import Settings
from tests.deploy.reading import PREFIX, TOP, document, environment_file, filled, image, ours, services, volumes

SECRET: Final = f"{PREFIX}SECRET_FILE__"
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

    assert used | {"COMPOSE_PROFILES"} == {name for name in environment_file() if not name.startswith(PREFIX)}
    for name, default in re.findall(r"\$\{(\w+):-([^}]+)\}", text):
        assert environment_file()[name] == default


@pytest.mark.parametrize("name", sorted(ours()))
def test_every_process_of_ours_has_all_the_settings_and_no_other(name: str) -> None:
    assert ours()[name]["env_file"] == ".env"
    assert "environment" not in ours()[name]


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
    [source] = [one["file"] for one in filled(document("docker-compose.yml"))["secrets"].values()]

    assert {name for name, one in services().items() if "secrets" in one} == {"worker"}
    assert (TOP / source).read_text(encoding="utf-8").strip() == token_of("demo")
    assert SLACK_TOKEN not in (TOP / ".env.example").read_text(encoding="utf-8")


def test_the_emulator_is_a_profile_that_the_workers_do_without() -> None:
    assert services()["emulator"]["profiles"] == [environment_file()["COMPOSE_PROFILES"]]
    assert services()["worker"]["depends_on"]["emulator"]["required"] is False


def test_the_sample_prometheus_has_a_rule_that_fires_and_sends_it(settings: Settings) -> None:
    config, rules = document("deploy/prometheus/prometheus.yml"), document("deploy/prometheus/rules.yml")
    looked_at = [host for job in config["scrape_configs"] for host in job["static_configs"][0]["targets"]]

    assert [host for host in looked_at if host.partition(":")[0] not in services()] == ["database:9100"]
    assert f"gateway:{settings.gateway.operations_port}" in looked_at
    assert config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] == ["alertmanager:9093"]
    [rule] = rules["groups"][0]["rules"]
    assert rule["expr"] == "up == 0"
    assert {"summary", "description", "runbook_url", "dashboard_url"} <= rule["annotations"].keys()


def test_the_addresses_lead_to_the_services(settings: Settings) -> None:
    assert settings.redis.url is not None
    kafka, valkey, slack = (
        str(settings.kafka.bootstrap_servers), settings.redis.url.get_secret_value(), str(settings.slack.base_url),
    )  # fmt: skip
    emulator = options("emulator")

    assert services()["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"] == f"PLAINTEXT://{kafka}"
    assert kafka.endswith(":9092")
    assert urlsplit(valkey).hostname in services()
    assert slack == f"http://emulator:{emulator['port']}/api/"
    assert settings.kafka.create_topics


def test_what_is_published_is_what_listens(settings: Settings) -> None:
    inside = {
        name: [port.split(":")[2] for port in one["ports"]] for name, one in services().items() if "ports" in one
    }

    assert inside == {
        "gateway": [str(settings.gateway.port)],
        "emulator": [str(options("emulator")["page_port"])],
        "alertmanager": ["9093"],
        "prometheus": ["9090"],
    }


def test_every_health_check_of_ours_asks_a_path_and_a_port_that_are_served(settings: Settings) -> None:
    roles = {str(getattr(route, "path", "")) for route in operations({}, Metrics(CollectorRegistry())).routes}
    emulated = {route.path for route in control_routes(Director()) if route.method == "GET"}
    asked = {name: one["healthcheck"]["test"][-2:] for name, one in ours().items() if "healthcheck" in one}

    assert asked == {
        "gateway": [str(settings.gateway.operations_port), "/ready"],
        "worker": [str(settings.worker.port), "/ready"],
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


async def test_valkey_takes_its_arguments_evicts_nothing_and_appends(tmp_path: Any) -> None:
    program, *arguments = services()["valkey"]["command"]
    engine = await start_redis(*arguments, "--dir", str(tmp_path))
    client: Any
    async with Redis.from_url(f"redis://127.0.0.1:{engine.port}/0", decode_responses=True) as client:
        shown = await client.config_get("maxmemory-policy", "appendonly", "appendfsync", "save")
    await engine.stop()

    assert program == "valkey-server"
    assert shown == {"maxmemory-policy": "noeviction", "appendonly": "yes", "appendfsync": "everysec", "save": ""}


def options(name: str) -> dict[str, Any]:
    """The parsed options of the command of a service."""
    command: Any = get_command(app)
    words = list(services()[name]["command"])
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    parsed: dict[str, Any] = command.make_context(name, words).params
    return parsed
