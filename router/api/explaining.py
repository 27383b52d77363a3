"""`/tenants/{tenant}/explain` and `/preview`: why an alert is notified or not, and what Slack would show."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from router.api.answers import Items, answered
from router.api.caller import Caller
from router.api.control import PREFIX, Control
from router.api.guard import needs
from router.api.live_answers import CallAnswer, ExplanationAnswer
from router.api.tenants import live_of
from router.config.compile.tenant import load_tenant
from router.control.access.permissions import Permission
from router.control.arrivals import Body
from router.control.channel_calls import call_json
from router.control.explain.as_json import as_json
from router.control.explain.asked import Asked, read_asked
from router.control.explain.webhooks import explain_webhooks
from router.control.preview import PreviewRequest, preview_channels
from router.control.receivers import no_receiver
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant, Span, parse_duration, parse_rfc3339
from router.core.model.rules.names import LANGUAGES
from router.core.model.rules.tenant import Tenant
from router.errors import ConfigurationError

_PATH: Final = "/tenants/{tenant}"
_EXPLAINED: Final = answered(Items[ExplanationAnswer])
_CALLS: Final = answered(Items[CallAnswer])
_EVERY: Final = "5m"
MAX_WEBHOOKS: Final = 20
"""Webhooks that are explained or previewed at once."""

MAX_LABELS: Final = 100
"""Labels of an alert that is asked about."""

ReadsRules = Annotated[Caller, needs(Permission.CONFIGURATION_READ)]
Text = Annotated[str, Field(max_length=1_000)]


class WantedAlert(BaseModel):
    """What is asked about: all that is given must fit."""

    model_config = ConfigDict(extra="forbid")

    labels: dict[Text, Text] = Field(default={}, max_length=MAX_LABELS, description="Labels of the alert.")
    group: str = Field(default="", pattern=r"^([0-9a-f]{32}(-digest)?)?$", description="The id of its group.")
    fingerprint: str = Field(default="", pattern=r"^([0-9a-f]{16})?$", description="Its fingerprint.")
    message: str = Field(default="", max_length=500, description="The link of its message in Slack.")
    locale: str = Field(
        default="", pattern=f"^({'|'.join(LANGUAGES)})?$", description="The language of `text`; else the tenant's."
    )


class WantedWebhooks(BaseModel):
    """Webhooks of Alertmanager, as they would arrive one after the other."""

    model_config = ConfigDict(extra="forbid")

    webhooks: list[dict[str, Any]] = Field(min_length=1, max_length=MAX_WEBHOOKS, description="Bodies of webhooks.")
    at: str = Field(default="", max_length=64, description="When the first arrives, RFC 3339; else its latest time.")
    every: str = Field(default=_EVERY, max_length=64, description="The time between two of them.")


class WantedPreview(WantedWebhooks):
    """The same, and for whom it is shown."""

    locale: str = Field(
        default="", pattern=f"^({'|'.join(LANGUAGES)}|all)?$", description="A language for all; else each receiver's."
    )
    receivers: list[Text] = Field(default=[], max_length=100, description="These alone.")


def routes(control: Control) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix=PREFIX, tags=["explain"])

    @router.post(
        f"{_PATH}/explain",
        summary="Why alerts are notified or not, as they stand now",
        dependencies=[needs(Permission.GROUP_READ)],
        **_EXPLAINED,
    )
    async def explain(tenant: str, wanted: WantedAlert) -> dict[str, Any]:
        await live_of(control, TenantId(tenant))
        asked = _asked(wanted)
        async with control.turns.of(TenantId(tenant)):
            found = await control.explaining.explain(TenantId(tenant), asked, wanted.locale)
        return {"items": [{**one.fields, "text": one.text} for one in found]}

    @router.post(f"{_PATH}/explain/webhooks", summary="What would become of each alert of webhooks", **_EXPLAINED)
    async def explain_bodies(tenant: str, wanted: WantedWebhooks, caller: ReadsRules) -> dict[str, Any]:
        rules, bodies, at, every = await _rules(control, caller, tenant), *_arriving(wanted)

        def work() -> list[dict[str, Any]]:
            return [as_json(one) for one in explain_webhooks(rules, bodies, at, every, control.localizations)]

        async with control.turns.of(TenantId(tenant)):
            return {"items": await asyncio.to_thread(work)}

    @router.post(f"{_PATH}/preview", summary="Each call to Slack that webhooks would lead to", **_CALLS)
    async def preview(tenant: str, wanted: WantedPreview, caller: ReadsRules) -> dict[str, Any]:
        request = _preview(await _rules(control, caller, tenant), wanted)

        def work() -> list[dict[str, Any]]:
            channels = preview_channels(request, control.localizations)
            return [call_json(call) for one in channels for call in one.calls]

        async with control.turns.of(TenantId(tenant)):
            return {"items": await asyncio.to_thread(work)}

    return router


async def _rules(control: Control, caller: Caller, tenant: str) -> Tenant:
    """The rules that are recorded, whether they are in force yet or not."""
    await live_of(control, TenantId(tenant))
    active = await control.tenants(caller.attempt).active(TenantId(tenant))
    return load_tenant(active.text, active.version)


def _asked(wanted: WantedAlert) -> Asked:
    words = [one for one in (wanted.group, wanted.fingerprint, wanted.message) if one]
    if not words and not wanted.labels:
        raise ConfigurationError("nothing is asked about; send labels, a group, a fingerprint or a message")
    return replace(read_asked(words) if words else Asked(), labels=wanted.labels)


def _arriving(wanted: WantedWebhooks) -> tuple[Sequence[Body], Instant, Span]:
    """The bodies, when the first arrives, and the time between two."""
    bodies = [Body(f"webhooks.{place}", json.dumps(one).encode()) for place, one in enumerate(wanted.webhooks)]
    try:
        at = parse_rfc3339(wanted.at) if wanted.at else NEVER
        return bodies, at, max(parse_duration(wanted.every), Span(1))
    except ValueError as error:
        raise ConfigurationError(str(error)) from None


def _preview(tenant: Tenant, wanted: WantedPreview) -> PreviewRequest:
    for name in wanted.receivers:
        if name not in tenant.receivers:
            raise ConfigurationError(no_receiver(tenant, name))
    every = LANGUAGES if wanted.locale == "all" else (wanted.locale or None,)
    bodies, at, between = _arriving(wanted)
    return PreviewRequest(tenant, bodies, every, wanted.receivers, at, between)
