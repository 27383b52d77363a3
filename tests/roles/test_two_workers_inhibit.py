"""Two workers, everything that can fail, and rules that hold alerts back: in the end only they do, and only now.

The rules come and go with the configuration. What is stored as a source must then be just what fires, and Slack must
show all that is not held back; what is held back it may show, since it may have been shown before.
"""

from collections.abc import Collection
from typing import Final

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from router.core.model.rules.inhibit import rule_of
from tests.adapters.builders import ACME
from tests.examples import examples
from tests.roles.builders import OTHER_CHANNEL, a_document, id_of
from tests.roles.test_two_workers import DEEDS, Deed, World
from tests.roles.worker import Site, a_worker

INHIBITED: Final = {"home": {"A": "BC", "B": "D"}, "elsewhere": {"B": "D", "C": "A"}}
"""By where alerts are shown: each source, and its targets; one rule is in both configurations."""
_RULE: Final = "  - {{source_matchers: ['alertname=\"{}\"'], target_matchers: ['alertname=~\"[{}]\"']}}\n"


def rules(place: str) -> str:
    return "inhibit_rules:\n" + "".join(_RULE.format(*pair) for pair in INHIBITED[place].items())


HOME: Final = a_document(receivers=rules("home"))
ELSEWHERE: Final = a_document(
    route="  routes:\n    - {matchers: ['alertname=~\".+\"'], receiver: elsewhere}\n",
    receivers=f'  - {{name: elsewhere, slack: {{channel: "{OTHER_CHANNEL}"}}}}\n{rules("elsewhere")}',
)


class InhibitingWorld(World):
    """The same, with rules that differ from one configuration to the other."""

    @property
    def place(self) -> str:
        return "home" if self.home else "elsewhere"

    @property
    def held_back(self) -> Collection[str]:
        burning = [targets for source, targets in INHIBITED[self.place].items() if self.fires.get(source)]
        return {target for targets in burning for target in targets}

    async def reconfigure(self) -> None:
        """Once all that was sent is folded: an end may not reach what a change before this one has left behind."""
        self.go_right()
        await self.workers[0].take(*self.inbox)
        self.inbox.clear()
        await self._take_what_was_held()
        self.home = not self.home
        await self.site.tenants.publish(ACME, HOME if self.home else ELSEWHERE)
        for worker in self.workers:
            await self._follow(worker)
        self.go_wrong()

    def assert_slack_shows_the_truth(self) -> None:
        shown, fires = self.shown(), {(name, self.place) for name, fires in self.fires.items() if fires}
        may_be_missing = {(name, self.place) for name in self.held_back}
        assert shown <= fires, "it shows what does not fire"
        assert fires - may_be_missing <= shown, "it does not show what fires and is not held back"
        assert self.site.store.tenants[ACME].books["pending"] <= len(fires & may_be_missing)
        self.assert_sources_are_what_fires()

    def assert_sources_are_what_fires(self) -> None:
        known = {one.rule_id for one in self.workers[0].rules().inhibit_rules.rules}
        stored = {
            alert
            for key, members in self.site.store.tenants[ACME].sources.items()
            if rule_of(key) in known
            for _, alert in members
        }
        assert stored == {id_of(name, service="checkout") for name in INHIBITED[self.place] if self.fires.get(name)}


@pytest.mark.long
@pytest.mark.night
@examples(200, HealthCheck.function_scoped_fixture)
@given(st.lists(DEEDS, max_size=40), st.integers(0, 1_000_000))
async def test_whatever_fails_only_what_a_rule_holds_back_now_is_not_shown(script: list[Deed], seed: int) -> None:
    site = Site()
    await site.open(ACME, HOME)
    world = InhibitingWorld(site, [await a_worker(site), await a_worker(site)], seed)
    await world.live(script)
    world.assert_every_event_was_relayed()
