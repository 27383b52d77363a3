"""`alert-router monitoring render`: files for Grafana and Prometheus, from a tenant's file."""

import json
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.cli.running import refused, run
from tests.config.samples import EXAMPLE


@pytest.fixture
def config(tmp_path: Path) -> str:
    file = tmp_path / "acme.yaml"
    file.write_text(EXAMPLE, encoding="utf-8")
    return str(file)


async def test_it_writes_a_dashboard_a_job_and_rules(config: str, tmp_path: Path) -> None:
    folder = tmp_path / "monitoring" / "acme"

    done = await run("monitoring", "render", "--config", config, "--gateway", "https://alerts.example/", str(folder))

    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [str(folder / name) for name in ("dashboard.json", "scrape.yml", "rules.yml")]
    assert json.loads((folder / "dashboard.json").read_text())["title"] == "Alert Router: acme"
    [job] = YAML(typ="safe").load((folder / "scrape.yml").read_text())["scrape_configs"]
    assert (job["scheme"], job["metrics_path"]) == ("https", "/metrics/tenants/acme")
    assert job["static_configs"] == [{"targets": ["alerts.example"], "labels": {"tenant": "acme"}}]
    assert job["authorization"] == {"credentials_file": "/etc/prometheus/acme.token"}


async def test_or_objects_of_prometheus_operator(config: str, tmp_path: Path) -> None:
    done = await run("monitoring", "render", "--config", config, "--service-monitor", str(tmp_path), "--json")

    assert json.loads(done.out) == {
        "tenant": "acme",
        "files": [str(tmp_path / "dashboard.json"), str(tmp_path / "monitoring.yaml")],
    }
    things = YAML(typ="safe").load_all((tmp_path / "monitoring.yaml").read_text())
    assert [one["kind"] for one in things] == ["ServiceMonitor", "PrometheusRule"]


@pytest.mark.parametrize(
    "gateway", ["gateway:8081", "http://user:secret@gateway", "http://gateway/path", "http://a b"]
)
async def test_what_is_no_address_is_refused_and_not_repeated(config: str, tmp_path: Path, gateway: str) -> None:
    done = await run("monitoring", "render", "--config", config, "--gateway", gateway, str(tmp_path / "new"))

    refused(done, 2, "--gateway", "should be the gateway's address")
    assert gateway not in done.err
    assert not (tmp_path / "new").exists()


async def test_one_source_is_wanted(config: str, tmp_path: Path) -> None:
    refused(await run("monitoring", "render", str(tmp_path)), 2, "name --tenant")
    refused(await run("monitoring", "render", "--tenant", "a", "--config", config, str(tmp_path)), 2, "and not both")


async def test_without_the_extra_it_is_named(config: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*sys.modules]:
        if name.startswith("grafana_foundation_sdk") or name == "router.monitoring.drawn":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "grafana_foundation_sdk", None)

    done = await run("monitoring", "render", "--config", config, str(tmp_path / "new"))

    refused(done, 2, "error: monitoring render", "pip install 'alert-router[monitoring]'")


async def test_a_folder_that_cannot_be_written_is_named(config: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done = await run("monitoring", "render", "--config", config, str(tmp_path / "file"))

    refused(done, 1, "cannot write to", "choose another folder")
