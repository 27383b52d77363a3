"""Which groups others may name, and earlier episodes: how `apply` is to change them, and how they are read.

A member of the index is a key, the rank in two digits, the id of the group and the rest as JSON, with colons between:
so those under a key stand together, the worst first. Episodes are seconds, "start-end", with blanks between.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS, Command
from router.adapters.redis.connection import Connection, due_ms
from router.adapters.redis.sealed import SealedTexts
from router.core.context.episodes import MAX_EPISODES, MAX_HISTORIES, EndedEpisode, Episode
from router.core.context.listing import MAX_LISTED, MAX_READ, Listing, ListingChange, SharedKey
from router.core.context.surroundings import Found, Wanted
from router.core.model.alert import TenantId
from router.core.model.group import MessageRef
from router.core.model.instant import MILLISECOND, SECOND, Instant
from router.core.model.key import GroupId
from router.core.seal.names import NameOf
from router.errors import UndecipherableError
from router.ports.sealing import Vault
from router.ports.state import StoreTransition

_RANKS: Final = 99
_EPISODE: Final = re.compile(r"(\d+)-(\d+)", re.ASCII)


def keys_of(one: StoreTransition) -> list[str]:
    """The keys of a transition that changes either; none of any other."""
    related, episodes = keys.tenant_keys(one.tenant, "related", "episodes")
    listed = [related, *(keys.tenant_key(one.tenant, "related", part) for part in ("by", "of"))]
    ended = [episodes, keys.tenant_key(one.tenant, "episodes", "ended")]
    return [*(listed if one.listing is not None else []), *(ended if one.ended is not None else [])]


def plan_of(one: StoreTransition, texts: SealedTexts | None = None) -> dict[str, Any]:
    """What the script does there; with `texts` what is listed is sealed."""
    listing, ended = one.listing, one.ended
    plan = dict[str, Any]()
    if listing is not None:
        plan["listing"] = _listing_plan(listing, one.before.key.group_id, one.now, texts)
    if ended is not None:
        plan["episode"] = _ended_plan(ended, one.now)
    return plan


def _listing_plan(
    change: ListingChange, group: GroupId, now: Instant, texts: SealedTexts | None
) -> Mapping[str, Any]:
    return {
        "members": _members(change, group, texts),
        "until": due_ms(change.until),
        "life": max(0, change.until - now) // MILLISECOND,
        "most": MAX_LISTED,
    }


def _ended_plan(ended: EndedEpisode, now: Instant) -> Mapping[str, Any]:
    return {
        "start": ended.episode.start // SECOND,
        "stop": ended.episode.end // SECOND,
        "within": ended.within // SECOND,
        "oldest": (now - ended.keep) // SECOND,
        "life": ended.keep // MILLISECOND,
        "most": MAX_EPISODES,
        "most_groups": MAX_HISTORIES,
    }


def _members(change: ListingChange, group: GroupId, texts: SealedTexts | None) -> str:
    """One line a member: JSON has none of its own."""
    one = change.listing
    if one is None:
        return ""
    message = [one.message.channel, one.message.ts] if one.message else []
    rest = [one.name, one.firing, message, one.same, list(one.alerts), change.until // SECOND]
    text = json.dumps(rest, separators=(",", ":"))
    if texts is not None:
        text = texts.seal(_place(group), text)
    listed = change.keys if texts is None else [texts.key(NameOf.RELATED, key) for key in change.keys]
    return "\n".join(f"{key}:{min(one.rank, _RANKS):02d}:{group}:{text}" for key in listed)


class RedisSurroundings:
    """What is kept for all tenants."""

    def __init__(self, connection: Connection, vault: Vault | None = None) -> None:
        self._redis = connection
        self._vault = vault

    async def find(self, tenant: TenantId, wanted: Sequence[Wanted], now: Instant) -> list[Found]:
        """What is known for each, in one round trip."""
        naming = await self._naming(tenant)
        by_key = list(dict.fromkeys(key for one in wanted for key in one.keys))
        asking = [one.group for one in wanted if one.history]
        history = [COMMANDS.hmget(keys.tenant_key(tenant, "episodes"), asking)] if asking else []
        answers = await self._redis.ask_all([*(_listed(tenant, naming(key)) for key in by_key), *history])
        texts_of = await self._texts(tenant, answers[: len(by_key)])
        listed = {key: list(_read(members, now, texts_of)) for key, members in zip(by_key, answers, strict=False)}
        texts = dict(zip(asking, answers[-1], strict=True)) if asking else {}
        return [_found(one, listed, texts.get(one.group)) for one in wanted]

    async def _naming(self, tenant: TenantId) -> Callable[[SharedKey], str]:
        """Under what a key is listed; what was listed before there were names ends by itself."""
        if self._vault is None or not self._vault.seals(tenant):
            return str
        return partial(SealedTexts(await self._vault.keys(tenant)).key, NameOf.RELATED)

    async def _texts(self, tenant: TenantId, listed: Sequence[Sequence[str]]) -> SealedTexts | None:
        """What opens what is listed; None where all of it is in clear."""
        if self._vault is None or not any(":!" in member for members in listed for member in members):
            return None
        return SealedTexts(await self._vault.keys(tenant))


def _listed(tenant: TenantId, key: str) -> Command:
    by = keys.tenant_key(tenant, "related", "by")
    found: Command = COMMANDS.zrangebylex(by, f"[{key}:", f"({key};", start=0, num=MAX_READ + 1)
    return found


def _found(wanted: Wanted, listed: Mapping[SharedKey, Sequence[tuple[str, Listing]]], episodes: str | None) -> Found:
    others = {key: [one for group, one in listed[key] if group != wanted.group] for key in wanted.keys}
    return Found({key: some[:MAX_READ] for key, some in others.items()}, tuple(_episodes(episodes or "")))


def _place(group: str) -> str:
    return f"related/{group}"


def _read(members: Sequence[str], now: Instant, texts: SealedTexts | None) -> Iterator[tuple[str, Listing]]:
    """Each with the id of its group; what is over by time, or was not written so, is left out."""
    for member in members:
        try:
            _, rank, group, text = member.split(":", 3)
            plain = text if texts is None else texts.open(_place(group), text)
            name, firing, message, same, alerts, until = json.loads(plain)
            if until * SECOND > now:
                place = MessageRef(*message) if message else None
                yield group, Listing(name, int(rank), firing, place, same, tuple(alerts))
        except (ValueError, TypeError, UndecipherableError):
            continue


def _episodes(text: str) -> Iterator[Episode]:
    for start, end in _EPISODE.findall(text):
        yield Episode(Instant(int(start) * SECOND), Instant(int(end) * SECOND))
