"""The emulator's own HTTP API, for tests and demonstrations in another process.

Everything is JSON. A request that names something unknown is answered with 404, an invalid one with 400, both as
`{"ok": false, "error": text}`. Tokens are never returned.
"""

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from slack_emulator.director import Director
from slack_emulator.faults import Fault, FaultKind
from slack_emulator.shown import texts_json, workspace_json
from slack_emulator.workspace import TokenStatus

Json = dict[str, Any]
Action = Callable[[Director, Json], Json]
_Handler = Callable[[web.Request], Awaitable[web.Response]]

_CHANNEL_KEYS = {"id", "name", "private", "member", "read_only", "members"}


def control_routes(director: Director) -> list[web.RouteDef]:
    """All routes outside the Web API."""
    return [
        web.get("/live", _answering(director, lambda _director, _query: {"ok": True})),
        web.get("/emulator/workspaces", _answering(director, _workspaces)),
        web.get("/emulator/texts", _answering(director, _texts)),
        web.get("/emulator/calls", _answering(director, _calls)),
        web.get("/emulator/anomalies", _answering(director, _anomalies)),
        web.post("/emulator/workspaces", _answering(director, _add_workspace)),
        web.post("/emulator/faults", _answering(director, _inject)),
        web.delete("/emulator/faults", _answering(director, _clear_faults)),
        web.post("/emulator/tokens/status", _answering(director, _set_token_status)),
        web.post("/emulator/tokens/scopes", _answering(director, _grant)),
        web.post("/emulator/channels/archive", _answering(director, _archive_channel)),
        web.post("/emulator/channels/rename", _answering(director, _rename_channel)),
        web.post("/emulator/messages/delete", _answering(director, _delete_message)),
        web.post("/emulator/pictures/lose", _answering(director, _lose_pictures)),
        web.put("/emulator/blocks/refused", _answering(director, _refuse_blocks)),
        web.put("/emulator/limits", _answering(director, _set_limits)),
    ]


def _answering(director: Director, action: Action) -> _Handler:
    async def handle(request: web.Request) -> web.Response:
        try:
            wanted = await request.json() if request.can_read_body else dict(request.query)
            return web.json_response(action(director, _object(wanted)))
        except (ValueError, TypeError) as error:
            return web.json_response({"ok": False, "error": str(error)}, status=400)
        except KeyError as error:
            return web.json_response({"ok": False, "error": f"missing: {error}"}, status=400)
        except LookupError as error:
            return web.json_response({"ok": False, "error": str(error)}, status=404)

    return handle


def _object(value: object) -> Json:
    if not isinstance(value, dict):
        raise TypeError("the body must be a JSON object")
    return value


def _workspaces(director: Director, _query: Json) -> Json:
    return {"workspaces": [workspace_json(one) for one in director.world.workspaces.values()]}


def _texts(director: Director, _query: Json) -> Json:
    return {"texts": [text for one in director.world.workspaces.values() for text in texts_json(one)]}


def _calls(director: Director, query: Json) -> Json:
    after = int(query.get("after", 0))
    return {"total": len(director.calls), "calls": [call.as_json() for call in director.calls[after:]]}


def _anomalies(director: Director, _query: Json) -> Json:
    return {"anomalies": [dataclasses.asdict(anomaly) for anomaly in director.anomalies]}


def _add_workspace(director: Director, wanted: Json) -> Json:
    team_id = wanted["team_id"]
    director.add_workspace(team_id, wanted.get("name", team_id.lower()))
    for token in wanted.get("tokens", ()):
        known = {"token": token} if isinstance(token, str) else token
        if known["token"] not in director.world.tokens:
            app = {"app_id": known["app_id"]} if "app_id" in known else {}
            director.add_token(known["token"], team_id, known.get("scopes"), **app)
    for mention in wanted.get("allowed_mentions", ()):
        director.allow_mention(team_id, mention)
    channels = dict(_add_channel(director, team_id, channel) for channel in wanted.get("channels", ()))
    return {"ok": True, "team_id": team_id, "channels": channels}


def _add_channel(director: Director, team_id: str, channel: str | Mapping[str, Any]) -> tuple[str, str]:
    known: Json = {"name": channel} if isinstance(channel, str) else dict(channel)
    if not _CHANNEL_KEYS.issuperset(known):
        raise ValueError(f"a channel may have {', '.join(sorted(_CHANNEL_KEYS))}")
    name = known["name"]
    kind = {key: bool(known[key]) for key in ("private", "member") if key in known}
    channel_id = director.add_channel(team_id, name, known.get("id"), **kind)
    director.change_channel(team_id, name, read_only=known.get("read_only"), members=known.get("members", ()))
    return name, channel_id


def _inject(director: Director, wanted: Json) -> Json:
    director.inject(Fault(**{**wanted, "kind": FaultKind(wanted["kind"])}))
    return {"ok": True}


def _clear_faults(director: Director, _query: Json) -> Json:
    director.clear_faults()
    return {"ok": True}


def _set_token_status(director: Director, wanted: Json) -> Json:
    director.set_token_status(wanted["token"], TokenStatus(wanted["status"]))
    return {"ok": True}


def _grant(director: Director, wanted: Json) -> Json:
    director.grant(wanted["token"], wanted["scopes"])
    return {"ok": True}


def _archive_channel(director: Director, wanted: Json) -> Json:
    director.archive_channel(wanted["team_id"], wanted["channel"], archived=bool(wanted.get("archived", True)))
    return {"ok": True}


def _rename_channel(director: Director, wanted: Json) -> Json:
    director.rename_channel(wanted["team_id"], wanted["channel"], wanted["name"])
    return {"ok": True}


def _delete_message(director: Director, wanted: Json) -> Json:
    director.delete_message(wanted["team_id"], wanted["channel"], wanted["ts"])
    return {"ok": True}


def _lose_pictures(director: Director, wanted: Json) -> Json:
    director.lose_pictures(wanted["team_id"], wanted["beginning"])
    return {"ok": True}


def _refuse_blocks(director: Director, wanted: Json) -> Json:
    director.refuse_blocks(wanted["team_id"], *wanted["types"])
    return {"ok": True}


def _set_limits(director: Director, wanted: Json) -> Json:
    director.limits = dataclasses.replace(director.limits, **wanted)
    return {"ok": True, "limits": dataclasses.asdict(director.limits)}
