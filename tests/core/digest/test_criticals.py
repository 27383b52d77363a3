"""Groups that a digest names, since critical alerts fire in them."""

from router.core.digest.criticals import MAX_CRITICALS
from tests.bounds import tries
from tests.core.digest.storm import POSTS, Storm


def test_five_critical_groups_a_minute_are_left_to_messages_of_their_own() -> None:
    storm = Storm().fire(*range(20), severity="critical").look().call()

    assert len(storm.queued(POSTS)) == 5
    assert len(storm.counts.criticals) == 15

    storm.fire(*range(20, 40), severity="critical").look()
    assert len(storm.queued(POSTS)) == 5

    storm.post_one().post_one().wait(61).fire(*range(40, 60), severity="critical").look()
    assert len(storm.queued(POSTS)) == 5


def test_a_group_in_which_no_critical_alert_fires_any_more_is_named_no_longer() -> None:
    storm = Storm().fire(*range(20), severity="critical").look().call()
    storm.end(*range(20), severity="critical").wait(6).advance().call()

    assert storm.counts.criticals == ()


@tries("groups with critical alerts that one digest names")
def test_so_many_groups_are_named_the_newest_first(beyond: int) -> None:
    storm = Storm().fire(*range(5 + MAX_CRITICALS - 1), severity="critical").look().call()
    storm.fire(*range(100, 101 + beyond), severity="critical").look().wait(6).advance().call()

    assert len(storm.counts.criticals) == MAX_CRITICALS + min(beyond, 0)
    if beyond >= 0:
        assert storm.counts.criticals[0][1] == ("alertname", "A1", "group", "100")
