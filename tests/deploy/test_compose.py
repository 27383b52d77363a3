"""docker-compose.yml by itself: valid, pinned, in a start order that ends, with nothing open that need not be."""

import json
import re
from graphlib import TopologicalSorter

import jsonschema
import pytest

from router.settings import Settings
from tests.deploy.reading import IMAGES, TOP, document, ours, services, volumes

ONCE = {"tenant", "token", "migrate", "adopt", "audit-key", "operator"}
LASTING = sorted(services().keys() - ONCE)


def seconds(text: str) -> float:
    number, unit = float(text[:-1]), text[-1]
    return number * {"s": 1, "m": 60}[unit]


def test_it_is_valid_by_the_schema_of_the_compose_specification() -> None:
    schema = json.loads((TOP / "tests/data/compose-spec.json").read_text(encoding="utf-8"))

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document("docker-compose.yml"))


def test_foreign_images_have_a_full_version_and_its_digest() -> None:
    foreign = {service["image"] for service in services().values()} - IMAGES.keys()
    pinned = re.compile(r"[a-z0-9/]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?@sha256:[0-9a-f]{64}")

    assert len(foreign) == 6
    assert [image for image in foreign if not pinned.fullmatch(image)] == []


def test_valkey_is_of_a_version_without_known_holes() -> None:
    version = re.search(r":(\d+)\.(\d+)\.(\d+)", services()["valkey"]["image"])

    assert version
    assert tuple(map(int, version.groups())) >= (8, 1, 8)


@pytest.mark.parametrize("name", sorted(ours()))
def test_only_the_emulator_runs_the_image_that_has_one(name: str) -> None:
    target = IMAGES[ours()[name]["image"]]

    assert ours()[name]["build"] == {"context": ".", "target": target}
    assert target == ("local" if name == "emulator" else "service")


def test_the_start_order_has_an_end_and_waits_only_for_what_can_come() -> None:
    order = {name: service.get("depends_on", {}) for name, service in services().items()}

    for wanted in order.values():
        for name, how in wanted.items():
            assert how["condition"] == ("service_completed_successfully" if name in ONCE else "service_healthy")
    place = {name: index for index, name in enumerate(TopologicalSorter(order).static_order())}
    assert place["tenant"] < place["worker"] < place["gateway"] < place["alertmanager"]
    assert place["token"] < place["alertmanager"] < place["prometheus"] < place["grafana"]
    assert max(place["kafka"], place["valkey"]) < place["worker"]
    assert place["postgres"] < place["migrate"] < place["adopt"] < min(place["projector"], place["control"])
    assert place["token"] < place["adopt"]


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_watched_and_started_again(name: str) -> None:
    service = services()[name]

    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"
    assert seconds(service["healthcheck"]["start_period"]) >= 30


@pytest.mark.parametrize("name", sorted(ONCE))
def test_what_runs_once_is_not_started_again(name: str) -> None:
    assert "restart" not in services()[name]


@pytest.mark.parametrize("name", sorted(ours()))
def test_our_containers_can_write_nowhere_and_gain_nothing(name: str) -> None:
    service = ours()[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "user" not in service


def test_ports_are_open_to_this_machine_alone() -> None:
    published = [port for service in services().values() for port in service.get("ports", [])]

    assert len(published) == 6
    assert [port for port in published if not re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port)] == []


def test_no_port_for_operators_is_published(settings: Settings) -> None:
    ports = settings.gateway.operations_port, settings.worker.port, settings.projector.port
    inside = {str(one) for one in (*ports, settings.control.operations_port)}

    assert not [port for one in services().values() for port in one.get("ports", []) if port.split(":")[2] in inside]


def test_two_workers_have_the_time_that_they_need_to_finish_what_is_in_hand(settings: Settings) -> None:
    worker = services()["worker"]

    assert worker["deploy"]["replicas"] == 2
    assert (
        seconds(worker["stop_grace_period"]) >= 2 * settings.worker.drain_s + settings.slack.timeout_s
    )  # records, then calls


def test_without_its_profile_nothing_of_the_record_is_started_or_waited_for() -> None:
    of_the_record = {name for name, one in services().items() if one.get("profiles") in (["record"], ["operator"])}
    others = [one for name, one in services().items() if name not in of_the_record]

    assert of_the_record == {"postgres", "migrate", "adopt", "audit-key", "projector", "control", "operator"}
    assert not of_the_record & {waited for one in others for waited in one.get("depends_on", {})}


def test_what_must_not_be_lost_is_in_volumes() -> None:
    kept = set(document("docker-compose.yml")["volumes"])
    used = {
        source: target for service in services().values() for source, target in volumes(service) if source in kept
    }

    assert used.keys() == kept
    assert services()["kafka"]["environment"]["KAFKA_LOG_DIRS"] == used["kafka"]
    assert f"--storage.path={used['alertmanager']}" in services()["alertmanager"]["command"]


def test_every_file_that_is_mounted_exists() -> None:
    mounted = [source for service in services().values() for source, _ in volumes(service) if source.startswith(".")]

    assert len(mounted) == 18
    assert [source for source in mounted if not (TOP / source).exists()] == []
