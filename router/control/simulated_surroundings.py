"""What else fires, and when a group fired before, while webhooks are simulated: what Redis would hold of both."""

from router.core.context.context import Context
from router.core.context.episodes import Episode, ended, with_episode
from router.core.context.listing import Listing, SharedKey, listing_of, shared_key, shared_labels
from router.core.context.surroundings import Found, context_of, wanted_of
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.key import GroupKey
from router.core.model.rules.tenant import Tenant


class SimulatedSurroundings:
    """The listings and episodes of one tenant's groups, all of them loaded whole."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._listed: dict[GroupKey, tuple[Listing, frozenset[SharedKey]]] = {}
        self._episodes: dict[GroupKey, tuple[Episode, ...]] = {}

    def take(self, before: AlertGroup, after: AlertGroup, now: Instant) -> None:
        """Take in what a transition changes."""
        self._listed.pop(after.key, None)
        listing = listing_of(self._tenant, after)
        if listing is not None:
            keys = frozenset(shared_key(*one) for one in shared_labels(self._tenant, after).items())
            self._listed[after.key] = listing, keys
        within = self._tenant.timing(after.key.receiver, after.key.path).reopen_within
        episode = ended(before, after, within, now)
        if episode is not None:
            self._episodes[after.key] = with_episode(self._episodes.get(after.key, ()), episode, within)

    def of(self, group: AlertGroup, now: Instant) -> Context:
        """What a message of a group shows beside its alerts, without links, since there is no workspace."""
        wanted = wanted_of(self._tenant, group)
        if wanted is None:
            return Context()
        others = [(listing, keys) for key, (listing, keys) in self._listed.items() if key != group.key]
        listed = {key: [listing for listing, keys in others if key in keys] for key in wanted.keys}
        episodes = self._episodes.get(group.key, ()) if wanted.history else ()
        return context_of(self._tenant, group, Found(listed, episodes), "", now)
