"""What is shown beside alerts, in memory."""

from collections.abc import Sequence

from router.core.context.episodes import MAX_HISTORIES, EndedEpisode, Episode, with_episode
from router.core.context.listing import MAX_LISTED, MAX_READ, Listing, SharedKey
from router.core.context.surroundings import Found, Wanted
from router.core.model.alert import TenantId
from router.core.model.instant import SECOND, Instant
from router.core.model.key import GroupId
from router.ports.state import StoreTransition
from tests.fakes.faults import Faulty, asked
from tests.fakes.store import FakeStore, TenantData


class FakeSurroundings(Faulty):
    """What is kept for all tenants."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def find(self, tenant: TenantId, wanted: Sequence[Wanted], now: Instant) -> list[Found]:
        data = self._store.tenants[tenant]
        return [
            Found(
                {key: _under(data, key, one.group, now) for key in one.keys},
                data.episodes.get(one.group, ()) if one.history else (),
            )
            for one in wanted
        ]


def _under(data: TenantData, key: SharedKey, asking: GroupId, now: Instant) -> list[Listing]:
    known = [
        (change.listing.rank, group, change.listing)
        for group, change in data.listed.items()
        if change.listing is not None and key in change.keys and group != asking and change.until > now
    ]
    return [listing for _, _, listing in sorted(known, key=lambda one: one[:2])][:MAX_READ]


def note_surroundings(data: TenantData, one: StoreTransition) -> None:
    """What a transition states of its group for others, and of its own past."""
    group, change = one.before.key.group_id, one.listing
    if change is not None:
        for gone in [group, *(other for other, known in data.listed.items() if known.until <= one.now)]:
            data.listed.pop(gone, None)
        if change.listing is not None and len(data.listed) < MAX_LISTED:
            data.listed[group] = change
    if one.ended is not None:
        _note_episode(data, group, one.ended, one.now)


def _note_episode(data: TenantData, group: GroupId, ended: EndedEpisode, now: Instant) -> None:
    episode = Episode(_second(ended.episode.start), _second(ended.episode.end))
    data.episodes[group] = with_episode(data.episodes.get(group, ()), episode, ended.within)
    old = [one for one, known in data.episodes.items() if known[0].end <= now - ended.keep]
    if not old and len(data.episodes) > MAX_HISTORIES:
        old = [min(data.episodes, key=lambda one: (data.episodes[one][0].end, one))]
    for one in old:
        del data.episodes[one]


def _second(at: Instant) -> Instant:
    return Instant(at // SECOND * SECOND)
