"""A gateway, a worker of the shared pool and one of gold, each with its own login, and tenants of both."""

import json
from pathlib import Path
from typing import Final

import aiohttp
from alert_router_local.process import HOST, free_port
from slack_emulator import Emulator

from router.adapters.kafka.connecting import KafkaConnection
from tests import brokers, users
from tests.chaos.processes import Valkey
from tests.e2e.system import command
from tests.e2e.tenants import document
from tests.e2e.webhooks import Alert, body

SOON_S: Final = 60.0


class Pooled:
    """Such an installation, on engines of the suite."""

    def __init__(self, valkey: Valkey, kafka: KafkaConnection, slack: Emulator, folder: Path, name: str) -> None:
        self.valkey = valkey
        self.slack = slack
        self.folder = folder
        self.gateway = free_port()
        self.tokens: dict[str, str] = {}
        self.common = {
            **brokers.SETTINGS,
            "KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
            "KAFKA__INBOUND_TOPIC": name, "KAFKA__HELD_TOPIC": f"{name}.held", "KAFKA__GROUP_ID": name,
            "KAFKA__DEAD_LETTER_TOPIC": f"{name}.dead", "KAFKA__EVENTS_TOPIC": f"{name}.events",
            "KAFKA__CREATE_TOPICS": "true", "KAFKA__PARTITIONS": "1", "KAFKA__POOLS": '["gold"]',
            "SLACK__BASE_URL": f"{slack.url}/api/",
            "SECRET__ACME__SLACK": "xoxb-acme", "SECRET__GLOBEX__SLACK": "xoxb-acme",
        }  # fmt: skip

    def settings(self, login: str) -> dict[str, str]:
        return {**self.common, "REDIS__URL": users.url(login, f"{HOST}:{self.valkey.port}")}

    async def run(self, *arguments: str) -> str:
        finished = await command(*arguments, **self.settings("operator"))
        assert finished.code == 0, finished
        return finished.out

    async def add(self, tenant: str, **platform: str) -> None:
        file, made = self.folder / f"{tenant}.yaml", document(tenant)
        made["platform"] |= platform
        file.write_text(json.dumps(made), encoding="utf-8")
        await self.run("tenant", "apply", str(file))
        self.tokens[tenant] = (await self.run("token", "create", tenant)).strip()

    async def post(self, http: aiohttp.ClientSession, tenant: str, *alerts: Alert) -> None:
        url = f"http://{HOST}:{self.gateway}/v1/tenants/{tenant}/alerts"
        headers = {"Authorization": f"Bearer {self.tokens[tenant]}", "Content-Type": "application/json"}
        async with http.post(url, data=body(*alerts), headers=headers) as response:
            assert response.status == 202, await response.text()

    def shows(self, *texts: str) -> bool:
        messages = self.slack.channel("T1", "C1").messages.values()
        return any(all(text in one.text for text in texts) for one in messages)


async def is_ready(http: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with http.get(f"http://{HOST}:{port}/ready") as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False
