"""The sample Alertmanager sends as `upstream` says, for a tenant that is there, with the token that was made."""

from typing import Any

from ruamel.yaml import YAML

from tests.cli.running import run
from tests.deploy.reading import TOP, document, services, volumes
from tests.e2e.alertmanager import checked

FILE = "deploy/alertmanager/alertmanager.yml"


async def test_its_receivers_are_those_that_upstream_prints() -> None:
    config, (folder,) = (
        document(FILE),
        [at for source, at in volumes(services()["alertmanager"]) if source == "tokens"],
    )
    file = f"{folder}/{services()['token']['command'][-1].rpartition('/')[2]}"

    printed = await run("upstream", "demo", "--url", "http://gateway:8080", "--token-file", file)

    assert config["receivers"] == read(printed.out)["receivers"]
    assert config["route"]["receiver"] == config["receivers"][0]["name"]
    assert config["route"]["repeat_interval"] == "4h"
    assert (TOP / "deploy/tenants/demo.yaml").exists()


def test_it_is_mounted_where_it_is_read() -> None:
    service = services()["alertmanager"]
    [target] = [target for source, target in volumes(service) if source == f"./{FILE}"]

    assert f"--config.file={target}" in service["command"]


async def test_alertmanagers_own_tool_finds_it_valid() -> None:
    assert "1 receivers" in await checked(TOP / FILE)


def read(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)
